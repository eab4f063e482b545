import * as assert from "uvu/assert";
import { validate } from "../../../lib/validator/validate.ts";
import { suite } from "../../support/suite.ts";
import { readCases, readCorpus } from "../../support/validator-cases.ts";

const test = suite("the validator");
const imports = ["scipy", "sklearn", "statsmodels"];

for (const { name, code } of [...readCorpus("bypass"), ...readCases("bypasses.py")])
  test(`refuses ${name}`, () => assert.ok(validate(code, { imports }).length > 0));

for (const { name, code } of [...readCorpus("benign"), ...readCases("benign.py")]) {
  test(`lets ${name} through`, () => {
    const found = validate(code, { imports });
    assert.equal(
      found.map(({ rule, line, text }) => `${rule} line ${line}: ${text}`),
      [],
    );
  });
}

test("tells where, what, and what to write instead", () => {
  const [violation, ...others] = validate("import math\n\nx = eval('1')\n");
  assert.equal(others, []);
  assert.equal(
    { ...violation, message: "" },
    { rule: "R2", message: "", from: 17, to: 21, line: 3, column: 5, endLine: 3, endColumn: 9, text: "eval" },
  );
  assert.match(violation?.message ?? "", /"eval" is not available here/);
});

test("lists every violation, in the order of the text, each once", () => {
  const found = validate("import os\nopen('x')\nx.__class__\n");
  assert.equal(
    found.map(({ rule, line }) => `${rule} ${line}`),
    ["R1 1", "R2 2", "R3 3"],
  );
});

const rules: readonly (readonly [rule: string, code: string])[] = [
  ["R0", 'f"\\{x}"'],
  ["R1", "import os"],
  ["R2", "eval"],
  ["R3", "x.__class__"],
  ["R4", "import json\njson.codecs"],
  ["R5", "df.to_csv('x')"],
  ["R6", "df.query(x)"],
  ["R7", "x.format(1)"],
  ["R8", "@x\ndef f(): pass"],
  ["R9", "class A(metaclass=B): pass"],
  ["R10", "match x:\n    case A(__class__=c): pass"],
  ["R11", "# coding: latin-1"],
  ["R12", "(".repeat(200)],
  ["R13", "df.agg('to_pickle')"],
];

for (const [rule, code] of rules)
  test(`${rule} is the rule for ${JSON.stringify(code.slice(0, 40))}`, () =>
    assert.ok(validate(code).some((found) => found.rule === rule)));

const texts: readonly (readonly [name: string, code: string])[] = [
  ["a byte order mark", "\ufeffx = 1"],
  ["NUL", "x = 1\0"],
  ["a carriage return alone", "x = 1\ry = 2"],
  ["a form feed", "\fx = 1"],
  ["a letter that turns the order round", "x = 1 # \u202e"],
  ["a cookie in the second line", "\n# vim: set fileencoding=utf-7 :"],
  ["a name that is another one to Python", "x = ｅval"],
];

for (const [name, code] of texts)
  test(`${name} is R11`, () => assert.ok(validate(code).some(({ rule }) => rule === "R11")));

test("line ends of Windows, tabs and a cookie of UTF-8 are fine", () => {
  assert.equal(validate("# -*- coding: UTF-8 -*-\r\nif x:\r\n\ty = 1\r\n"), []);
});

test("modules that the caller allows may be imported, with all below them", () => {
  const code =
    "import scipy\nfrom scipy.stats import zscore\nimport scipy.signal as s\nx = s.butter(2, 0.1), zscore";
  assert.ok(validate(code).length > 0);
  assert.equal(validate(code, { imports: ["scipy"] }), []);
  assert.ok(validate("import scipyx", { imports: ["scipy"] }).length > 0);
  assert.ok(validate("import scipy", { imports: ["scipy.stats"] }).length > 0);
});

test("an allowed module does not open what its attributes must not be", () => {
  assert.ok(validate("import scipy\nscipy.__loader__", { imports: ["scipy"] }).length > 0);
});

test("the mode basic refuses what the first specification named, and no more", () => {
  for (const code of [
    "import os",
    "from subprocess import run",
    "import math, socket",
    "eval('1')",
    "x = open",
    "__import__('os')",
  ])
    assert.ok(validate(code, { mode: "basic" }).length > 0, code);
  for (const code of ["x.__class__", "import inspect", "df.to_csv('x')", "open = 1\nopen + 1"])
    assert.equal(validate(code, { mode: "basic" }), [], code);
});

test("the mode off refuses nothing", () => assert.equal(validate("import os", { mode: "off" }), []));

test("no more than a hundred violations are listed", () => {
  assert.is(validate("eval\n".repeat(500)).length, 100);
});

test("what is too long is refused without being looked into", () => {
  const found = validate("x = 1\n".repeat(30_000));
  assert.equal(
    found.map(({ rule }) => rule),
    ["R12"],
  );
});

test.run();
