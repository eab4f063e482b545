import * as assert from "uvu/assert";
import { type Field, fields, groupOf, variableOf } from "../../../lib/config/fields.ts";
import { formOf, parseValue, writeValue } from "../../../lib/config/parse-value.ts";
import { defaultPolicy } from "../../../lib/policy/policy.ts";
import { resolvePoolOptions } from "../../../lib/pool/options.ts";
import { resolveAdmission } from "../../../lib/run/admission.ts";
import { suite } from "../../support/suite.ts";

const test = suite("values of a configuration");

function fieldAt(path: string): Field {
  const found = fields.find((field) => field.path === path);
  if (found === undefined) throw new Error(`no field ${path}`);
  return found;
}

const cases: readonly (readonly [string, unknown, unknown])[] = [
  ["limits.memory", "2GiB", 2 * 1024 ** 3],
  ["limits.memory", 1024, 1024],
  ["limits.memory", "lots", undefined],
  ["limits.memory", true, undefined],
  ["limits.memory", null, undefined],
  ["limits.timeout", "600s", 600_000],
  ["limits.timeout", 30, 30_000],
  ["limits.timeout", "1.5h", 5_400_000],
  ["limits.timeout", "-1s", undefined],
  ["limits.cpuTime", null, null],
  ["limits.cpuTime", "", null],
  ["limits.cpus", 0.5, 0.5],
  ["limits.cpus", "1.5", 1.5],
  ["limits.cpus", "1e3", undefined],
  ["limits.cpus", Number.NaN, undefined],
  ["limits.processes", 64, 64],
  ["limits.processes", "64", 64],
  ["limits.processes", 1.5, undefined],
  ["limits.processes", "0x40", undefined],
  ["image", "a/b:1", "a/b:1"],
  ["image", 5, undefined],
  ["image", "", undefined],
  ["endpoint", null, null],
  ["validator.imports", ["scipy"], ["scipy"]],
  ["validator.imports", "scipy, sklearn.svm", ["scipy", "sklearn.svm"]],
  ["validator.imports", [], []],
  ["validator.imports", [1], undefined],
  ["validator.imports", "a,,b", undefined],
];

for (const [path, raw, expected] of cases) {
  const outcome = expected === undefined ? "is refused" : `is ${JSON.stringify(expected)}`;
  test(`${path}: ${JSON.stringify(raw)} ${outcome}`, () => {
    assert.equal(parseValue(fieldAt(path), raw)?.value, expected);
  });
}

test("what a key wants is said in words, null included where it may be", () => {
  assert.is(formOf(fieldAt("limits.memory")), "a size such as 512MiB or 2GiB");
  assert.match(formOf(fieldAt("limits.cpuTime")), /, or null$/);
});

const written: readonly (readonly [Field["kind"], number, string | number])[] = [
  ["size", 2 * 1024 ** 3, "2GiB"],
  ["size", 1536 * 1024 ** 2, "1536MiB"],
  ["size", 1000, "1000B"],
  ["size", 0, "0B"],
  ["duration", 600_000, "10m"],
  ["duration", 1500, "1500ms"],
  ["duration", 0, "0ms"],
  ["count", 64, 64],
];

for (const [kind, value, expected] of written) {
  test(`a ${kind} of ${value} is written ${expected}`, () => assert.is(writeValue(kind, value), expected));
}

test("every key of the policy, the pool and the admission has one place in a file and one variable", () => {
  const keysOf = (group: string): string[] =>
    fields
      .filter((field) => groupOf(field) === group)
      .map(({ key }) => key)
      .sort();
  assert.equal(keysOf("policy"), Object.keys(defaultPolicy).sort());
  assert.equal(keysOf("pool"), Object.keys(resolvePoolOptions({ size: 0 })).sort());
  assert.equal(keysOf("admission"), Object.keys(resolveAdmission({})).sort());
  assert.equal(keysOf("executor"), ["endpoint", "fallback", "image", "verify"]);
  assert.is(new Set(fields.map(({ key }) => key)).size, fields.length);
  assert.is(new Set(fields.map(variableOf)).size, fields.length);
  assert.is(variableOf(fieldAt("limits.cpuTime")), "BRIGBOX_LIMITS_CPU_TIME");
});

test("every value of the default policy is read back as it was written", () => {
  for (const field of fields) {
    if (!(field.key in defaultPolicy)) continue;
    const value = defaultPolicy[field.key as keyof typeof defaultPolicy];
    assert.equal(parseValue(field, writeValue(field.kind, value))?.value, value, field.path);
  }
});

test.run();
