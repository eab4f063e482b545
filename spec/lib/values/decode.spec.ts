import * as assert from "uvu/assert";
import { decodeValues } from "../../../lib/values/decode.ts";
import { encodeValues } from "../../../lib/values/encode.ts";
import { createFrame } from "../../../lib/values/frame.ts";
import { ndarray } from "../../../lib/values/ndarray.ts";
import type { DataFrame, Value } from "../../../lib/values/types.ts";
import { suite } from "../../support/suite.ts";
import { forge, forgeNode, isRefused } from "../../support/values/forge.ts";

const test = suite("decoding values of untrusted code");

test("a forged blob of good form is read, so that the refusals below are for their own reasons", () => {
  assert.equal(decodeValues(forgeNode([1, "a", { t: "tuple", v: [2] }])).x, [
    1,
    "a",
    { type: "tuple", items: [2] },
  ]);
  const column = { k: "num", d: "float64", b: 0 };
  const index = { k: "range", start: 0, stop: 2, step: 1, name: null };
  const columns = { k: "range", start: 0, stop: 1, step: 1, name: null };
  const frame = decodeValues(
    forgeNode({ t: "dataframe", rows: 2, columns, index, data: [column] }, [Buffer.alloc(16)]),
  ).x as DataFrame;
  assert.equal(frame.shape, [2, 1]);
});

const range = (stop: unknown, step: unknown = 1) => ({ k: "range", start: 0, stop, step, name: null });
const eight = Buffer.alloc(8);
const bytes0 = { t: "bytes", b: 0 };
const texts = (offsets: readonly number[], bytes = "ab") => [
  new Uint8Array(Uint32Array.from(offsets).buffer),
  Buffer.from(bytes),
];

const forged: readonly (readonly [string, Uint8Array])[] = [
  ["nothing", new Uint8Array(0)],
  ["three bytes", new Uint8Array(3)],
  ["a header longer than the whole", Buffer.from([255, 255, 255, 255, 1])],
  ["a header that is no JSON", Buffer.from("\u0004\u0000\u0000\u0000{{{{")],
  ["another version", forge({ v: 2, values: {}, buffers: [] })],
  ["a header that is a list", forge([])],
  ["a header that is null", forge(null)],
  ["values that are a list", forge({ v: 1, values: [], buffers: [] })],
  ["no buffers", forge({ v: 1, values: {} })],
  ["a buffer beyond the end", forge({ v: 1, values: {}, buffers: [1] })],
  ["a buffer of negative size", forge({ v: 1, values: {}, buffers: [-8] }, [eight])],
  ["a buffer of half a byte", forge({ v: 1, values: {}, buffers: [0.5] }, [eight])],
  ["a buffer of endless size", forge({ v: 1, values: {}, buffers: [1e308] }, [eight])],
  ["a header without padding", Buffer.from('\u0024\0\0\0{"v":1,"values":{},"buffers":[]}     ', "latin1")],
  ["bytes behind the last buffer", Buffer.concat([forge({ v: 1, values: {}, buffers: [] }), eight])],
  ["two nodes with one buffer", forgeNode([bytes0, bytes0], [eight])],
  ["an unknown kind", forgeNode({ t: "exploit" })],
  ["a kind of the prototype", forgeNode({ t: "constructor" })],
  ["a kind that is a number", forgeNode({ t: 5 })],
  ["a node without kind", forgeNode({})],
  ["a buffer that is not there", forgeNode({ t: "bytes", b: 3 })],
  ["a buffer named by text", forgeNode({ t: "bytes", b: "length" })],
  ["a negative buffer", forgeNode({ t: "bytes", b: -1 })],
  ["an integer that is none", forgeNode({ t: "int", v: "0xzz" })],
  ["an integer without end", forgeNode({ t: "int", v: `0x${"f".repeat(400_000)}` })],
  ["a float that is none", forgeNode({ t: "float", v: "1; alert()" })],
  [
    "ticks of more than 64 bits",
    forgeNode({ t: "timestamp", v: "9223372036854775808", unit: "ns", tz: null }),
  ],
  ["ticks of half", forgeNode({ t: "datetime64", v: "1.5", unit: "ns" })],
  ["a tuple of text", forgeNode({ t: "tuple", v: "abc" })],
  ["a dict with more keys than values", forgeNode({ t: "dict", k: ["a", "b"], v: [1] })],
  ["an array of unknown dtype", forgeNode({ t: "ndarray", d: "float128", s: [1], b: 0 }, [eight])],
  ["a dtype of the prototype", forgeNode({ t: "ndarray", d: "toString", s: [1], b: 0 }, [eight])],
  ["a shape that does not fit", forgeNode({ t: "ndarray", d: "float64", s: [2], b: 0 }, [eight])],
  ["a negative shape", forgeNode({ t: "ndarray", d: "float64", s: [-1], b: 0 }, [eight])],
  ["a huge shape of nothing", forgeNode({ t: "ndarray", d: "S0", s: [2 ** 40], b: 0 }, [Buffer.alloc(0)])],
  [
    "a huge shape with a zero",
    forgeNode({ t: "ndarray", d: "float64", s: [2 ** 52, 2 ** 52, 0], b: 0 }, [eight]),
  ],
  [
    "more dimensions than numpy has",
    forgeNode({ t: "ndarray", d: "float64", s: Array(65).fill(1), b: 0 }, [eight]),
  ],
  [
    "a buffer that ends inside an element",
    forgeNode({ t: "ndarray", d: "float64", s: [1], b: 0 }, [Buffer.alloc(7)]),
  ],
  [
    "texts beyond their bytes",
    forgeNode(
      { t: "series", name: null, index: range(1), col: { k: "str", d: "object", o: 0, b: 1 } },
      texts([0, 3]),
    ),
  ],
  [
    "texts that go backwards",
    forgeNode(
      { t: "series", name: null, index: range(2), col: { k: "str", d: "object", o: 0, b: 1 } },
      texts([0, 2, 1]),
    ),
  ],
  [
    "texts without offsets",
    forgeNode(
      { t: "series", name: null, index: range(0), col: { k: "str", d: "object", o: 0, b: 1 } },
      texts([]),
    ),
  ],
  [
    "a mask of another length",
    forgeNode(
      { t: "series", name: null, index: range(1), col: { k: "masked", d: "Int64", n: "int64", b: 0, m: 1 } },
      [eight, Buffer.alloc(2)],
    ),
  ],
  [
    "a series shorter than its index",
    forgeNode({ t: "series", name: null, index: range(5), col: { k: "num", d: "int64", b: 0 } }, [eight]),
  ],
  [
    "a frame whose columns differ",
    forgeNode(
      {
        t: "dataframe",
        rows: 1,
        columns: range(2),
        index: range(1),
        data: [
          { k: "num", d: "int64", b: 0 },
          { k: "obj", v: [] },
        ],
      },
      [eight],
    ),
  ],
  [
    "a frame with more labels than columns",
    forgeNode(
      { t: "dataframe", rows: 1, columns: range(2), index: range(1), data: [{ k: "num", d: "int64", b: 0 }] },
      [eight],
    ),
  ],
  ["a range of more labels than bytes", forgeNode({ t: "index", index: range(2 ** 20 + 1) })],
  [
    "a frame of endless rows without columns",
    forgeNode({ t: "dataframe", rows: 2 ** 40, columns: range(0), index: range(2 ** 40), data: [] }),
  ],
  [
    "a code below missing",
    forgeNode(
      {
        t: "series",
        name: null,
        index: range(8),
        col: { k: "cat", ordered: false, codes: { k: "num", d: "int8", b: 0 }, categories: range(5) },
      },
      [Buffer.alloc(8, 0xfe)],
    ),
  ],
  [
    "dates among the numbers",
    forgeNode({ t: "series", name: null, index: range(1), col: { k: "num", d: "datetime64[ns]", b: 0 } }, [
      eight,
    ]),
  ],
  ["an endless range", forgeNode({ t: "index", index: range(Number.MAX_SAFE_INTEGER) })],
  ["a range without step", forgeNode({ t: "index", index: range(5, 0) })],
  ["a range of text", forgeNode({ t: "index", index: range("5") })],
  [
    "a code that names no category",
    forgeNode(
      {
        t: "series",
        name: null,
        index: range(8),
        col: { k: "cat", ordered: false, codes: { k: "num", d: "int8", b: 0 }, categories: range(0) },
      },
      [eight],
    ),
  ],
  [
    "levels that do not fit their codes",
    forgeNode({ t: "index", index: { k: "multi", names: [null], levels: [range(1)], codes: [] } }),
  ],
  [
    "a unit that is none",
    forgeNode(
      { t: "series", name: null, index: range(1), col: { k: "dt", unit: "fortnight", tz: null, b: 0 } },
      [eight],
    ),
  ],
  [
    "a column of unknown kind",
    forgeNode({ t: "series", name: null, index: range(1), col: { k: "hasOwnProperty" } }),
  ],
  [
    "a list nested without end",
    forge({ v: 1, values: { x: JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`) }, buffers: [] }),
  ],
];

for (const [name, bytes] of forged) {
  test(`${name} is refused`, () => assert.ok(isRefused(bytes)));
}

test("keys of the prototype stay keys", () => {
  const bytes = forge({
    v: 1,
    values: { x: { t: "dict", k: ["__proto__"], v: [{ t: "dict", k: ["polluted"], v: [true] }] } },
    buffers: [],
  });
  const { x } = decodeValues(bytes) as { x: object };
  assert.is(Object.getPrototypeOf(x), null);
  assert.is(({} as Record<string, unknown>)["polluted"], undefined);
});

test("a value named __proto__ is a value", () => {
  const bytes = Buffer.from(forge({ v: 1, values: { a_proto_a: 5 }, buffers: [] }));
  const text = bytes.toString("latin1").replace("a_proto_a", "__proto__");
  const values = decodeValues(Buffer.from(text, "latin1"));
  assert.equal(Object.keys(values), ["__proto__"]);
  assert.is(Object.getPrototypeOf({}), Object.prototype);
});

test("columns look into the received bytes", () => {
  const bytes = Buffer.concat(
    encodeValues({
      frame: createFrame({ columns: { a: new Float64Array(100_000), b: new Int32Array(100_000) } }),
    }),
  );
  const aligned = new Uint8Array(new ArrayBuffer(bytes.length));
  aligned.set(bytes);
  const frame = decodeValues(aligned).frame as DataFrame;
  for (const column of frame.data)
    assert.is(column.kind === "number" ? column.elements.buffer : null, aligned.buffer);
});

const sample: Readonly<Record<string, Value>> = {
  frame: createFrame({
    columns: { n: [1, 2, 3], x: [0.5, null, 2], s: ["a", null, "ö"], d: [new Date(0), null, new Date(1)] },
    index: ["x", "y", "z"],
  }),
  array: ndarray(new Float32Array([1, 2, 3, 4]), [2, 2]),
  nested: [
    { a: [1, { type: "tuple", items: [2n ** 70n] }] },
    new Map<Value, Value>([[1, new Uint8Array(3)]]),
  ],
};

test("a blob that is cut anywhere is refused", () => {
  const bytes = Buffer.concat(encodeValues(sample));
  for (let length = 0; length < bytes.length; length++)
    assert.ok(isRefused(bytes.subarray(0, length)), `${length} bytes`);
});

test.run();
