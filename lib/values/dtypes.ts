import { ValueDecodingError } from "./errors.ts";
import type { Elements, Value } from "./types.ts";

/** How the elements of a dtype lie in a buffer, and how one is read. */
export interface DtypeInfo {
  /** Bytes of one element. */
  readonly itemBytes: number;
  /** Numbers in the typed array for one element: 2 for complex ones, the bytes for `S`. */
  readonly lanes: number;
  view(buffer: ArrayBufferLike, offset: number, length: number): Elements;
  read(elements: Elements, position: number): Value;
}

type Reader = DtypeInfo["read"];

// Functions are hoisted, so what makes the entries may stand below them.
const numbers: Readonly<Record<string, DtypeInfo>> = {
  bool: {
    ...plain(1, (...place) => new Uint8Array(...place)),
    read: (elements, position) => elements[position] !== 0,
  },
  int8: plain(1, (...place) => new Int8Array(...place)),
  uint8: plain(1, (...place) => new Uint8Array(...place)),
  int16: plain(2, (...place) => new Int16Array(...place)),
  uint16: plain(2, (...place) => new Uint16Array(...place)),
  int32: plain(4, (...place) => new Int32Array(...place)),
  uint32: plain(4, (...place) => new Uint32Array(...place)),
  int64: plain(8, (...place) => new BigInt64Array(...place)),
  uint64: plain(8, (...place) => new BigUint64Array(...place)),
  float16: {
    ...plain(2, (...place) => new Uint16Array(...place)),
    read: (elements, position) => float16(Number(elements[position])),
  },
  float32: plain(4, (...place) => new Float32Array(...place)),
  float64: plain(8, (...place) => new Float64Array(...place)),
  complex64: pairs(8, (...place) => new Float32Array(...place)),
  complex128: pairs(16, (...place) => new Float64Array(...place)),
};

const timeDtype = /^(datetime64|timedelta64)(?:\[(\d{0,6}(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as))\])?$/;
const bytesDtype = /^S([1-9]\d{0,8})$/;

/** What is known of a dtype; null for one that no element can be read of. */
export function dtypeInfo(dtype: string): DtypeInfo | null {
  return numberInfo(dtype) ?? timeInfo(dtype) ?? bytesInfo(dtype);
}

/** The same for what a column of numbers can hold: booleans, integers, floats, complex numbers. */
export function numberInfo(dtype: string): DtypeInfo | null {
  return Object.hasOwn(numbers, dtype) ? (numbers[dtype] ?? null) : null;
}

/** The elements in a buffer, as a view where its alignment allows one. @throws ValueDecodingError for what cannot be. */
export function viewElements(dtype: string, bytes: Uint8Array): Elements {
  const info = dtypeInfo(dtype);
  if (info === null) throw new ValueDecodingError(`unknown dtype "${dtype.slice(0, 40)}"`);
  if (bytes.length % info.itemBytes !== 0)
    throw new ValueDecodingError(`a buffer of ${dtype} ends inside an element`);
  const laneBytes = info.itemBytes / info.lanes;
  const { buffer, byteOffset } = bytes.byteOffset % laneBytes === 0 ? bytes : new Uint8Array(bytes);
  return info.view(buffer, byteOffset, bytes.length / laneBytes);
}

/** How many elements of a dtype there are in a typed array. */
export function elementCount(dtype: string, elements: Elements): number {
  return elements.length / (dtypeInfo(dtype)?.lanes ?? 1);
}

/** What gives one element of a dtype as a plain value. */
export function elementReader(dtype: string): Reader {
  return dtypeInfo(dtype)?.read ?? readPlain;
}

function plain(itemBytes: number, view: DtypeInfo["view"]): DtypeInfo {
  return { itemBytes, lanes: 1, view, read: readPlain };
}

function readPlain(elements: Elements, position: number): Value {
  return narrow(elements[position] ?? null);
}

/** A bigint that a number can hold exactly becomes one. */
export function narrow(value: number | bigint | null): number | bigint | null {
  if (typeof value !== "bigint") return value;
  const isSafe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return isSafe ? Number(value) : value;
}

function pairs(itemBytes: number, view: DtypeInfo["view"]): DtypeInfo {
  const read: Reader = (elements, position) => ({
    type: "complex",
    real: Number(elements[2 * position]),
    imag: Number(elements[2 * position + 1]),
  });
  return { itemBytes, lanes: 2, view, read };
}

function timeInfo(dtype: string): DtypeInfo | null {
  const [, name, unit = "generic"] = timeDtype.exec(dtype) ?? [];
  if (name === undefined) return null;
  const type = name === "datetime64" ? "datetime64" : "timedelta64";
  return {
    ...plain(8, (...place) => new BigInt64Array(...place)),
    read: (elements, position) => ({ type, ticks: BigInt(elements[position] ?? 0), unit }),
  };
}

function bytesInfo(dtype: string): DtypeInfo | null {
  const size = Number(bytesDtype.exec(dtype)?.[1] ?? 0);
  if (size === 0) return null;
  return {
    itemBytes: size,
    lanes: size,
    view: (...place) => new Uint8Array(...place),
    read: (elements, position) =>
      withoutTrailingZeros((elements as Uint8Array).subarray(position * size, (position + 1) * size)),
  };
}

/** numpy pads fixed-length bytes with zeros, and takes them off again. */
function withoutTrailingZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** IEEE 754 half precision from its bits; Node 20 has no Float16Array. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
