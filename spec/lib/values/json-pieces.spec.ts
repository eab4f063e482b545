import * as assert from "uvu/assert";
import { createColumn } from "../../../lib/values/column.ts";
import { decodeValues } from "../../../lib/values/decode.ts";
import { encodeValues } from "../../../lib/values/encode.ts";
import { assembleFrame, createFrame, toColumn } from "../../../lib/values/frame.ts";
import { toJson } from "../../../lib/values/json.ts";
import { beginningOfJson, jsonPieces } from "../../../lib/values/json-pieces.ts";
import { createFlatIndex, createRangeIndex } from "../../../lib/values/labels.ts";
import { ndarray } from "../../../lib/values/ndarray.ts";
import type { DataFrame, Value } from "../../../lib/values/types.ts";
import { suite } from "../../support/suite.ts";

const test = suite("values as JSON in pieces");

const frame = createFrame({
  columns: { close: [1.5, Number.NaN], "10": ["a", null], __proto__x: [true, false] },
  index: ["x", "y"],
});

const cases: readonly (readonly [string, Value])[] = [
  ["null", null],
  ["text with quotes", 'a "b" \u2028'],
  ["infinity", Number.POSITIVE_INFINITY],
  ["a large integer", 2n ** 70n],
  ["bytes", new Uint8Array([1, 2, 3])],
  ["an empty list", []],
  ["lists in lists", [[], [1, [2n, [null]]], [[1, 2, 3, 4, 5, 6, 7, 8, 9]]]],
  ["an empty dict", {}],
  ["a dict", { a: { "b c": [1] }, d: null }],
  [
    "a Map",
    new Map<Value, Value>([
      ["__proto__", { k: 1 }],
      ["b", new Map()],
    ]),
  ],
  ["a tuple of tuples", { type: "tuple", items: [{ type: "tuple", items: [1] }, 2] }],
  ["a set", { type: "set", items: [1, "a"] }],
  ["a decimal", { type: "decimal", text: "1.10" }],
  ["a timestamp", { type: "timestamp", ticks: 1n, unit: "ns", timeZone: "UTC" }],
  ["an array", ndarray(new Int8Array([1, 2]), [2, 1])],
  ["a frame", frame],
  ["a frame without rows", createFrame({ columns: { a: [] } })],
  ["a frame in a list", [frame, frame]],
  ["many numbers", Array.from({ length: 20_000 }, (_, position) => position)],
];

for (const [name, value] of cases) {
  test(`${name}: the pieces are what JSON.stringify(toJson(value)) makes`, () => {
    const text = [...jsonPieces(value)].join("");
    assert.equal(JSON.parse(text), JSON.parse(JSON.stringify(toJson(value))));
  });
}

test("a long list comes in many pieces of some size", () => {
  const pieces = [...jsonPieces(Array.from({ length: 100_000 }, () => 0.125))];
  assert.ok(pieces.length > 10 && pieces.length < 100, String(pieces.length));
  assert.ok(pieces.every(({ length }) => length < 40_000));
});

/** A thousand rows that share one text, as a stranger's code would send them. */
function bomb(textLength: number, rows: number): DataFrame {
  const categories = createFlatIndex(toColumn(["y".repeat(textLength)]));
  const codes = toColumn(new Int8Array(rows));
  const column = createColumn({
    kind: "categorical",
    dtype: "category",
    isOrdered: false,
    codes,
    categories,
  });
  const index = createRangeIndex({ start: 0, stop: rows, step: 1 });
  const sent = assembleFrame({ columns: createFlatIndex(toColumn(["a"])), index, data: [column] });
  return decodeValues(Buffer.concat(encodeValues({ sent }))).sent as DataFrame;
}

test("a frame whose JSON no memory holds can be left in the middle", () => {
  let letters = 0;
  for (const piece of jsonPieces(bomb(1_000_000, 1_000_000))) {
    letters += piece.length;
    if (letters > 20_000_000) break;
  }
  assert.ok(letters > 20_000_000 && letters < 30_000_000, String(letters));
});

test("the beginning of such a frame's JSON costs no more than the beginning", () => {
  const text = beginningOfJson(bomb(1_000, 1_000_000), 100);
  assert.ok(text.startsWith('{"type":"dataframe","shape":[1000000,1]'), text.slice(0, 100));
});

test("a value whose JSON is short is all of its beginning", () => {
  assert.is(beginningOfJson({ a: [1, 2] }, 100), '{"a":[1,2]}');
});

test("labels that are too long together to be keys are a RangeError", () => {
  const label = "y".repeat(1_000_000);
  const columns = createFlatIndex(toColumn(Array.from({ length: 70 }, () => label)));
  assert.throws(
    () => [...jsonPieces({ ...createFrame({ columns: {} }), columns })],
    (error: unknown) => error instanceof RangeError && error.message.includes("70 columns"),
  );
});

test.run();
