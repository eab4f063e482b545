import * as assert from "uvu/assert";
import { showValue } from "../../../../lib/cli/output/show-value.ts";
import { createFrame } from "../../../../lib/values/frame.ts";
import { ndarray } from "../../../../lib/values/ndarray.ts";
import type { Value } from "../../../../lib/values/types.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("values for people");
const size = { maxRows: 4, maxWidth: 80 };

const cases: readonly (readonly [string, Value, string])[] = [
  ["None", null, "x: null"],
  ["a number", 1.5, "x: 1.5"],
  ["a large integer", 2n ** 70n, 'x: "1180591620717411303424"'],
  ["text", "two\nlines", 'x: "two\\nlines"'],
  ["a list", [1, "a", null], 'x: [1,"a",null]'],
  ["a dict", { a: 1 }, 'x: {"a":1}'],
];

for (const [name, value, expected] of cases) {
  test(`${name} is one line`, () => assert.equal(showValue("x", value, size), [expected]));
}

test("a frame has its shape before its table", () => {
  const lines = showValue("signal", createFrame({ columns: { a: [1], b: [2] } }), size);
  assert.equal(lines, ["signal: DataFrame, 1 row × 2 columns", "     a  b", "  0  1  2"]);
});

test("an array has its dtype and shape, and its elements where they are few", () => {
  assert.equal(showValue("x", ndarray(new Float64Array([1, 2, 3, 4]), [2, 2]), size), [
    "x: array, float64, shape (2, 2)",
    "  [1,2,3,4]",
  ]);
  assert.equal(showValue("x", ndarray(new Uint8Array(5000)), size), ["x: array, uint8, shape (5000)"]);
});

test("a long value is cut", () => {
  const [line = ""] = showValue("x", "y".repeat(10_000), size);
  assert.ok(line.length < 2100 && line.endsWith("…"));
});

test.run();
