import * as assert from "uvu/assert";
import { parseLoopConfig } from "../../../lib/config/loop-config.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { errorOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("configurations of loops");
const dollar = "$";
const base = `budget: { candidates: 3 }
score: { kind: value, value: values.result }
proposer: { kind: folder, folder: x }
`;
const parse = (text: string, environment: Readonly<Record<string, string>> = {}) =>
  parseLoopConfig(text, "loop.yaml", environment);

test("what is not named has its default", () => {
  assert.equal(parse(base), {
    ...{ journal: null, sandbox: "docker", concurrency: 2, budget: { candidates: 3, time: null } },
    ...{ inputs: {}, returns: ["signal", "result"], holdout: null },
    score: { kind: "value", value: "values.result" },
    proposer: { kind: "folder", folder: "x" },
    ...{ intruders: null, limits: {}, pool: null, champions: 5, attempts: 3 },
  });
});

test("durations and sizes have units, variables go into texts and numbers", () => {
  const text = `${base.replace("candidates: 3", `candidates: "${dollar}{N}", time: 30m`)}
limits: { timeout: 500ms, memory: "${dollar}{M:-1GiB}", cpus: 0.5 }
journal: "${dollar}{HOME}/j.jsonl"
`;
  const { budget, limits, journal } = parse(text, { N: "7", HOME: "/h" });
  assert.equal(budget, { candidates: 7, time: 1_800_000 });
  assert.equal(limits, { timeout: 500, memory: 1024 ** 3, cpus: 0.5 });
  assert.is(journal, "/h/j.jsonl");
});

test("a genetic search, a model and a signal have their keys", () => {
  const genetic =
    "{ kind: genetic, template: a.py, genes: { A: { from: 1, to: 3 }, B: { choices: [x, true, 1] } } }";
  const text = base
    .replace("{ kind: folder, folder: x }", genetic)
    .replace("kind: value, value: values.result", "kind: signal");
  const { proposer, score } = parse(text);
  assert.equal(proposer, {
    ...{ kind: "genetic", template: "a.py", seed: 1, population: 20, mutation: 0.25 },
    genes: { A: { from: 1, to: 3 }, B: { choices: ["x", true, 1] } },
  });
  assert.equal(score, {
    ...{ kind: "signal", measure: "sharpe", riskAversion: 5, signal: "signal", prices: "prices", from: null },
    ...{ columns: { date: "date", symbol: "symbol", price: "price" }, cost: 0, periodsPerYear: 12 },
  });
  const chat = parse(base.replace("kind: folder, folder: x", "kind: chat, model: m, task: t")).proposer;
  assert.equal(chat, {
    ...{
      kind: "chat",
      model: "m",
      task: "t",
      temperature: null,
      maxTokens: null,
      timeout: 120_000,
      retries: 4,
    },
  });
});

const bad: readonly (readonly [name: string, text: string, message: string | RegExp])[] = [
  ["an empty file", "", "loop.yaml:1: budget is missing"],
  ["a list", "- a\n", /^loop\.yaml:1: /],
  ["no YAML", "a: [", /^loop\.yaml:\d: this is not YAML as it should be/],
  [
    "a misspelt key",
    `${base}concurency: 3`,
    'loop.yaml:4: unknown key "concurency"; did you mean "concurrency"?',
  ],
  [
    "a misspelt key of a group",
    `${base}limits:\n  timout: 3s`,
    'loop.yaml:5: unknown key "limits.timout"; did you mean "timeout"?',
  ],
  [
    "a misspelt key of a variant",
    base.replace("folder: x", "fodler: x"),
    'loop.yaml:3: unknown key "proposer.fodler"; did you mean "folder"?',
  ],
  [
    "a key of another variant",
    base.replace("folder: x", "folder: x, seed: 1"),
    /unknown key "proposer\.seed"/,
  ],
  ["a key in the file for what comes from the environment", `${base}apiKey: sk-1`, /unknown key "apiKey"/],
  [
    "nothing where something must be",
    base.replace("candidates: 3", ""),
    "loop.yaml:1: budget.candidates is missing",
  ],
  [
    "a kind that is none",
    base.replace("folder,", "foldr,"),
    /loop\.yaml:3: proposer\.kind must be one of "genetic"/,
  ],
  [
    "a budget of none",
    base.replace("3", "0"),
    "loop.yaml:1: budget.candidates must be a whole number from 1 to 1000000000",
  ],
  ["half a candidate", base.replace("3", "1.5"), /budget\.candidates must be a whole number/],
  [
    "a wrong duration",
    `${base}limits: { timeout: soon }`,
    /loop\.yaml:4: limits\.timeout must be a duration/,
  ],
  ["a wrong size", `${base}limits: { memory: lots }`, /limits\.memory must be a size/],
  [
    "a group that is none",
    `${base}limits: 4`,
    "loop.yaml:4: limits must be keys, each with a colon behind it",
  ],
  [
    "a day that is none",
    `${base}holdout: { after: soon }`,
    "loop.yaml:4: holdout.after must be a day such as 2006-12-31",
  ],
  [
    "a gene without an end",
    base.replace("kind: folder, folder: x", "kind: genetic, template: a, genes: { A: { from: 1 } }"),
    /genes\.A must be \{ from: 1, to: 24 \}/,
  ],
  ["a name that is none", `${base}inputs: { 1a: x }`, /inputs\.1a must be a Python name/],
  [
    "an alias",
    `${base}journal: &a x\nsandbox: *a`,
    "loop.yaml:5: aliases are not taken; write the value itself",
  ],
  ["a variable that is not set", `${base}journal: ${dollar}{J}`, /loop\.yaml:4: the variable J is not set/],
];
for (const [name, text, message] of bad) {
  test(`${name} is refused with its line and path`, () => {
    const error = errorOf(() => parse(text));
    assert.instance(error, ConfigError);
    if (typeof message === "string") assert.is(error.message, message);
    else assert.match(error.message, message);
    assert.not.match(error.message, "\n");
  });
}

test("what a variable holds is in no message, and cannot become keys", () => {
  const secrets = ["sk-secret-1", "x\nconcurrency: secret"];
  for (const secret of secrets)
    for (const key of [
      "limits: { memory: V }",
      "limits: { timeout: V }",
      "sandbox: V",
      "concurrency: V",
      "returns: [V]",
    ]) {
      const text = base + key.replace("V", `"${dollar}{S}"`);
      assert.not.match(errorOf(() => parse(text, { S: secret })).message, "secret", key);
    }
});

test.run();
