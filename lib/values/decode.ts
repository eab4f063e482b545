import { type Blob, readBlob } from "./blob.ts";
import { decodeArray } from "./decode-array.ts";
import { decodeColumn, decodeIndex } from "./decode-columns.ts";
import { narrow } from "./dtypes.ts";
import { ValueDecodingError } from "./errors.ts";
import { maxIntegerBits, maxNodeDepth } from "./format.ts";
import { assembleFrame, assembleSeries } from "./frame.ts";
import {
  bigintField,
  type Fields,
  fields,
  listField,
  type NodeReader,
  textField,
  textOrNull,
} from "./node-reader.ts";
import type { Value } from "./types.ts";

/**
 * The values in a blob that came out of a run. The blob is untrusted: every length, offset and shape is checked, and nothing is
 * allocated that the blob does not itself hold. Columns and arrays look into `bytes`.
 *
 * @throws ValueDecodingError for anything that is no blob of values.
 */
export function decodeValues(bytes: Uint8Array): Record<string, Value> {
  const blob = readBlob(bytes);
  const reader = createNodeReader(blob);
  // Own properties of an object without a prototype: a name such as "__proto__" is a name like any other.
  const values: Record<string, Value> = Object.create(null);
  for (const [name, node] of Object.entries(blob.values)) values[name] = reader.value(node, 0);
  return values;
}

function createNodeReader(blob: Blob): NodeReader {
  const reader: NodeReader = {
    buffer: blob.buffer,
    maxLabels: blob.maxLabels,
    value(node, depth) {
      if (depth > maxNodeDepth) throw new ValueDecodingError(`nested deeper than ${maxNodeDepth} levels`);
      if (node === null || typeof node === "boolean" || typeof node === "number" || typeof node === "string")
        return node;
      if (Array.isArray(node)) return node.map((item) => reader.value(item, depth + 1));
      const object = fields(node);
      const decoder =
        typeof object.t === "string" && Object.hasOwn(decoders, object.t) ? decoders[object.t] : undefined;
      if (decoder === undefined) throw new ValueDecodingError("a node of unknown kind");
      return decoder(object, reader, depth);
    },
  };
  return reader;
}

type Decoder = (node: Fields, reader: NodeReader, depth: number) => Value;

const collection =
  (type: "tuple" | "set" | "frozenset"): Decoder =>
  (node, reader, depth) => ({
    type,
    items: listField(node, "v").map((item) => reader.value(item, depth + 1)),
  });

const text =
  (type: "decimal" | "date" | "time"): Decoder =>
  (node) => ({ type, text: textField(node, "v") });

const ticks =
  (type: "datetime64" | "timedelta64" | "pandas-timedelta"): Decoder =>
  (node) => ({ type, ticks: bigintField(node, "v"), unit: textField(node, "unit") });

const decoders: Readonly<Record<string, Decoder>> = {
  int: (node) => decodeInt(textField(node, "v")),
  float: (node) => decodeFloat(textField(node, "v")),
  complex: decodeComplex,
  decimal: text("decimal"),
  date: text("date"),
  time: text("time"),
  datetime: (node) => ({
    type: "datetime",
    text: textField(node, "v"),
    timeZone: textOrNull(node, "tz"),
    fold: node.fold === 1 ? 1 : 0,
  }),
  timedelta: decodeTimedelta,
  bytes: (node, reader) => reader.buffer(node.b),
  tuple: collection("tuple"),
  set: collection("set"),
  frozenset: collection("frozenset"),
  dict: decodeDict,
  datetime64: ticks("datetime64"),
  timedelta64: ticks("timedelta64"),
  pdtimedelta: ticks("pandas-timedelta"),
  timestamp: (node) => ({
    type: "timestamp",
    ticks: bigintField(node, "v"),
    unit: textField(node, "unit"),
    timeZone: textOrNull(node, "tz"),
  }),
  period: (node) => ({ type: "period", ordinal: bigintField(node, "v"), freq: textField(node, "freq") }),
  interval: (node, reader, depth) => ({
    type: "interval",
    left: reader.value(node.left, depth + 1),
    right: reader.value(node.right, depth + 1),
    closed: textField(node, "closed"),
  }),
  nat: () => ({ type: "nat" }),
  na: () => ({ type: "na" }),
  ndarray: decodeArray,
  index: (node, reader, depth) => decodeIndex(node.index, reader, depth + 1),
  series: decodeSeries,
  dataframe: decodeFrame,
};

function decodeInt(hex: string): bigint | number {
  if (hex.length > "-0x".length + maxIntegerBits / 4 || !/^-?0x[0-9a-f]+$/.test(hex))
    throw new ValueDecodingError("an integer that is none");
  return narrow(hex.startsWith("-") ? -BigInt(hex.slice(1)) : BigInt(hex)) ?? 0;
}

function decodeFloat(name: string): number {
  if (name === "nan") return Number.NaN;
  if (name === "inf" || name === "-inf")
    return name === "inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (/^-?\d{1,400}(\.\d{1,400})?(e[+-]?\d{1,4})?$/.test(name)) return Number(name);
  throw new ValueDecodingError("a float that is none");
}

function decodeComplex(node: Fields, reader: NodeReader, depth: number): Value {
  const [real, imag] = listField(node, "v").map((part) => reader.value(part, depth + 1));
  if (typeof real !== "number" || typeof imag !== "number")
    throw new ValueDecodingError("a complex number without its two parts");
  return { type: "complex", real, imag };
}

function decodeTimedelta(node: Fields): Value {
  const [days, seconds, microseconds] = listField(node, "v");
  if (!Number.isSafeInteger(days) || !Number.isSafeInteger(seconds) || !Number.isSafeInteger(microseconds)) {
    throw new ValueDecodingError("a timedelta without its three parts");
  }
  return {
    type: "timedelta",
    days: days as number,
    seconds: seconds as number,
    microseconds: microseconds as number,
  };
}

function decodeDict(node: Fields, reader: NodeReader, depth: number): Value {
  const keys = listField(node, "k").map((key) => reader.value(key, depth + 1));
  const items = listField(node, "v").map((item) => reader.value(item, depth + 1));
  if (keys.length !== items.length)
    throw new ValueDecodingError("a dict with more keys than values, or fewer");
  if (!keys.every((key) => typeof key === "string"))
    return new Map(keys.map((key, position) => [key, items[position] ?? null]));
  const record: Record<string, Value> = Object.create(null);
  for (const [position, key] of keys.entries()) record[key as string] = items[position] ?? null;
  return record;
}

function decodeSeries(node: Fields, reader: NodeReader, depth: number): Value {
  const index = decodeIndex(node.index, reader, depth + 1);
  const values = decodeColumn(node.col, reader, depth + 1);
  if (index.length !== values.length)
    throw new ValueDecodingError("a series whose index is longer or shorter than its values");
  return assembleSeries({ name: reader.value(node.name, depth + 1), index, values });
}

function decodeFrame(node: Fields, reader: NodeReader, depth: number): Value {
  const index = decodeIndex(node.index, reader, depth + 1);
  const columns = decodeIndex(node.columns, reader, depth + 1);
  const data = listField(node, "data").map((column) => decodeColumn(column, reader, depth + 1));
  if (columns.length !== data.length || data.some((column) => column.length !== index.length)) {
    throw new ValueDecodingError("a frame whose columns do not fit its labels");
  }
  return assembleFrame({ columns, index, data });
}
