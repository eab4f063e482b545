import * as assert from "uvu/assert";
import { elementCount, elementReader, viewElements } from "../../../lib/values/dtypes.ts";
import { ValueDecodingError } from "../../../lib/values/errors.ts";
import { suite } from "../../support/suite.ts";
import { bytesOf } from "../../support/values/forge.ts";

const test = suite("dtypes");

const dtypes: readonly (readonly [string, ArrayBufferView, readonly unknown[]])[] = [
  ["bool", new Uint8Array([0, 1, 7]), [false, true, true]],
  ["int8", new Int8Array([-128, 127]), [-128, 127]],
  ["uint16", new Uint16Array([65_535]), [65_535]],
  ["int64", new BigInt64Array([5n, -(2n ** 53n)]), [5, -(2n ** 53n)]],
  ["uint64", new BigUint64Array([2n ** 64n - 1n]), [2n ** 64n - 1n]],
  ["float32", new Float32Array([0.5, Number.NaN]), [0.5, Number.NaN]],
  [
    "float16",
    new Uint16Array([0x3c00, 0xc000, 0x0001, 0x8000, 0x7bff, 0x7c00, 0xfc00, 0x7e00]),
    [1, -2, 2 ** -24, -0, 65_504, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
  ],
  ["complex64", new Float32Array([1, -2]), [{ type: "complex", real: 1, imag: -2 }]],
  ["datetime64[25s]", new BigInt64Array([2n]), [{ type: "datetime64", ticks: 2n, unit: "25s" }]],
  ["timedelta64", new BigInt64Array([2n]), [{ type: "timedelta64", ticks: 2n, unit: "generic" }]],
  ["S3", Buffer.from("abcx\0\0"), [Buffer.from("abc"), Buffer.from("x")]],
];

for (const [dtype, view, values] of dtypes) {
  test(`elements of ${dtype} are read`, () => {
    const elements = viewElements(dtype, bytesOf(view));
    assert.is(elements.buffer, view.buffer);
    assert.is(elementCount(dtype, elements), values.length);
    const read = elementReader(dtype);
    const found = values.map((_, position) => read(elements, position));
    assert.equal(
      found.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)),
      values,
    );
  });
}

test("what does not lie as its dtype needs is copied, even out of a Buffer", () => {
  const bytes = Buffer.from(new Uint8Array(17)).fill(1, 9).subarray(1);
  const elements = viewElements("int64", bytes);
  assert.equal(elements, new BigInt64Array([0n, 0x0101010101010101n]));
});

for (const dtype of ["", "S0", "S", "float128", "toString", "datetime64[x]", "<f8", "object"]) {
  test(`"${dtype}" is no dtype of elements`, () => {
    assert.throws(
      () => viewElements(dtype, new Uint8Array(8)),
      (error: unknown) => error instanceof ValueDecodingError,
    );
  });
}

test.run();
