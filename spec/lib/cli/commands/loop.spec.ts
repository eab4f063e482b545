import { mkdirSync, writeFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { runCommand } from "../../../support/cli.ts";
import { temporaryFolder } from "../../../support/loop/temporary.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("brigbox loop");

/** None of these may get as far as an Engine. */
const nowhere = ["-H", "unix:///nowhere.sock", "loop"];
const example = "spec/examples/loop/momentum.yaml";

const config = (change: (text: string) => string = (text) => text): string =>
  change(`budget: { candidates: 5 }
journal: j.jsonl
inputs: { prices: prices.csv }
returns: [result]
score: { kind: value, value: values.result }
proposer: { kind: folder, folder: codes }
`);

function writeConfig(folder: { at(name: string): string }, text: string): string {
  mkdirSync(folder.at("codes"));
  writeFileSync(folder.at("codes/a.py"), "import os\n");
  writeFileSync(folder.at("codes/b.py"), "result = eval('1')\n");
  writeFileSync(folder.at("codes/readme.txt"), "no code");
  writeFileSync(folder.at("prices.csv"), "date,symbol,price\n2020-01-01,A,1\n");
  writeFileSync(folder.at("loop.yaml"), text);
  return folder.at("loop.yaml");
}

const mistakes: readonly (readonly [string, (text: string) => string, readonly string[], RegExp])[] = [
  ["an unknown key", (text) => `${text}x: 1`, [], /loop\.yaml:7: unknown key "x"/],
  [
    "no such input",
    (text) => text.replace("prices.csv", "no.csv"),
    [],
    /input "prices": there is no such file/,
  ],
  [
    "an input of another kind",
    (text) => text.replace("prices.csv", "loop.yaml"),
    [],
    /ends with none of \.csv/,
  ],
  ["no such folder", (text) => text.replace("codes", "nowhere"), [], /there is no such folder/],
  [
    "no template",
    (text) =>
      text.replace(
        "kind: folder, folder: codes",
        "kind: genetic, template: t.py, genes: { A: { from: 1, to: 2 } }",
      ),
    [],
    /t\.py as a template: there is no such file/,
  ],
  ["a score that is none", (text) => text.replace("values.result }", "result }"), [], /"result" is no score/],
  [
    "a cut with a score of its own",
    (text) => `${text}holdout: { after: 2020-01-01 }`,
    [],
    /holdout\.after: a score of kind value/,
  ],
  [
    "direct execution that only the file asks for",
    (text) => `${text}sandbox: direct`,
    [],
    /without any isolation; where you trust whoever proposes them, say so with --unsafe-direct/,
  ],
  ["direct execution by half a flag", (text) => text, ["--sandbox", "direct"], /say so with --unsafe-direct/],
  [
    "both at once",
    (text) => text,
    ["--sandbox", "docker", "--unsafe-direct"],
    /--sandbox docker and --unsafe-direct contradict each other/,
  ],
  [
    "direct execution where the profile forbids it",
    (text) => text,
    ["--unsafe-direct", "--profile", "strict"],
    /--unsafe-direct: the policy says directExecution "forbidden"/,
  ],
  ["a sandbox that is none", (text) => text, ["--sandbox", "dokcer"], /neither docker nor direct/],
  ["no candidates", (text) => text, ["--candidates", "0"], /--candidates: "0" is not a whole number/],
  [
    "a key that cannot be used",
    (text) => text.replace("kind: folder, folder: codes", "kind: chat, model: m, task: t"),
    [],
    /begin with https/,
  ],
];
for (const [name, change, flags, message] of mistakes) {
  test(`${name} is a mistake of usage, told in one line`, async () => {
    using folder = temporaryFolder();
    const env = { OPENAI_BASE_URL: "http://model.example/v1", OPENAI_API_KEY: "sk-secret" };
    const { exitCode, out, err } = await runCommand(
      [...nowhere, writeConfig(folder, config(change)), ...flags],
      { env },
    );
    assert.is(exitCode, 2, err);
    assert.match(err, message);
    assert.not.match(err, "sk-secret");
    assert.equal([err.trimEnd().split("\n").length, out], [1, ""], err);
  });
}

test("candidates that are refused need no Engine; each is told in a line", async () => {
  using folder = temporaryFolder();
  const path = writeConfig(folder, config());
  const first = await runCommand([...nowhere, path]);
  assert.is(first.exitCode, 0, first.err);
  assert.match(first.err, /✖ #0 rejected: line 1: the import of "os" is refused/);
  assert.match(first.err, /✖ #1 rejected: .*"eval"/);
  assert.match(first.err, /2 candidates, 0 scored, 2 failed, .*; the proposer has no more\n$/);
  assert.is(first.out, "no candidate has a score\n");
  const second = await runCommand([...nowhere, path]);
  assert.match(second.err, /^resumed: 2 candidates, 0 scored, 2 failed, .*; 0 to be run again\n/);
});

test("--json gives events, one a line, and nothing else", async () => {
  using folder = temporaryFolder();
  const { out, err } = await runCommand([...nowhere, writeConfig(folder, config()), "--json"]);
  const types = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).type);
  assert.equal(
    [types[0], types.at(-1), types.filter((type) => type === "result").length],
    ["resumed", "done", 2],
  );
  assert.is(err, "");
});

test("a journal of another configuration is refused", async () => {
  using folder = temporaryFolder();
  const path = writeConfig(folder, config());
  await runCommand([...nowhere, path]);
  writeFileSync(
    path,
    config((text) => text.replace("returns: [result]", "returns: [signal]")),
  );
  const { exitCode, err } = await runCommand([...nowhere, path]);
  assert.is(exitCode, 2);
  assert.match(err, /j\.jsonl:1: the journal is of another configuration/);
});

test("without an Engine it says so, and ends with 69", async () => {
  using folder = temporaryFolder();
  const env = { JOURNAL: folder.at("j.jsonl") };
  const path = writeConfig(folder, config());
  writeFileSync(folder.at("codes/a.py"), "result = 1\n");
  const { exitCode, err } = await runCommand([...nowhere, path], { env });
  assert.is(exitCode, 69, err);
  assert.match(err, /unix:\/\/\/nowhere\.sock/);
});

test("the example is a configuration as it should be", async () => {
  using folder = temporaryFolder();
  const env = { JOURNAL: folder.at("j.jsonl") };
  const { err } = await runCommand([...nowhere, example, "--sandbox", "direct"], { env });
  assert.match(err, /say so with --unsafe-direct/);
});

test.run();
