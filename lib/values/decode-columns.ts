import { createColumn } from "./column.ts";
import { readTextBuffers } from "./decode-array.ts";
import { numberInfo, viewElements } from "./dtypes.ts";
import { ValueDecodingError } from "./errors.ts";
import { maxNodeDepth } from "./format.ts";
import { createFlatIndex, createMultiIndex, createRangeIndex } from "./labels.ts";
import {
  type Fields,
  fields,
  integerField,
  listField,
  type NodeReader,
  textField,
  textOrNull,
} from "./node-reader.ts";
import type { Column, ColumnData, Elements, Index } from "./types.ts";

const timeUnits: ReadonlySet<string> = new Set(["s", "ms", "us", "ns"]);
const closedSides: ReadonlySet<string> = new Set(["left", "right", "both", "neither"]);

/** @throws ValueDecodingError for what is no index. */
export function decodeIndex(raw: unknown, reader: NodeReader, depth: number): Index {
  requireDepth(depth);
  const node = fields(raw);
  if (node.k === "range") return decodeRange(node, reader, depth);
  if (node.k === "multi") return decodeMulti(node, reader, depth);
  if (node.k !== "flat") throw new ValueDecodingError("an index of unknown kind");
  const column = decodeColumn(node.col, reader, depth + 1);
  return createFlatIndex(column, {
    name: reader.value(node.name, depth + 1),
    freq: textOrNull(node, "freq"),
  });
}

/** @throws ValueDecodingError for what is no column. */
export function decodeColumn(raw: unknown, reader: NodeReader, depth: number): Column {
  requireDepth(depth);
  const node = fields(raw);
  const decoder =
    typeof node.k === "string" && Object.hasOwn(columnDecoders, node.k) ? columnDecoders[node.k] : undefined;
  if (decoder === undefined) throw new ValueDecodingError("a column of unknown kind");
  return createColumn(decoder(node, reader, depth));
}

const columnDecoders: Readonly<
  Record<string, (node: Fields, reader: NodeReader, depth: number) => ColumnData>
> = {
  num: (node, reader) => {
    const dtype = textField(node, "d");
    return { kind: "number", dtype, elements: viewNumbers(dtype, reader.buffer(node.b)) };
  },
  masked: decodeMasked,
  str: decodeText,
  obj: (node, reader, depth) => ({
    kind: "object",
    dtype: "object",
    items: listField(node, "v").map((item) => reader.value(item, depth + 1)),
  }),
  cat: decodeCategorical,
  dt: (node, reader) => {
    const [unit, timeZone] = [timeUnit(node), textOrNull(node, "tz")];
    const dtype = `datetime64[${unit}${timeZone === null ? "" : `, ${timeZone}`}]`;
    return { kind: "datetime", dtype, unit, timeZone, elements: int64(node, reader) };
  },
  td: (node, reader) => ({
    kind: "timedelta",
    dtype: `timedelta64[${timeUnit(node)}]`,
    unit: timeUnit(node),
    elements: int64(node, reader),
  }),
  period: (node, reader) => ({
    kind: "period",
    dtype: `period[${textField(node, "freq")}]`,
    freq: textField(node, "freq"),
    elements: int64(node, reader),
  }),
  interval: decodeInterval,
};

function decodeRange(node: Fields, reader: NodeReader, depth: number): Index {
  const [start, stop, step] = [
    integerField(node, "start"),
    integerField(node, "stop"),
    integerField(node, "step"),
  ];
  if (step === 0) throw new ValueDecodingError("a range that is none");
  const range = createRangeIndex({ start, stop, step, name: reader.value(node.name, depth + 1) });
  if (range.length > reader.maxLabels) throw new ValueDecodingError("a range of too many labels");
  return range;
}

function decodeMulti(node: Fields, reader: NodeReader, depth: number): Index {
  const levels = listField(node, "levels").map((level) => decodeIndex(level, reader, depth + 1));
  const codes = listField(node, "codes").map((column) => decodeColumn(column, reader, depth + 1));
  const names = listField(node, "names").map((name) => reader.value(name, depth + 1));
  const isEven =
    levels.length === codes.length &&
    names.length === levels.length &&
    codes.every(({ length }) => length === codes[0]?.length);
  if (!isEven || levels.length === 0)
    throw new ValueDecodingError("a MultiIndex whose levels do not fit its codes");
  for (const [level, column] of codes.entries()) requireCodes(column, levels[level]?.length ?? 0);
  return createMultiIndex({ names, levels, codes });
}

function decodeMasked(node: Fields, reader: NodeReader): ColumnData {
  const elementDtype = textField(node, "n");
  const elements = viewNumbers(elementDtype, reader.buffer(node.b));
  const mask = reader.buffer(node.m);
  if (elementDtype.startsWith("complex") || mask.length !== elements.length)
    throw new ValueDecodingError("a column whose mask does not fit");
  return { kind: "masked", dtype: textField(node, "d"), elementDtype, elements, mask };
}

function decodeText(node: Fields, reader: NodeReader): ColumnData {
  const buffers = readTextBuffers(node, reader);
  const mask = node.m === null || node.m === undefined ? null : reader.buffer(node.m);
  if (mask !== null && mask.length !== buffers.offsets.length - 1)
    throw new ValueDecodingError("a column whose mask does not fit");
  return { kind: "string", dtype: textField(node, "d"), ...buffers, mask };
}

function decodeCategorical(node: Fields, reader: NodeReader, depth: number): ColumnData {
  const codes = decodeColumn(node.codes, reader, depth + 1);
  const categories = decodeIndex(node.categories, reader, depth + 1);
  requireCodes(codes, categories.length);
  return { kind: "categorical", dtype: "category", isOrdered: node.ordered === true, codes, categories };
}

function decodeInterval(node: Fields, reader: NodeReader, depth: number): ColumnData {
  const left = decodeColumn(node.left, reader, depth + 1);
  const right = decodeColumn(node.right, reader, depth + 1);
  if (left.length !== right.length) throw new ValueDecodingError("intervals with one end");
  const closed = textField(node, "closed");
  if (!closedSides.has(closed)) throw new ValueDecodingError("intervals that are closed nowhere");
  return { kind: "interval", dtype: `interval[${left.dtype}, ${closed}]`, closed, left, right };
}

/** Codes are looked up later without further checks, so each must name a label, or be -1 for missing. */
function requireCodes(codes: Column, labels: number): void {
  if (codes.kind !== "number" || !/^u?int(8|16|32|64)$/.test(codes.dtype))
    throw new ValueDecodingError("codes that are no integers");
  for (const code of codes.elements) {
    if (code < -1 || code >= labels) throw new ValueDecodingError("a code that names no label");
  }
}

/** Columns of other dtypes have kinds of their own. */
function viewNumbers(dtype: string, bytes: Uint8Array): Elements {
  if (numberInfo(dtype) === null) throw new ValueDecodingError(`no numbers: dtype "${dtype.slice(0, 40)}"`);
  return viewElements(dtype, bytes);
}

function int64(node: Fields, reader: NodeReader): BigInt64Array {
  return viewElements("int64", reader.buffer(node.b)) as BigInt64Array;
}

function timeUnit(node: Fields): string {
  const unit = textField(node, "unit");
  if (!timeUnits.has(unit)) throw new ValueDecodingError("a unit of time that is none");
  return unit;
}

function requireDepth(depth: number): void {
  if (depth > maxNodeDepth) throw new ValueDecodingError(`nested deeper than ${maxNodeDepth} levels`);
}
