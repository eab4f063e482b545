import * as assert from "uvu/assert";
import { toColumn } from "../../../lib/values/frame.ts";
import { isTagged, toJson, uniqueKeys } from "../../../lib/values/json.ts";
import { createFlatIndex } from "../../../lib/values/labels.ts";
import { ndarray } from "../../../lib/values/ndarray.ts";
import type { Value } from "../../../lib/values/types.ts";
import { suite } from "../../support/suite.ts";

const test = suite("values as JSON");

const cases: readonly (readonly [string, Value, unknown])[] = [
  ["NaN is null", Number.NaN, null],
  ["infinities are text", [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], ["Infinity", "-Infinity"]],
  ["minus zero is zero", -0, 0],
  ["small bigints are numbers", 5n, 5],
  ["large ones are text", 2n ** 70n, "1180591620717411303424"],
  ["bytes are base64", new Uint8Array([1, 2, 3]), { type: "bytes", base64: "AQID" }],
  ["a Map is a list of pairs", new Map<Value, Value>([[1, "a"]]), { type: "dict", items: [[1, "a"]] }],
  ["an object stays one", { a: { b: 1n } }, { a: { b: 1 } }],
  ["a tuple is a list", { type: "tuple", items: [1, 2n ** 60n] }, [1, "1152921504606846976"]],
  ["a decimal is text", { type: "decimal", text: "1.10" }, "1.10"],
  ["NaT and NA are null", [{ type: "nat" }, { type: "na" }], [null, null]],
  [
    "a timestamp is ISO 8601",
    { type: "timestamp", ticks: 1n, unit: "ns", timeZone: "UTC" },
    "1970-01-01T00:00:00.000000001Z",
  ],
  [
    "a timedelta is ISO 8601",
    { type: "timedelta", days: -1, seconds: 0, microseconds: 1 },
    "-P0DT23H59M59.999999S",
  ],
  ["a day is a date", { type: "datetime64", ticks: 19_782n, unit: "D" }, "2024-02-29"],
  [
    "an array has its shape",
    ndarray(new Int8Array([1, 2]), [2, 1]),
    { type: "ndarray", dtype: "int8", shape: [2, 1], data: [1, 2] },
  ],
  [
    "complex numbers have parts",
    { type: "complex", real: 1, imag: Number.NaN },
    { type: "complex", real: 1, imag: null },
  ],
];

for (const [name, value, expected] of cases) {
  test(name, () => assert.equal(JSON.parse(JSON.stringify(toJson(value))), expected));
}

test("a dict from Python is never taken for something else, whatever its keys", () => {
  const dict = Object.assign(Object.create(null), { type: "dataframe", shape: "forged" }) as Value;
  assert.not.ok(isTagged(dict as object));
  assert.equal(JSON.parse(JSON.stringify(toJson(dict))), { type: "dataframe", shape: "forged" });
});

test("a dangerous key stays a key", () => {
  const dict = Object.create(null) as Record<string, Value>;
  Object.defineProperty(dict, "__proto__", { value: { polluted: true }, enumerable: true });
  const json = JSON.stringify(toJson(dict));
  assert.is(json, '{"__proto__":{"polluted":true}}');
  assert.is(({} as Record<string, unknown>)["polluted"], undefined);
});

test("a hundred thousand columns of one name get their numbers at once", () => {
  const keys = uniqueKeys(createFlatIndex(toColumn(Array<string>(100_000).fill("a"))));
  assert.equal([keys[0], keys[1], keys.at(-1)], ["a", "a.1", "a.99999"]);
  assert.is(new Set(keys).size, keys.length);
});

test("labels that come again get numbers", () => {
  assert.equal(uniqueKeys(createFlatIndex(toColumn(["a", "a", "a.1", "a"]))), ["a", "a.1", "a.1.1", "a.2"]);
});

test.run();
