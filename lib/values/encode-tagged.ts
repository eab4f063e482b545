import { requireTagged } from "./check-tagged.ts";
import type { WireArray, WireColumn, WireIndex, WireNode } from "./format.ts";
import { textColumn } from "./frame.ts";
import type { Column, ColumnData, Elements, Index, NdArray, TaggedValue, Value } from "./types.ts";

/** What encoders share: where buffers go, and how a value inside is encoded. */
export interface EncodeContext {
  /** Keeps a buffer; returns its number. */
  add(bytes: Uint8Array): number;
  node(value: Value, path: string, depth: number): WireNode;
}

/** The node of a value that carries its kind in `type`. */
export function encodeTagged(
  value: TaggedValue,
  context: EncodeContext,
  path: string,
  depth: number,
): WireNode {
  requireTagged(value, path);
  const inner = (item: Value): WireNode => context.node(item, path, depth + 1);
  switch (value.type) {
    case "complex":
      return { t: "complex", v: [inner(value.real), inner(value.imag)] };
    case "decimal":
    case "date":
    case "time":
      return { t: value.type, v: value.text };
    case "datetime":
      return { t: "datetime", v: value.text, tz: value.timeZone, fold: value.fold };
    case "timedelta":
      return { t: "timedelta", v: [value.days, value.seconds, value.microseconds] };
    case "datetime64":
    case "timedelta64":
      return { t: value.type, v: String(value.ticks), unit: value.unit };
    case "pandas-timedelta":
      return { t: "pdtimedelta", v: String(value.ticks), unit: value.unit };
    case "timestamp":
      return { t: "timestamp", v: String(value.ticks), unit: value.unit, tz: value.timeZone };
    case "period":
      return { t: "period", v: String(value.ordinal), freq: value.freq };
    case "interval":
      return { t: "interval", left: inner(value.left), right: inner(value.right), closed: value.closed };
    case "nat":
    case "na":
      return { t: value.type };
    case "tuple":
    case "set":
    case "frozenset":
      return { t: value.type, v: value.items.map(inner) };
    case "ndarray":
      return encodeArray(value, context, inner);
    case "index":
      return { t: "index", index: encodeIndex(value, context, inner) };
    case "series":
      return {
        t: "series",
        name: inner(value.name),
        index: encodeIndex(value.index, context, inner),
        col: encodeColumn(value.values, context, inner),
      };
    case "dataframe":
      return {
        t: "dataframe",
        rows: value.shape[0],
        columns: encodeIndex(value.columns, context, inner),
        index: encodeIndex(value.index, context, inner),
        data: value.data.map((column) => encodeColumn(column, context, inner)),
      };
    default:
      return value satisfies never;
  }
}

type Inner = (item: Value) => WireNode;

function encodeArray(array: NdArray, context: EncodeContext, inner: Inner): WireArray {
  const { dtype, shape, order, elements } = array;
  const base = { t: "ndarray", d: dtype, s: shape } as const;
  if (!Array.isArray(elements)) return { ...base, o: order, b: context.add(rawBytes(elements as Elements)) };
  // Texts and objects have no order of their own on the wire.
  const items = array.toArray();
  if (!dtype.startsWith("<U")) return { ...base, v: items.map(inner) };
  const texts = textColumn(items as readonly string[]) as Column & { kind: "string" };
  return { ...base, o: context.add(rawBytes(texts.offsets)), b: context.add(texts.bytes) };
}

function encodeIndex(index: Index, context: EncodeContext, inner: Inner): WireIndex {
  switch (index.kind) {
    case "range":
      return { k: "range", start: index.start, stop: index.stop, step: index.step, name: inner(index.name) };
    case "flat":
      return {
        k: "flat",
        col: encodeColumn(index.column, context, inner),
        name: inner(index.name),
        freq: index.freq,
      };
    case "multi":
      return {
        k: "multi",
        names: index.names.map(inner),
        levels: index.levels.map((level) => encodeIndex(level, context, inner)),
        codes: index.codes.map((column) => encodeColumn(column, context, inner)),
      };
    default:
      return index satisfies never;
  }
}

function encodeColumn(column: ColumnData, context: EncodeContext, inner: Inner): WireColumn {
  const raw = (elements: Elements): number => context.add(rawBytes(elements));
  switch (column.kind) {
    case "number":
      return { k: "num", d: column.dtype, b: raw(column.elements) };
    case "masked":
      return {
        k: "masked",
        d: column.dtype,
        n: column.elementDtype,
        b: raw(column.elements),
        m: raw(column.mask),
      };
    case "string":
      return {
        k: "str",
        d: column.dtype,
        o: raw(column.offsets),
        b: context.add(column.bytes),
        m: column.mask === null ? null : raw(column.mask),
      };
    case "object":
      return { k: "obj", v: column.items.map(inner) };
    case "categorical":
      return {
        k: "cat",
        ordered: column.isOrdered,
        codes: encodeColumn(column.codes, context, inner),
        categories: encodeIndex(column.categories, context, inner),
      };
    case "datetime":
      return { k: "dt", unit: column.unit, tz: column.timeZone, b: raw(column.elements) };
    case "timedelta":
      return { k: "td", unit: column.unit, b: raw(column.elements) };
    case "period":
      return { k: "period", freq: column.freq, b: raw(column.elements) };
    case "interval":
      return {
        k: "interval",
        closed: column.closed,
        left: encodeColumn(column.left, context, inner),
        right: encodeColumn(column.right, context, inner),
      };
    default:
      return column satisfies never;
  }
}

function rawBytes(elements: Elements): Uint8Array {
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}
