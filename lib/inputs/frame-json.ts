import { createColumn } from "../values/column.ts";
import { numberInfo } from "../values/dtypes.ts";
import { assembleFrame, toColumn } from "../values/frame.ts";
import { uniqueKeys } from "../values/json.ts";
import { createFlatIndex, createRangeIndex } from "../values/labels.ts";
import { notATime } from "../values/time-text.ts";
import type { Column, DataFrame, Elements, Index } from "../values/types.ts";
import { inputError } from "./input-error.ts";
import { parseDate } from "./parse-date.ts";

type Cell = string | number | boolean | null;

interface FrameFields {
  readonly columns?: unknown;
  readonly dtypes?: unknown;
  readonly index?: unknown;
  readonly data?: unknown;
}

/**
 * The frame of a `FrameJson`. `data` is needed; `columns` gives the order and the labels, `index` the rows' labels, and `dtypes` makes
 * integers, floats, booleans and datetimes what they were. Other columns become what `createFrame` makes of their cells, and labels of
 * several levels become texts.
 *
 * @throws ConfigError for any other form.
 */
export function parseFrameJson(json: FrameFields, name: string): DataFrame {
  const { data, dtypes = {}, index } = json;
  if (!isRecord(data) || !isRecord(dtypes) || !Object.values(data).every(isCells)) {
    throw inputError(
      name,
      'a "dataframe" needs "data" with an array of plain values for each column; write it as brigbox run --json does',
    );
  }
  const labels = readLabels(json.columns ?? Object.keys(data), name, "columns");
  const keys = uniqueKeys(labels);
  if (keys.length !== Object.keys(data).length || !keys.every((key) => Object.hasOwn(data, key)))
    throw inputError(name, 'the "columns" and the "data" of a "dataframe" must have the same names');
  const columns = keys.map((key) => restore(data[key] as readonly Cell[], dtypes[key]));
  const rows = columns[0]?.length ?? (Array.isArray(index) ? index.length : 0);
  const rowLabels = index === undefined ? range(rows) : readLabels(index, name, "index");
  if (rowLabels.length !== rows || columns.some(({ length }) => length !== rows))
    throw inputError(name, 'the columns and the index of a "dataframe" must be of one length');
  return assembleFrame({ columns: labels, index: rowLabels, data: columns });
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function isCells(json: unknown): json is readonly Cell[] {
  return Array.isArray(json) && json.every((cell) => cell === null || typeof cell !== "object");
}

function range(length: number): Index {
  return createRangeIndex({ start: 0, stop: length, step: 1 });
}

/** Labels of several levels are arrays, which become their own JSON. */
function readLabels(json: unknown, name: string, field: "columns" | "index"): Index {
  if (!Array.isArray(json))
    throw inputError(name, `the "${field}" of a "dataframe" must be an array of labels`);
  const labels = json.map((label) =>
    typeof label === "object" && label !== null ? JSON.stringify(label) : (label as Cell),
  );
  return labels.every((label, row) => label === row)
    ? range(labels.length)
    : createFlatIndex(toColumn(labels));
}

/** A column of the dtype it had, where JSON keeps all of it; else of the one that its cells have. */
function restore(cells: readonly Cell[], dtype: unknown): Column {
  if (typeof dtype !== "string") return toColumn(cells);
  return restoreNumbers(cells, dtype) ?? restoreDates(cells, dtype) ?? toColumn(cells);
}

/** Null where the dtype is none of plain numbers, or a cell is no number that it holds. */
function restoreNumbers(cells: readonly Cell[], dtype: string): Column | null {
  const info = /^(u?int\d+|float32|float64)$/.test(dtype) ? numberInfo(dtype) : null;
  if (info === null) return null;
  const elements = info.view(new ArrayBuffer(cells.length * info.itemBytes), 0, cells.length);
  const write = dtype.startsWith("float") ? writeFloat : writeInteger;
  return cells.every((cell, row) => write(elements, row, cell))
    ? createColumn({ kind: "number", dtype, elements })
    : null;
}

/** JSON has no NaN and no infinities: null and texts stand for them. False for a cell that is no float. */
function writeFloat(elements: Elements, row: number, cell: Cell): boolean {
  if (cell === null) elements[row] = Number.NaN;
  else if (typeof cell === "number" || cell === "Infinity" || cell === "-Infinity")
    elements[row] = Number(cell);
  else return false;
  return true;
}

/** Integers beyond a double's are texts. False for a cell that is no integer, or none that the dtype holds. */
function writeInteger(elements: Elements, row: number, cell: Cell): boolean {
  const isWhole = typeof cell === "string" ? /^-?\d{1,20}$/.test(cell) : Number.isSafeInteger(cell);
  if (!isWhole) return false;
  const value = BigInt(cell ?? 0);
  elements[row] = typeof elements[row] === "bigint" ? value : Number(value);
  return BigInt(elements[row] ?? 0) === value;
}

/** Null where the dtype is no datetime of nanoseconds, or a cell is no moment. */
function restoreDates(cells: readonly Cell[], dtype: string): Column | null {
  const match = /^datetime64\[ns(?:, ([^\]]{1,100}))?\]$/.exec(dtype);
  if (match === null) return null;
  const timeZone = match[1] ?? null;
  const dates = cells.map((cell) => (typeof cell === "string" ? parseDate(cell) : null));
  const isDate = (cell: Cell, row: number): boolean =>
    cell === null || dates[row]?.hasOffset === (timeZone !== null);
  if (!cells.every(isDate)) return null;
  const elements = BigInt64Array.from(dates, (date) => date?.ticks ?? notATime);
  return createColumn({ kind: "datetime", dtype, unit: "ns", timeZone, elements });
}
