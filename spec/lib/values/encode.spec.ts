import * as assert from "uvu/assert";
import { decodeValues } from "../../../lib/values/decode.ts";
import { encodeValues } from "../../../lib/values/encode.ts";
import { ValueEncodingError } from "../../../lib/values/errors.ts";
import { createFrame } from "../../../lib/values/frame.ts";
import { createNdArray, ndarray } from "../../../lib/values/ndarray.ts";
import type { DataFrame, NdArray, Value } from "../../../lib/values/types.ts";
import { suite } from "../../support/suite.ts";

const test = suite("encoding values");

function roundTrip(value: Value): Value {
  return decodeValues(Buffer.concat(encodeValues({ value }))).value ?? null;
}

const same: readonly (readonly [string, Value])[] = [
  ["null", null],
  ["booleans", [true, false]],
  ["numbers", [0, -1, 1.5, 2 ** 53 - 1, 5e-324, 1e308, Number.NaN, Number.POSITIVE_INFINITY]],
  ["large integers", [2n ** 53n, -(2n ** 200n)]],
  ["texts", ["", "ä🎉", "\ud800", "\u2028"]],
  ["bytes", new Uint8Array([0, 255])],
  ["nested lists", [[], [[1]]]],
  [
    "maps",
    new Map<Value, Value>([
      [1, "a"],
      [null, [2]],
    ]),
  ],
  ["tagged values", { type: "tuple", items: [{ type: "decimal", text: "1.0" }] }],
];

for (const [name, value] of same) {
  test(`${name} come back as they went`, () => assert.equal(roundTrip(value), value));
}

test("texts and objects in Fortran order are sent in the order of C", () => {
  for (const [dtype, elements] of [
    ["<U1", ["a", "c", "b", "d"]],
    ["object", [1, "c", 2, null]],
  ] as const) {
    const array = createNdArray({ dtype, shape: [2, 2], order: "F", elements });
    assert.equal((roundTrip(array) as NdArray).toArray(), array.toArray());
    assert.not.equal(array.toArray(), elements);
  }
});

test("minus zero keeps its sign", () => assert.ok(Object.is(roundTrip(-0), -0)));

test("small bigints come back as numbers", () => assert.is(roundTrip(7n), 7));

test("an object comes back without a prototype", () => {
  const back = roundTrip({ a: 1, __proto__x: 2 }) as object;
  assert.is(Object.getPrototypeOf(back), null);
  assert.equal({ ...back }, { a: 1, __proto__x: 2 });
});

test("a dict with a key such as type can be sent as a Map", () => {
  const map = new Map<Value, Value>([["type", "date"]]);
  assert.equal({ ...(roundTrip(map) as object) }, { type: "date" });
});

test("texts with half a surrogate pair come back in columns too", () => {
  const frame = createFrame({ columns: { s: ["\ud83d", "\ude00", null, "😀"] } });
  assert.equal((roundTrip(frame) as DataFrame).column("s").toArray(), ["\ud83d", "\ude00", null, "😀"]);
});

test("a frame comes back with its columns, index and dtypes", () => {
  const frame = createFrame({
    columns: { n: [1, 2], s: ["a", null], d: [new Date(0), null] },
    index: [5, 6],
  });
  const back = roundTrip(frame) as DataFrame;
  assert.equal(back.toJSON(), frame.toJSON());
});

test("typed arrays are sent as they are, of any type", () => {
  for (const elements of [
    new Int8Array([-1]),
    new BigUint64Array([2n ** 64n - 1n]),
    new Float32Array([0.5]),
  ]) {
    const array = roundTrip(elements as unknown as Value) as NdArray;
    assert.equal(array.elements, elements);
  }
  const pieces = encodeValues({ a: new Float64Array(1000) });
  assert.ok(pieces.some((piece) => piece.byteLength === 8000));
});

test("a view of a part of a buffer is sent as that part", () => {
  const part = new Float64Array(new Float64Array([1, 2, 3, 4]).buffer, 8, 2);
  assert.equal((roundTrip(ndarray(part)) as NdArray).toArray(), [2, 3]);
});

test("Node's own pool of buffers is not sent along", () => {
  const bytes = Buffer.from("abc");
  assert.equal([...(roundTrip(bytes) as Uint8Array)], [97, 98, 99]);
});

const circular: Value[] = [];
circular.push(circular);

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ["undefined", undefined, /^value is undefined, which Python has no value for$/],
  ["a function", () => 1, /^value is a function/],
  ["a symbol", Symbol("x"), /^value is a symbol/],
  ["something deep inside", { a: [1, { b: undefined }] }, /^value\.a\[1\]\.b is undefined/],
  ["a list that holds itself", circular, /nested deeper than 64 levels, or holds itself/],
  ["a Date", new Date(0), /value is a Date; send/],
  ["an object of a class", new URL("http://x"), /value is an object of a class/],
  ["a Set", new Set([1]), /value is an object of a class/],
  ["a DataView", new DataView(new ArrayBuffer(1)), /^value is a DataView, which Python has no value for$/],
  ["clamped bytes", [new Uint8ClampedArray(1)], /^value\[0\] is a Uint8ClampedArray/],
  [
    "a dict that looks like a date",
    { type: "date", day: 1 },
    /^value says in "type" that it is a date, but its "text" is not one's; send a dict with such a key as a Map$/,
  ],
  [
    "a frame's JSON",
    { type: "dataframe", shape: [0, 0], columns: [] },
    /that it is a dataframe, but its "toJSON"/,
  ],
  ["a tuple of text", { type: "tuple", items: "abc" }, /but its "items"/],
  [
    "ticks of more than 64 bits",
    { type: "timestamp", ticks: 2n ** 63n, unit: "ns", timeZone: null },
    /but its "ticks"/,
  ],
  [
    "a text of the prototype",
    Object.assign(Object.create({ text: "x" }), { type: "time" }),
    /but its "text"/,
  ],
];

for (const [name, value, words] of refused) {
  test(`${name} is refused by its name`, () => {
    assert.throws(
      () => encodeValues({ value: value as Value }),
      (error: unknown) => error instanceof ValueEncodingError && words.test(error.message),
    );
  });
}

test("no content of a value stands in an error", () => {
  assert.throws(
    () => encodeValues({ key: { secret: [new URL("http://token-123.example")] } as unknown as Value }),
    (error: unknown) => !String(error).includes("token-123"),
  );
});

test("a shape that does not fit is refused", () => {
  assert.throws(() => ndarray(new Float64Array(3), [2, 2]), /shape \[2, 2\] needs 4 elements, not 3/);
});

test.run();
