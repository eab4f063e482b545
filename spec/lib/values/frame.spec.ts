import * as assert from "uvu/assert";
import { ValueEncodingError } from "../../../lib/values/errors.ts";
import { type ColumnInput, createFrame } from "../../../lib/values/frame.ts";
import { suite } from "../../support/suite.ts";

const test = suite("frames");

const inferred: readonly (readonly [string, ColumnInput, string])[] = [
  ["whole numbers", [1, 2], "int64"],
  ["large integers", [1n, 2n ** 62n], "int64"],
  ["whole numbers and null", [1, null], "float64"],
  ["other numbers", [1, 2.5], "float64"],
  ["minus zero", [-0, 1], "float64"],
  ["NaN", [Number.NaN], "float64"],
  ["booleans", [true, false], "bool"],
  ["booleans and null", [true, null], "object"],
  ["texts and null", ["a", null], "object"],
  ["nothing but null", [null], "object"],
  ["nothing", [], "object"],
  ["mixed", [1, "a"], "object"],
  ["dates and null", [new Date(0), null], "datetime64[ms]"],
  ["a typed array", new Float32Array(2), "float32"],
];

for (const [name, values, dtype] of inferred) {
  test(`a column of ${name} is ${dtype}`, () => {
    const column = createFrame({ columns: { a: values } }).column("a");
    assert.is(column.dtype, dtype);
    assert.is(column.length, values.length);
  });
}

test("missing values read as null, but for NaN in floats", () => {
  const frame = createFrame({
    columns: { text: ["a", null], number: [1.5, null], date: [null, new Date(0)] },
  });
  assert.equal(frame.column("text").toArray(), ["a", null]);
  assert.equal(frame.column("number").toArray(), [1.5, Number.NaN]);
  assert.equal(frame.column("date").toArray(), [null, "1970-01-01T00:00:00"]);
});

test("an integer that 64 bits do not hold is refused, not wrapped", () => {
  assert.throws(
    () => createFrame({ columns: { a: [2n ** 63n] } }),
    (error: unknown) => error instanceof ValueEncodingError && /"a".*64-bit/.test(error.message),
  );
});

test("typed arrays are looked into, not copied", () => {
  const close = new Float64Array([1, 2]);
  const column = createFrame({ columns: { close } }).column("close");
  assert.is(column.kind === "number" ? column.elements : null, close);
});

test("columns of different lengths are refused by name", () => {
  assert.throws(
    () => createFrame({ columns: { a: [1], b: [1, 2] } }),
    (error: unknown) =>
      error instanceof ValueEncodingError && /column "b" has 2 values for 1 rows/.test(error.message),
  );
  assert.throws(
    () => createFrame({ columns: { a: [1] }, index: ["x", "y"] }),
    /column "a" has 1 values for 2 rows/,
  );
});

test("a column that is not there is told with those that are", () => {
  const frame = createFrame({ columns: { open: [1], close: [2] } });
  assert.throws(() => frame.column("clsoe"), /no column "clsoe"; its columns: open, close/);
  assert.throws(() => frame.column("open").at(1), /row 1 of a column with 1/);
});

test("rows are objects, and JSON has the documented form", () => {
  const frame = createFrame({ columns: { n: [1, 2], x: [0.5, null], s: ["a", null] }, index: ["r", "s"] });
  assert.equal(frame.toRows(), [
    { n: 1, x: 0.5, s: "a" },
    { n: 2, x: null, s: null },
  ]);
  assert.equal(JSON.parse(JSON.stringify(frame)), {
    type: "dataframe",
    shape: [2, 3],
    columns: ["n", "x", "s"],
    dtypes: { n: "int64", x: "float64", s: "object" },
    index: ["r", "s"],
    data: { n: [1, 2], x: [0.5, null], s: ["a", null] },
  });
});

test("texts of any script keep their length and place", () => {
  const texts = ["ä", "", "🎉🎉", "漢", "plain"];
  assert.equal(createFrame({ columns: { texts } }).column("texts").toArray(), texts);
});

test.run();
