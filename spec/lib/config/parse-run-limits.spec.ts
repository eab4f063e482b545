import * as assert from "uvu/assert";
import { parseRunLimits } from "../../../lib/config/parse-run-limits.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { suite } from "../../support/suite.ts";

const test = suite("limits of a single job");

test("keys are named, nested and written as in a configuration", () => {
  const given = {
    limits: { timeout: "5s", memory: "256MiB", cpus: 0.25, cpuTime: null },
    output: { stdout: 1024, artifacts: { count: 0 } },
    containment: { audit: "deny" },
    validator: { mode: "strict", imports: ["scipy"] },
  };
  assert.equal(parseRunLimits(given, "x:1"), {
    timeoutMs: 5000,
    memoryBytes: 256 * 1024 ** 2,
    cpus: 0.25,
    cpuTimeMs: null,
    stdoutBytes: 1024,
    artifactCount: 0,
    audit: "deny",
    validator: "strict",
    imports: ["scipy"],
  });
  assert.equal(parseRunLimits({}, "x:1"), {});
});

const bad: readonly (readonly [string, Record<string, unknown>, string | RegExp])[] = [
  [
    "a misspelt key",
    { limits: { memroy: "1GiB" } },
    'x:1: "limits.memroy" is nothing that a single job may set; did you mean "limits.memory"?',
  ],
  ["a key of the executor", { containment: { user: "1:1" } }, /"containment\.user" is nothing that a single/],
  ["a runtime", { containment: { runtime: "runc" } }, /"containment\.runtime" is nothing that/],
  ["a key of the pool", { pool: { size: 3 } }, /"pool\.size" is nothing that a single job may set/],
  ["a group for a value", { limits: { memory: { a: 1 } } }, /"limits\.memory\.a" is nothing/],
  ["a wrong form", { limits: { memory: "lots" } }, /^x:1: limits\.memory must be a size such as/],
  ["a value out of range", { limits: { timeout: "0s" } }, /^x:1: limits\.timeout: 0 ms is too little/],
  ["an unknown word", { validator: { mode: "none" } }, /^x:1: validator\.mode: must be one of/],
];

for (const [name, given, message] of bad)
  test(`${name} is refused`, () => {
    assert.throws(
      () => parseRunLimits(given, "x:1"),
      (error: unknown) =>
        error instanceof ConfigError &&
        (typeof message === "string" ? error.message === message : message.test(error.message)),
    );
  });

test.run();
