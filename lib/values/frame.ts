import { createColumn } from "./column.ts";
import { ValueEncodingError } from "./errors.ts";
import { frameJson, frameRows, isTagged, seriesJson, toJson } from "./json.ts";
import { createFlatIndex, createRangeIndex } from "./labels.ts";
import { dtypeOf } from "./ndarray.ts";
import { encodeUtf8 } from "./text-codec.ts";
import type { Column, DataFrame, Elements, Index, Series, Value } from "./types.ts";

/** A frame from its parts, which are not copied. */
export function assembleFrame(parts: {
  readonly columns: Index;
  readonly index: Index;
  readonly data: readonly Column[];
}): DataFrame {
  const { columns, index, data } = parts;
  const frame: DataFrame = {
    type: "dataframe",
    shape: [index.length, data.length],
    columns,
    index,
    data,
    column: (label) => findColumn(frame, label),
    toRows: () => frameRows(frame),
    toJSON: () => frameJson(frame),
  };
  return frame;
}

/** A series from its parts, which are not copied. */
export function assembleSeries(parts: {
  readonly name: Value;
  readonly index: Index;
  readonly values: Column;
}): Series {
  const series: Series = {
    type: "series",
    ...parts,
    length: parts.values.length,
    toJSON: () => seriesJson(series),
  };
  return series;
}

/** Values of one column: a typed array as it is, or plain values whose dtype is found as pandas would. */
export type ColumnInput = Elements | readonly (string | number | boolean | bigint | null | Date)[];

/**
 * A frame to send into a run.
 *
 * Plain arrays become: all whole numbers int64, other numbers float64 (null is NaN), booleans bool, Dates datetime64[ms], texts
 * object with None for null, anything mixed object.
 *
 * @param input.index labels of the rows; 0, 1, 2 ... unless given.
 * @throws ValueEncodingError where columns differ in length.
 * @example
 * createFrame({ columns: { close: new Float64Array([1, 2]), symbol: ["A", "B"] } });
 */
export function createFrame(input: {
  readonly columns: Readonly<Record<string, ColumnInput>>;
  readonly index?: ColumnInput;
}): DataFrame {
  const entries = Object.entries(input.columns);
  const data = entries.map(([name, values]) => toColumn(values, name));
  const rows = data[0]?.length ?? input.index?.length ?? 0;
  const labels = toColumn(entries.map(([name]) => name));
  const index =
    input.index === undefined
      ? createRangeIndex({ start: 0, stop: rows, step: 1 })
      : createFlatIndex(toColumn(input.index));
  for (const [position, column] of data.entries()) {
    if (column.length !== index.length) {
      const name = entries[position]?.[0] ?? "";
      throw new ValueEncodingError(
        `column "${name.slice(0, 60)}" has ${column.length} values for ${index.length} rows`,
      );
    }
  }
  return assembleFrame({ columns: createFlatIndex(labels), index, data });
}

/** A column of plain or typed values; see {@link createFrame}. @param name what messages call it */
export function toColumn(values: ColumnInput, name = "index"): Column {
  if (!Array.isArray(values)) {
    const elements = values as Elements;
    return createColumn({ kind: "number", dtype: dtypeOf(elements), elements });
  }
  const items = values as readonly (string | number | boolean | bigint | null | Date)[];
  const present = items.filter((item) => item !== null);
  if (present.length === 0)
    return createColumn({ kind: "object", dtype: "object", items: items as readonly Value[] });
  if (present.every((item) => typeof item === "number" || typeof item === "bigint"))
    return numberColumn(items as readonly (number | bigint | null)[], name);
  if (present.every((item) => item instanceof Date)) return dateColumn(items as readonly (Date | null)[]);
  if (present.every((item) => typeof item === "string"))
    return textColumn(items as readonly (string | null)[]);
  if (present.length === items.length && items.every((item) => typeof item === "boolean")) {
    return createColumn({ kind: "number", dtype: "bool", elements: Uint8Array.from(items, Number) });
  }
  return createColumn({
    kind: "object",
    dtype: "object",
    items: items.map((item) => (item instanceof Date ? item.toISOString() : item)),
  });
}

function numberColumn(items: readonly (number | bigint | null)[], name: string): Column {
  const isWhole = items.every(
    (item) => typeof item === "bigint" || (Number.isSafeInteger(item) && !Object.is(item, -0)),
  );
  if (isWhole) {
    const elements = BigInt64Array.from(items, (item) => BigInt(item ?? 0));
    if (items.some((item, row) => BigInt(item ?? 0) !== elements[row]))
      throw new ValueEncodingError(
        `column "${name.slice(0, 60)}" holds an integer that no 64-bit one can hold`,
      );
    return createColumn({ kind: "number", dtype: "int64", elements });
  }
  return createColumn({
    kind: "number",
    dtype: "float64",
    elements: Float64Array.from(items, (item) => (item === null ? Number.NaN : Number(item))),
  });
}

function dateColumn(items: readonly (Date | null)[]): Column {
  const elements = BigInt64Array.from(items, (item) =>
    item === null ? -(2n ** 63n) : BigInt(item.getTime()),
  );
  return createColumn({ kind: "datetime", dtype: "datetime64[ms]", unit: "ms", timeZone: null, elements });
}

/** One buffer of UTF-8 with offsets; None where null. */
export function textColumn(items: readonly (string | null)[]): Column {
  const pieces = items.map((item) => encodeUtf8(item ?? ""));
  const bytes = Buffer.concat(pieces);
  const offsets = new Uint32Array(items.length + 1);
  for (const [row, { length }] of pieces.entries()) offsets[row + 1] = (offsets[row] ?? 0) + length;
  const mask = items.includes(null) ? Uint8Array.from(items, (item) => Number(item === null)) : null;
  return createColumn({ kind: "string", dtype: "object", offsets, bytes, mask });
}

function findColumn(frame: DataFrame, label: Value): Column {
  const labels = frame.columns.toArray();
  const position = labels.findIndex((candidate) => isSameLabel(candidate, label));
  const column = frame.data[position];
  if (column !== undefined) return column;
  const known = labels.slice(0, 20).map((each) => (typeof each === "string" ? each : show(each)));
  throw new RangeError(
    `the frame has no column ${show(label)}; its columns: ${known.join(", ").slice(0, 500)}`,
  );
}

function show(label: Value): string {
  return JSON.stringify(toJson(label)).slice(0, 100);
}

function isSameLabel(left: Value, right: Value): boolean {
  const [parts, others] = [partsOf(left), partsOf(right)];
  if (parts === null || others === null) return Object.is(left, right);
  return (
    Array.isArray(left) === Array.isArray(right) &&
    parts.length === others.length &&
    parts.every((part, place) => isSameLabel(part, others[place] ?? null))
  );
}

/** Of a label of several levels, or of a tuple. */
function partsOf(label: Value): readonly Value[] | null {
  if (Array.isArray(label)) return label;
  const isTuple = typeof label === "object" && label !== null && isTagged(label) && label.type === "tuple";
  return isTuple ? label.items : null;
}
