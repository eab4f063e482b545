import * as assert from "uvu/assert";
import { parseNpy } from "../../../lib/inputs/parse-npy.ts";
import { suite } from "../../support/suite.ts";

const test = suite("npy files as arrays");

interface Npy {
  readonly descr?: string;
  readonly order?: string;
  readonly shape?: string;
  readonly data: Uint8Array;
  readonly version?: number;
}

function npy({ descr = "'<f8'", order = "False", shape = "(2,)", data, version = 1 }: Npy): Uint8Array {
  const header = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const fixed = version === 1 ? 10 : 12;
  const text = `${header.padEnd(64 * Math.ceil((header.length + 1 + fixed) / 64) - fixed - 1)}\n`;
  const head = Buffer.alloc(fixed);
  head.write("\x93NUMPY", "latin1");
  head[6] = version;
  if (version === 1) head.writeUInt16LE(text.length, 8);
  else head.writeUInt32LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text, "latin1"), data]);
}

function bytesOf(
  elements: Float64Array | Int16Array | BigInt64Array | Uint32Array | Float32Array,
): Uint8Array {
  return new Uint8Array(elements.buffer);
}

const good: readonly (readonly [string, Npy, string, readonly unknown[]])[] = [
  ["float64", { data: bytesOf(new Float64Array([1.5, Number.NaN])) }, "float64", [1.5, Number.NaN]],
  ["version 2", { version: 2, data: bytesOf(new Float64Array([1, 2])) }, "float64", [1, 2]],
  ["int16", { descr: "'<i2'", data: bytesOf(new Int16Array([-1, 2])) }, "int16", [-1, 2]],
  ["the other byte order", { descr: "'>i2'", data: Buffer.from([0xff, 0xfe, 0, 1]) }, "int16", [-2, 1]],
  ["bool", { descr: "'|b1'", data: Buffer.from([1, 0]) }, "bool", [true, false]],
  [
    "complex numbers of the other byte order",
    { descr: "'>c8'", shape: "(1,)", data: Buffer.from([0x3f, 0x80, 0, 0, 0x40, 0, 0, 0]) },
    "complex64",
    [{ type: "complex", real: 1, imag: 2 }],
  ],
  ["texts", { descr: "'<U2'", data: bytesOf(new Uint32Array([97, 0, 0x1f389, 98])) }, "<U2", ["a", "🎉b"]],
  [
    "texts longer than a call has arguments",
    { descr: "'<U200000'", shape: "(1,)", data: bytesOf(new Uint32Array(200_000).fill(97)) },
    "<U200000",
    ["a".repeat(200_000)],
  ],
  [
    "sizes as Python 2 wrote them",
    { shape: "(2L,)", data: bytesOf(new Float64Array([1, 2])) },
    "float64",
    [1, 2],
  ],
  [
    "times without a unit",
    { descr: "'<m8'", shape: "(1,)", data: bytesOf(new BigInt64Array([5n])) },
    "timedelta64",
    [{ type: "timedelta64", ticks: 5n, unit: "generic" }],
  ],
  ["no dimensions", { shape: "()", data: bytesOf(new Float64Array([7])) }, "float64", [7]],
  ["no elements", { shape: "(0, 3)", data: Buffer.alloc(0) }, "float64", []],
  [
    "Fortran order",
    { order: "True", shape: "(2, 2)", data: bytesOf(new Float64Array([1, 2, 3, 4])) },
    "float64",
    [1, 3, 2, 4],
  ],
  [
    "datetimes",
    { descr: "'<M8[ns]'", shape: "(1,)", data: bytesOf(new BigInt64Array([5n])) },
    "datetime64[ns]",
    [{ type: "datetime64", ticks: 5n, unit: "ns" }],
  ],
];

for (const [name, file, dtype, values] of good) {
  test(`an array of ${name} is read`, () => {
    const array = parseNpy(npy(file), "weights");
    assert.is(array.dtype, dtype);
    assert.equal(array.toArray(), values);
  });
}

const bad: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["no npy file", Buffer.from("a,b\n1,2\n"), /not an npy file/],
  ["nothing", new Uint8Array(0), /not an npy file/],
  ["a future version", npy({ version: 9, data: Buffer.alloc(16) }), /version 9/],
  [
    "pickled objects",
    npy({ descr: "'|O'", data: Buffer.alloc(16) }),
    /pickled objects, which are never read/,
  ],
  ["a structured dtype", npy({ descr: "[('a', '<f8')]", data: Buffer.alloc(16) }), /structured dtype/],
  ["an unknown dtype", npy({ descr: "'<f16'", data: Buffer.alloc(32) }), /dtype "<f16" cannot be read/],
  ["too few bytes", npy({ data: Buffer.alloc(8) }), /needs 16 bytes, and the file holds 8/],
  ["too many bytes", npy({ data: Buffer.alloc(24) }), /needs 16 bytes, and the file holds 24/],
  ["a cut header", npy({ data: Buffer.alloc(0) }).subarray(0, 40), /ends inside its header/],
  [
    "a header of code",
    npy({ shape: "__import__('os')", data: Buffer.alloc(0) }),
    /header of the npy file is broken/,
  ],
  [
    "texts of no length",
    npy({ descr: "'<U0'", shape: "(1000000000,)", data: Buffer.alloc(0) }),
    /dtype "<U0"/,
  ],
  [
    "bytes of no length",
    npy({ descr: "'|S0'", shape: "(1000000000,)", data: Buffer.alloc(0) }),
    /dtype "\|S0"/,
  ],
  [
    "a unit of time that is none",
    npy({ descr: "'<M8[xx]'", data: Buffer.alloc(16) }),
    /dtype "<M8\[xx\]" cannot/,
  ],
  [
    "a shape beyond all bounds",
    npy({ shape: "(9999999999999999, 9999999999999999)", data: Buffer.alloc(16) }),
    /needs/,
  ],
  [
    "a key that comes twice",
    npy({ shape: "(2,), 'shape': (2,)", data: Buffer.alloc(16) }),
    /header .* broken/,
  ],
  ["a shape with a gap", npy({ shape: "(2,,)", data: Buffer.alloc(16) }), /header .* broken/],
  [
    "a shape of blanks",
    npy({ shape: `(${" ".repeat(60_000)}x)`, data: Buffer.alloc(16) }),
    /header .* broken/,
  ],
  ["something behind the dict", npy({ shape: "(2,)} + {", data: Buffer.alloc(16) }), /header .* broken/],
  ["a key too many", npy({ shape: "(2,), 'x': 'y'", data: Buffer.alloc(16) }), /header .* broken/],
  ["an escape in a text", npy({ descr: "'<f\\x38'", data: Buffer.alloc(16) }), /header .* broken/],
  [
    "texts that are none",
    npy({ descr: "'<U1'", shape: "(1,)", data: bytesOf(new Uint32Array([0x110000])) }),
    /no text/,
  ],
];

for (const [name, bytes, words] of bad) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => parseNpy(bytes, "weights"),
      (error: unknown) =>
        /^input "weights": /.test((error as Error).message) && words.test((error as Error).message),
    );
  });
}

test.run();
