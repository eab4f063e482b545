import { createColumn } from "../values/column.ts";
import { textColumn } from "../values/frame.ts";
import { notATime } from "../values/time-text.ts";
import type { Column } from "../values/types.ts";
import { parseDate } from "./parse-date.ts";

/** What pandas takes for missing; from the documentation of `read_csv`, parameter `na_values`. */
const missingTexts: ReadonlySet<string> = new Set([
  "",
  "#N/A",
  "#N/A N/A",
  "#NA",
  "-1.#IND",
  "-1.#QNAN",
  "-NaN",
  "-nan",
  "1.#IND",
  "1.#QNAN",
  "<NA>",
  "N/A",
  "NA",
  "NULL",
  "NaN",
  "None",
  "n/a",
  "nan",
  "null",
]);

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["True", true],
  ["TRUE", true],
  ["true", true],
  ["False", false],
  ["FALSE", false],
  ["false", false],
]);

const wholeNumber = /^ *[+-]?\d+ *$/;
const decimalNumber = /^ *[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)? *$/;
const beginsLikeDate = /^\d{4}-\d{2}-\d{2}/;
const infinity = /^ *([+-]?)(inf|infinity) *$/i;

/** More digits, sign included, are no 64-bit integer but a text; and parsing takes more than linear time. */
const maxDigits = 20;

/** What the cells of a column are; the first that fits all of them decides. */
type Kind = "missing" | "whole" | "number" | "boolean" | "date" | "text";

/**
 * A column of the dtype that pandas would give these cells, and dates as dates: texts in ISO 8601 become `datetime64[ns]`, those with
 * offsets `datetime64[ns, UTC]`. What is missing is NaN, NaT, or None.
 */
export function inferColumn(cells: readonly string[]): Column {
  if (cells.length === 0) return textColumn([]);
  const isMissing = cells.map((cell) => missingTexts.has(cell));
  const kind = findKind(cells.filter((_, row) => isMissing[row] !== true));
  const hasMissing = isMissing.includes(true);
  switch (kind) {
    case "missing":
    case "number":
      return floats(cells, isMissing);
    case "whole":
      return hasMissing ? floats(cells, isMissing) : (wholes(cells) ?? textColumn(cells));
    case "boolean":
      return truths(cells);
    case "date":
      return dates(cells, isMissing) ?? texts(cells, isMissing);
    case "text":
      return texts(cells, isMissing);
    default:
      return kind satisfies never;
  }
}

function findKind(cells: readonly string[]): Kind {
  if (cells.length === 0) return "missing";
  if (cells.every((cell) => wholeNumber.test(cell))) return "whole";
  if (cells.every((cell) => decimalNumber.test(cell) || infinity.test(cell))) return "number";
  if (cells.every((cell) => booleans.has(cell))) return "boolean";
  return cells.every((cell) => beginsLikeDate.test(cell)) ? "date" : "text";
}

function floats(cells: readonly string[], isMissing: readonly boolean[]): Column {
  const elements = Float64Array.from(cells, (cell, row) =>
    isMissing[row] === true ? Number.NaN : toNumber(cell),
  );
  return createColumn({ kind: "number", dtype: "float64", elements });
}

function toNumber(cell: string): number {
  const [, sign] = infinity.exec(cell) ?? [];
  if (sign === undefined) return Number(cell);
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Null for numbers that no 64-bit integer holds. */
function wholes(cells: readonly string[]): Column | null {
  const digits = cells.map((cell) => cell.trim().replace(/^\+/, ""));
  if (digits.some(({ length }) => length > maxDigits)) return null;
  const values = digits.map(BigInt);
  if (values.every((value) => BigInt.asIntN(64, value) === value)) {
    return createColumn({ kind: "number", dtype: "int64", elements: BigInt64Array.from(values) });
  }
  return values.every((value) => BigInt.asUintN(64, value) === value)
    ? createColumn({ kind: "number", dtype: "uint64", elements: BigUint64Array.from(values) })
    : null;
}

function truths(cells: readonly string[]): Column {
  const items = cells.map((cell) => booleans.get(cell) ?? null);
  return items.includes(null)
    ? createColumn({ kind: "object", dtype: "object", items })
    : createColumn({ kind: "number", dtype: "bool", elements: Uint8Array.from(items, Number) });
}

/** Null where one is no date after all, or where some have an offset and others none: no zone is right for both. */
function dates(cells: readonly string[], isMissing: readonly boolean[]): Column | null {
  const parsed = cells.map((cell, row) => (isMissing[row] === true ? null : parseDate(cell)));
  if (parsed.some((date, row) => date === null && isMissing[row] !== true)) return null;
  const hasOffset = new Set(parsed.filter((date) => date !== null).map((date) => date.hasOffset));
  if (hasOffset.size !== 1) return null;
  const elements = BigInt64Array.from(parsed, (date) => date?.ticks ?? notATime);
  return hasOffset.has(true)
    ? createColumn({ kind: "datetime", dtype: "datetime64[ns, UTC]", unit: "ns", timeZone: "UTC", elements })
    : createColumn({ kind: "datetime", dtype: "datetime64[ns]", unit: "ns", timeZone: null, elements });
}

function texts(cells: readonly string[], isMissing: readonly boolean[]): Column {
  return textColumn(cells.map((cell, row) => (isMissing[row] === true ? null : cell)));
}
