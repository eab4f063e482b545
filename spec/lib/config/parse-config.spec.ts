import * as assert from "uvu/assert";
import { parseConfig } from "../../../lib/config/parse-config.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { suite } from "../../support/suite.ts";

const test = suite("configuration files");
const dollar = "$";

function parse(text: string, environment: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  const settings = parseConfig(text, "box.yaml", environment);
  return Object.fromEntries(settings.map(({ field, value }) => [field.path, value]));
}

const good: readonly (readonly [name: string, text: string, expected: Record<string, unknown>])[] = [
  ["an empty file", "", {}],
  ["a file of comments", "# nothing\n", {}],
  ["an empty group", "limits:\noutput: {}\n", {}],
  [
    "sizes and durations",
    "limits: { memory: 1GiB, timeout: 90s }",
    { "limits.memory": 1024 ** 3, "limits.timeout": 90_000 },
  ],
  ["a deeper group", "output:\n  artifacts:\n    count: 3\n", { "output.artifacts.count": 3 }],
  [
    "null where it means none",
    "limits: { cpuTime: ~ }\nendpoint: null\n",
    { "limits.cpuTime": null, endpoint: null },
  ],
  [
    "a list of names",
    "validator:\n  imports: [scipy, sklearn]\n",
    { "validator.imports": ["scipy", "sklearn"] },
  ],
  [
    "words that are numbers elsewhere",
    'containment: { user: "1000:1000" }',
    { "containment.user": "1000:1000" },
  ],
];

for (const [name, text, expected] of good) test(`${name} is read`, () => assert.equal(parse(text), expected));

test("each setting knows its line", () => {
  const settings = parseConfig("\nlimits:\n  memory: 1GiB\n\n  cpus: 1\n", "box.yaml", {});
  assert.equal(
    settings.map(({ origin }) => origin),
    ["box.yaml:3", "box.yaml:5"],
  );
});

test("variables go into texts, into numbers, and into the items of lists", () => {
  const text = `limits:\n  memory: ${dollar}{M:-1GiB}\n  cpus: ${dollar}{C}\nvalidator:\n  imports: ["${dollar}{I}"]\n`;
  assert.equal(parse(text, { C: "2", I: "scipy" }), {
    "limits.memory": 1024 ** 3,
    "limits.cpus": 2,
    "validator.imports": ["scipy"],
  });
});

test("what a variable holds cannot become keys", () => {
  assert.equal(parse(`image: ${dollar}{X}`, { X: "a:1" }), { image: "a:1" });
  assert.throws(() => parse(`image: ${dollar}{X}`, { X: "a\nverify: off" }), /must not hold spaces/);
});

const bad: readonly (readonly [name: string, text: string, message: string | RegExp])[] = [
  [
    "a misspelt key",
    "limits:\n  memroy: 1GiB",
    'box.yaml:2: unknown key "limits.memroy"; did you mean "limits.memory"?',
  ],
  [
    "a key without its group",
    "timeout: 3s",
    'box.yaml:1: unknown key "timeout"; did you mean "limits.timeout"?',
  ],
  ["a misspelt group", "limts:\n  memory: 1GiB", /^box\.yaml:1: unknown key "limts"/],
  ["an unknown key", "zzzzzz: 1", /^box\.yaml:1: unknown key "zzzzzz"; known ones: endpoint, image/],
  ["a key twice", "image: a\nimage: b", /^box\.yaml:2: .*unique/],
  [
    "a wrong form",
    "limits:\n  memory: lots",
    "box.yaml:2: limits.memory must be a size such as 512MiB or 2GiB",
  ],
  ["a group for a value", "image: { a: 1 }", "box.yaml:1: image must be a text"],
  ["a value for a group", "limits: 5", "box.yaml:1: limits must hold keys, each with a colon behind it"],
  ["a list for the file", "- a", "box.yaml:1: the file must hold keys, each with a colon behind it"],
  [
    "too little",
    "limits:\n  timeout: 0s",
    /^box\.yaml:2: limits\.timeout: 0 ms is too little; the least is 10 ms$/,
  ],
  [
    "too much",
    "limits: { memory: 5000TiB }",
    /^box\.yaml:1: limits\.memory: .* is too much; the most is 1 TiB$/,
  ],
  ["root", 'containment: { user: "0:0" }', /root is never allowed/],
  [
    "an unknown word",
    "validator: { mode: stric }",
    /must be one of "off", "basic", "strict"; did you mean "strict"\?$/,
  ],
  [
    "an unknown verification",
    "verify: atack",
    /^box\.yaml:1: verify: must be one of "off", "inspect", "attack"; did you mean "attack"\?$/,
  ],
  ["a module that is none", "validator: { imports: [../x] }", /is not the name of a module/],
  [
    "a pool that is too large",
    "pool:\n  size: 1001",
    "box.yaml:2: pool.size: must be a whole number from 0 to 1000",
  ],
  [
    "a share above 1",
    "admission: { memoryShare: 1.5 }",
    /^box\.yaml:1: admission\.memoryShare: must be above 0/,
  ],
  [
    "a key as the library calls it",
    "pool: { maxAgeMs: 5 }",
    'box.yaml:1: unknown key "pool.maxAgeMs"; did you mean "pool.maxAge"?',
  ],
  ["an unset variable", `image: ${dollar}{NOPE}`, /^box\.yaml:1: image: the variable NOPE is not set/],
  ["half a variable", `image: ${dollar}{NOPE`, /^box\.yaml:1: image: .*begins no variable/],
  ["an alias", "image: &x a\nendpoint: *x", /^box\.yaml:2: endpoint: aliases are not taken/],
  ["an alias for a group", "limits: &x { cpus: 1 }\noutput: *x", /^box\.yaml:2: output must hold keys/],
  ["a tag", "image: !!js/function a", /^box\.yaml:1: /],
  ["two documents", "image: a\n---\nimage: b", /^box\.yaml:2: this is not YAML/],
  ["no YAML", "a: b: c", /^box\.yaml:1: this is not YAML/],
  ["a key that is a list", "? [a]\n: 1", "box.yaml:1: a key is no name"],
  ["a name of every object", "__proto__: { image: a }", /^box\.yaml:1: unknown key "__proto__"/],
  ["no value", "limits:\n  cpus:", "box.yaml:2: limits.cpus must be a number such as 0.5"],
];

for (const [name, text, message] of bad) {
  test(`${name} is refused in one line`, () => {
    assert.throws(
      () => parse(text),
      (error: unknown) =>
        error instanceof ConfigError &&
        !error.message.includes("\n") &&
        (typeof message === "string" ? error.message === message : message.test(error.message)),
    );
  });
}

test("the value of a variable is never shown, only its name", () => {
  for (const key of [
    "limits: { memory: X }",
    "limits: { cpus: X }",
    "validator: { mode: X }",
    "verify: X",
    "containment: { user: X }",
  ]) {
    const text = key.replace("X", `"${dollar}{TOKEN}"`);
    for (const secret of ["hunter2", "5"]) {
      assert.throws(
        () => parse(text, { TOKEN: secret }),
        (error: unknown) =>
          error instanceof ConfigError &&
          error.message.includes("(from the variable TOKEN)") &&
          !error.message.includes("hunter2"),
        key,
      );
      if (key.includes("cpus")) break;
    }
  }
});

test("a bomb of nested aliases costs nothing", () => {
  const lines = [
    "a: &a0 [x]",
    ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`),
  ];
  assert.throws(() => parse(lines.join("\n")), /unknown key "a"/);
});

test.run();
