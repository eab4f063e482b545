import { createColumn } from "../values/column.ts";
import { textColumn } from "../values/frame.ts";
import type { Column } from "../values/types.ts";

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
const decimalNumber = /^ *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *$/;
const infinity = /^ *([+-]?)(inf|infinity) *$/i;

/** What the cells of a column are; the first that fits all of them decides. */
type Kind = "missing" | "whole" | "number" | "boolean" | "text";

/** A column of the dtype that pandas would give these cells. */
export function inferColumn(cells: readonly string[]): Column {
  const isMissing = cells.map((cell) => missingTexts.has(cell));
  const kind = findKind(cells.filter((_, row) => isMissing[row] !== true));
  const hasMissing = isMissing.includes(true);
  if (kind === "missing" || kind === "number" || (kind === "whole" && hasMissing))
    return floats(cells, isMissing);
  if (kind === "whole") return wholes(cells) ?? texts(cells, isMissing);
  if (kind !== "boolean") return texts(cells, isMissing);
  if (!hasMissing) {
    const elements = Uint8Array.from(cells, (cell) => Number(booleans.get(cell) ?? false));
    return createColumn({ kind: "number", dtype: "bool", elements });
  }
  const items = cells.map((cell) => booleans.get(cell) ?? Number.NaN);
  return createColumn({ kind: "object", dtype: "object", items });
}

function findKind(cells: readonly string[]): Kind {
  if (cells.length === 0) return "missing";
  if (cells.every((cell) => wholeNumber.test(cell))) return "whole";
  if (cells.every((cell) => decimalNumber.test(cell) || infinity.test(cell))) return "number";
  return cells.every((cell) => booleans.has(cell)) ? "boolean" : "text";
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
  const values = cells.map((cell) => BigInt(cell.trim().replace(/^\+/, "")));
  if (values.every((value) => BigInt.asIntN(64, value) === value)) {
    return createColumn({ kind: "number", dtype: "int64", elements: BigInt64Array.from(values) });
  }
  return values.every((value) => BigInt.asUintN(64, value) === value)
    ? createColumn({ kind: "number", dtype: "uint64", elements: BigUint64Array.from(values) })
    : null;
}

/** pandas fills missing texts with NaN, not None. */
const nanCode = 2;

function texts(cells: readonly string[], isMissing: readonly boolean[]): Column {
  const column = textColumn(cells.map((cell, row) => (isMissing[row] === true ? "" : cell)));
  if (!isMissing.includes(true) || column.kind !== "string") return column;
  const mask = Uint8Array.from(isMissing, (missing) => (missing ? nanCode : 0));
  return createColumn({
    kind: "string",
    dtype: "object",
    offsets: column.offsets,
    bytes: column.bytes,
    mask,
  });
}
