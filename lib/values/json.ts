import { durationFromTicks, isoFromTicks } from "./time-text.ts";
import type {
  Column,
  DataFrame,
  FrameJson,
  Index,
  JsonValue,
  Series,
  SeriesJson,
  TaggedValue,
  Value,
} from "./types.ts";

/**
 * A value as JSON can hold it; see {@link FrameJson} for what becomes of values that it cannot. Bytes become
 * `{ "type": "bytes", "base64": ... }`, arrays `{ "type": "ndarray", "dtype", "shape", "data" }`.
 */
export function toJson(value: Value): JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return numberJson(value);
  if (typeof value === "bigint") return bigintJson(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Uint8Array) return { type: "bytes", base64: Buffer.from(value).toString("base64") };
  if (value instanceof Map)
    return { type: "dict", items: [...value].map(([key, item]) => [toJson(key), toJson(item)]) };
  return isTagged(value) ? taggedJson(value) : recordJson(value as { readonly [key: string]: Value });
}

const taggedTypes: ReadonlySet<unknown> = new Set<TaggedValue["type"]>([
  "complex",
  "decimal",
  "date",
  "time",
  "datetime",
  "timedelta",
  "datetime64",
  "timedelta64",
  "pandas-timedelta",
  "timestamp",
  "period",
  "interval",
  "nat",
  "na",
  "tuple",
  "set",
  "frozenset",
  "ndarray",
  "index",
  "series",
  "dataframe",
]);

/**
 * True for values that carry their kind in `type`. A dict that came from Python has no prototype, so whatever keys it has it is
 * none of them; a dict to send that has such a key can be given as a Map.
 */
export function isTagged(value: object): value is TaggedValue {
  return (
    Object.getPrototypeOf(value) !== null &&
    Object.hasOwn(value, "type") &&
    taggedTypes.has((value as { type: unknown }).type)
  );
}

/** The JSON form of a frame. */
export function frameJson(frame: DataFrame): FrameJson {
  const keys = uniqueKeys(frame.columns);
  return {
    type: "dataframe",
    shape: frame.shape,
    columns: indexJson(frame.columns),
    dtypes: Object.fromEntries(keys.map((key, position) => [key, frame.data[position]?.dtype ?? ""])),
    index: indexJson(frame.index),
    data: Object.fromEntries(keys.map((key, position) => [key, columnJson(frame.data[position])])),
  };
}

/** The JSON form of a series. */
export function seriesJson(series: Series): SeriesJson {
  return {
    type: "series",
    name: toJson(series.name),
    dtype: series.values.dtype,
    index: indexJson(series.index),
    data: columnJson(series.values),
  };
}

/** The rows of a frame as objects. */
export function frameRows(frame: DataFrame): Record<string, JsonValue>[] {
  const keys = uniqueKeys(frame.columns);
  return Array.from({ length: frame.shape[0] }, (_, row) =>
    Object.fromEntries(keys.map((key, position) => [key, toJson(frame.data[position]?.at(row) ?? null)])),
  );
}

/** Labels of columns may share one text, so that a small frame could make keys that no memory holds. */
const mostKeyLetters = 64 * 1024 * 1024;

/**
 * A label as a key: itself where it is text, else its JSON; a label that comes again gets `.1`, `.2` ... behind it.
 *
 * @throws RangeError where the keys together have more than 64 Mi letters.
 */
export function uniqueKeys(columns: Index): string[] {
  const seen = new Set<string>();
  // Where the last repetition of a label ended, since many labels may be one.
  const counts = new Map<string, number>();
  let letters = 0;
  return columns.toArray().map((label) => {
    const json = toJson(label);
    const text = typeof json === "string" ? json : JSON.stringify(json);
    letters += text.length;
    if (letters > mostKeyLetters)
      throw new RangeError(`the labels of ${columns.length} columns are too long to be keys of JSON`);
    let key = text;
    let count = counts.get(text) ?? 0;
    while (seen.has(key)) key = `${text}.${++count}`;
    counts.set(text, count);
    seen.add(key);
    return key;
  });
}

function columnJson(column: Column | undefined): JsonValue[] {
  return column === undefined
    ? []
    : Array.from({ length: column.length }, (_, row) => toJson(column.at(row)));
}

function indexJson(index: Index): JsonValue[] {
  return index.toArray().map(toJson);
}

function numberJson(value: number): JsonValue {
  if (Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
  return Number.isNaN(value) ? null : value > 0 ? "Infinity" : "-Infinity";
}

function bigintJson(value: bigint): JsonValue {
  const isSafe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return isSafe ? Number(value) : String(value);
}

function recordJson(record: { readonly [key: string]: Value }): JsonValue {
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, toJson(item)]));
}

function taggedJson(value: TaggedValue): JsonValue {
  switch (value.type) {
    case "dataframe":
      return value.toJSON() as unknown as JsonValue;
    case "series":
      return value.toJSON() as unknown as JsonValue;
    case "index":
      return indexJson(value);
    case "ndarray":
      return { type: "ndarray", dtype: value.dtype, shape: value.shape, data: value.toArray().map(toJson) };
    case "tuple":
    case "set":
    case "frozenset":
      return value.items.map(toJson);
    case "decimal":
    case "date":
    case "time":
    case "datetime":
      return value.text;
    case "datetime64":
      return isoFromTicks(value.ticks, value.unit, null);
    case "timestamp":
      return isoFromTicks(value.ticks, value.unit, value.timeZone);
    case "timedelta64":
    case "pandas-timedelta":
      return durationFromTicks(value.ticks, value.unit);
    case "timedelta":
      return durationFromTicks(
        (BigInt(value.days) * 86_400n + BigInt(value.seconds)) * 1_000_000n + BigInt(value.microseconds),
        "us",
      );
    case "nat":
    case "na":
      return null;
    case "complex":
      return { type: "complex", real: numberJson(value.real), imag: numberJson(value.imag) };
    case "period":
      return { type: "period", ordinal: bigintJson(value.ordinal), freq: value.freq };
    case "interval":
      return { type: "interval", left: toJson(value.left), right: toJson(value.right), closed: value.closed };
    default:
      return value satisfies never;
  }
}
