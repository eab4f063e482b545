import { ValueDecodingError } from "./errors.ts";
import type { Elements, Value } from "./types.ts";

type ViewMaker = (buffer: ArrayBufferLike, offset: number, length: number) => Elements;

interface DtypeInfo {
  /** Bytes of one element. */
  readonly itemBytes: number;
  /** Numbers in the typed array for one element: 2 for complex ones. */
  readonly lanes: number;
  readonly view: ViewMaker;
}

const float64: ViewMaker = (buffer, offset, length) => new Float64Array(buffer, offset, length);
const float32: ViewMaker = (buffer, offset, length) => new Float32Array(buffer, offset, length);
const uint8: ViewMaker = (buffer, offset, length) => new Uint8Array(buffer, offset, length);
const int64: ViewMaker = (buffer, offset, length) => new BigInt64Array(buffer, offset, length);

const dtypes: Readonly<Record<string, DtypeInfo>> = {
  bool: { itemBytes: 1, lanes: 1, view: uint8 },
  int8: { itemBytes: 1, lanes: 1, view: (buffer, offset, length) => new Int8Array(buffer, offset, length) },
  uint8: { itemBytes: 1, lanes: 1, view: uint8 },
  int16: { itemBytes: 2, lanes: 1, view: (buffer, offset, length) => new Int16Array(buffer, offset, length) },
  uint16: {
    itemBytes: 2,
    lanes: 1,
    view: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  },
  int32: { itemBytes: 4, lanes: 1, view: (buffer, offset, length) => new Int32Array(buffer, offset, length) },
  uint32: {
    itemBytes: 4,
    lanes: 1,
    view: (buffer, offset, length) => new Uint32Array(buffer, offset, length),
  },
  int64: { itemBytes: 8, lanes: 1, view: int64 },
  uint64: {
    itemBytes: 8,
    lanes: 1,
    view: (buffer, offset, length) => new BigUint64Array(buffer, offset, length),
  },
  float16: {
    itemBytes: 2,
    lanes: 1,
    view: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  },
  float32: { itemBytes: 4, lanes: 1, view: float32 },
  float64: { itemBytes: 8, lanes: 1, view: float64 },
  complex64: { itemBytes: 8, lanes: 2, view: float32 },
  complex128: { itemBytes: 16, lanes: 2, view: float64 },
};

const timeInfo: DtypeInfo = { itemBytes: 8, lanes: 1, view: int64 };
const timeDtype = /^(datetime64|timedelta64)(\[(\d{0,6}(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as))\])?$/;
const bytesDtype = /^S(\d{1,9})$/;

/** What is known of a dtype; null for one that no element can be read of. */
export function dtypeInfo(dtype: string): DtypeInfo | null {
  const known = Object.hasOwn(dtypes, dtype) ? dtypes[dtype] : undefined;
  if (known !== undefined) return known;
  if (timeDtype.test(dtype)) return timeInfo;
  const size = bytesDtype.exec(dtype)?.[1];
  return size === undefined ? null : { itemBytes: Number(size), lanes: Number(size), view: uint8 };
}

/** The elements in a buffer, as a view where its alignment allows one. @throws ValueDecodingError for what cannot be. */
export function viewElements(dtype: string, bytes: Uint8Array): Elements {
  const info = dtypeInfo(dtype);
  if (info === null) throw new ValueDecodingError(`unknown dtype "${dtype.slice(0, 40)}"`);
  if (info.itemBytes > 0 && bytes.length % info.itemBytes !== 0)
    throw new ValueDecodingError(`a buffer of ${dtype} ends inside an element`);
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const laneBytes = info.lanes === 0 ? 1 : info.itemBytes / info.lanes;
  return info.view(aligned.buffer, aligned.byteOffset, bytes.length / laneBytes);
}

/** How many elements of a dtype there are in typed arrays of this length. */
export function elementCount(dtype: string, elements: Elements): number {
  const lanes = dtypeInfo(dtype)?.lanes ?? 1;
  return lanes === 0 ? 0 : elements.length / lanes;
}

/** One element as a plain value. */
export function readElement(dtype: string, elements: Elements, position: number): Value {
  if (dtype === "bool") return elements[position] !== 0;
  if (dtype === "float16") return float16(Number(elements[position]));
  if (dtype.startsWith("complex")) {
    return {
      type: "complex",
      real: Number(elements[2 * position]),
      imag: Number(elements[2 * position + 1]),
    };
  }
  const time = timeDtype.exec(dtype);
  if (time !== null) return readTime(time, BigInt(elements[position] ?? 0));
  const size = bytesDtype.exec(dtype)?.[1];
  if (size !== undefined)
    return withoutTrailingZeros(
      (elements as Uint8Array).subarray(position * Number(size), (position + 1) * Number(size)),
    );
  return narrow(elements[position] ?? null);
}

/** A bigint that a number can hold exactly becomes one. */
export function narrow(value: number | bigint | null): number | bigint | null {
  if (typeof value !== "bigint") return value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

function readTime(match: RegExpExecArray, ticks: bigint): Value {
  return {
    type: match[1] === "datetime64" ? "datetime64" : "timedelta64",
    ticks,
    unit: match[3] ?? "generic",
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
