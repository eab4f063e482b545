import { type EncodeContext, encodeTagged } from "./encode-tagged.ts";
import { ValueEncodingError } from "./errors.ts";
import { formatVersion, maxDepth, type WireHeader, type WireNode } from "./format.ts";
import { isTagged } from "./json.ts";
import { ndarray } from "./ndarray.ts";
import type { Elements, NdArray, Value } from "./types.ts";

/**
 * The blob of some named values, in pieces. Typed arrays and bytes are handed on as they are, not copied, so they must not
 * change before the blob is sent.
 *
 * @throws ValueEncodingError that names the value which cannot be sent.
 * @example
 * encodeValues({ lookback: 12, weights: new Float64Array([0.5, 0.5]) });
 */
export function encodeValues(values: Readonly<Record<string, Value | Elements>>): Uint8Array[] {
  const buffers: Uint8Array[] = [];
  const context: EncodeContext = {
    add: (bytes) => buffers.push(bytes) - 1,
    node: (value, path, depth) => encodeNode(value, context, path, depth),
  };
  const nodes = Object.entries(values).map(
    ([name, value]) => [name, context.node(value as Value, name, 0)] as const,
  );
  const header: WireHeader = {
    v: formatVersion,
    values: Object.fromEntries(nodes),
    buffers: buffers.map(({ length }) => length),
  };
  return [...headerPieces(header), ...buffers.flatMap((bytes) => [bytes, padding(bytes.length)])].filter(
    ({ length }) => length > 0,
  );
}

function headerPieces(header: WireHeader): Uint8Array[] {
  const text = JSON.stringify(header).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const padded = text.padEnd(text.length + ((8 - ((text.length + 4) % 8)) % 8));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(padded.length);
  return [length, Buffer.from(padded, "latin1")];
}

function padding(length: number): Uint8Array {
  return new Uint8Array((8 - (length % 8)) % 8);
}

function encodeNode(value: Value, context: EncodeContext, path: string, depth: number): WireNode {
  if (depth > maxDepth)
    throw new ValueEncodingError(
      `${path.slice(0, 200)} is nested deeper than ${maxDepth} levels, or holds itself`,
    );
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return encodeNumber(value);
  if (typeof value === "bigint") return encodeBigint(value);
  if (typeof value === "object") return encodeObject(value, context, path, depth);
  throw new ValueEncodingError(
    `${path.slice(0, 200)} is ${value === undefined ? "undefined" : `a ${typeof value}`}, which Python has no value for`,
  );
}

function encodeObject(value: object, context: EncodeContext, path: string, depth: number): WireNode {
  if (Array.isArray(value))
    return value.map((item, index) => context.node(item, `${path}[${index}]`, depth + 1));
  if (value instanceof Uint8Array) return { t: "bytes", b: context.add(value) };
  if (ArrayBuffer.isView(value)) return context.node(toArray(value, path), path, depth);
  if (value instanceof Map) return encodeDict([...value], context, path, depth);
  if (value instanceof Date)
    throw new ValueEncodingError(
      `${path.slice(0, 200)} is a Date; send { type: "datetime", text, timeZone, fold: 0 } or a column of Dates`,
    );
  if (isTagged(value)) return encodeTagged(value, context, path, depth);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    throw new ValueEncodingError(`${path.slice(0, 200)} is an object of a class, which cannot be sent`);
  }
  return encodeDict(Object.entries(value), context, path, depth);
}

function toArray(view: ArrayBufferView, path: string): NdArray {
  try {
    return ndarray(view as Elements);
  } catch {
    const kind = Object.prototype.toString.call(view).slice("[object ".length, -1);
    throw new ValueEncodingError(`${path.slice(0, 200)} is a ${kind}, which Python has no value for`);
  }
}

function encodeDict(
  entries: readonly (readonly [Value, Value])[],
  context: EncodeContext,
  path: string,
  depth: number,
): WireNode {
  return {
    t: "dict",
    k: entries.map(([key]) => context.node(key, `${path} (a key)`, depth + 1)),
    v: entries.map(([key, item]) =>
      context.node(item, `${path}.${String(typeof key === "object" ? "?" : key)}`, depth + 1),
    ),
  };
}

function encodeNumber(value: number): WireNode {
  if (Number.isNaN(value)) return { t: "float", v: "nan" };
  if (!Number.isFinite(value)) return { t: "float", v: value > 0 ? "inf" : "-inf" };
  if (Object.is(value, -0)) return { t: "float", v: "-0.0" };
  // JSON writes large integral floats without a point, and Python would read them as ints.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? { t: "float", v: String(value) } : value;
}

function encodeBigint(value: bigint): WireNode {
  return { t: "int", v: value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}` };
}
