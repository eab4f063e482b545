import * as assert from "uvu/assert";
import { rememberPassed } from "../../../lib/validator/remember.ts";
import { type ValidatorOptions, validate } from "../../../lib/validator/validate.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the validator's memory");
const strict: ValidatorOptions = { mode: "strict", imports: [] };

interface Rig {
  ask(code: string, options?: ValidatorOptions): number;
  /** How often the validator itself was asked. */
  asked(): number;
}

function createRig(): Rig {
  let asked = 0;
  const remembering = rememberPassed((code, options) => {
    asked++;
    return validate(code, options);
  });
  return { ask: (code, options = strict) => remembering(code, options).length, asked: () => asked };
}

test("what passed is known again", () => {
  const { ask, asked } = createRig();
  assert.equal([ask("result = 1"), ask("result = 1"), asked()], [0, 0, 1]);
});

test("what differs in one character is not", () => {
  const { ask, asked } = createRig();
  for (const code of ["result = 1", "import os_", "import os", "import os ", "IMPORT os"]) ask(code);
  assert.is(ask("import os"), 1);
  assert.is(asked(), 6);
});

test("what is refused is refused each time, with all reasons", () => {
  const { ask, asked } = createRig();
  assert.equal([ask("import os\nopen"), ask("import os\nopen"), asked()], [2, 2, 2]);
});

test("what passed under other options has not passed", () => {
  const { ask, asked } = createRig();
  assert.is(ask("import scipy", { mode: "strict", imports: ["scipy"] }), 0);
  assert.is(ask("import scipy", strict), 1);
  assert.is(ask("import os", { mode: "off", imports: [] }), 0);
  assert.is(ask("import os", { mode: "basic", imports: [] }), 1);
  assert.is(ask("import os", strict), 1);
  assert.is(asked(), 5);
});

test("code that looks like the options is code", () => {
  const { ask } = createRig();
  assert.is(ask(`["off",[]]\nimport os`, { mode: "off", imports: [] }), 0);
  assert.is(ask(`["off",[]]\nimport os`), 1);
});

test("it forgets what was not asked for the longest", () => {
  const { ask, asked } = createRig();
  for (let number = 0; number < 64; number++) ask(`result = ${number}`);
  ask("result = 0");
  assert.is(asked(), 64);
  ask("result = 64");
  ask("result = 0");
  assert.is(asked(), 65, "asked for in between, so kept");
  ask("result = 1");
  assert.is(asked(), 66, "the oldest is gone");
});

test("long code is not kept", () => {
  const { ask, asked } = createRig();
  const code = `result = 1 # ${"x".repeat(64 * 1024)}`;
  assert.is(ask(code) + ask(code), 0);
  assert.is(asked(), 2);
});

test.run();
