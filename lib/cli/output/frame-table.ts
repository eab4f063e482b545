import { beginningOfJson } from "../../values/json-pieces.ts";
import type { Column, DataFrame, Index, Series, Value } from "../../values/types.ts";
import { printableLine } from "./printable.ts";
import { type Alignment, alignTable, displayWidth } from "./text-table.ts";

/** How much of a frame is shown. */
export interface TableSize {
  /** Rows before some in the middle are left out. */
  readonly maxRows: number;
  /** Width in letters before columns in the middle are left out. */
  readonly maxWidth: number;
}

const widestCell = 32;
const gap = "…";

/** The head and tail of a frame as lines of a table. */
export function frameTable(frame: DataFrame, size: TableSize): string[] {
  const columns = frame.data.map((column, position) => ({
    column,
    label: labelText(frame.columns.at(position)),
  }));
  return dataTable(frame.index, columns, size);
}

/** The head and tail of a series as lines of a table. */
export function seriesTable(series: Series, size: TableSize): string[] {
  const label = series.name === null ? "" : labelText(series.name);
  return dataTable(series.index, [{ column: series.values, label }], size);
}

interface NamedColumn {
  readonly column: Column;
  readonly label: string;
}

interface RenderedColumn {
  readonly cells: readonly string[];
  readonly alignment: Alignment;
}

function dataTable(
  index: Index,
  columns: readonly NamedColumn[],
  { maxRows, maxWidth }: TableSize,
): string[] {
  const rows = pickRows(index.length, maxRows);
  const labels = rows.map((row) => (row === null ? gap : labelText(index.at(row))));
  const left: RenderedColumn = { cells: [indexName(index), ...labels], alignment: "left" };
  const rendered = fitColumns(columns, rows, maxWidth - widthOf(left));
  const all = [left, ...rendered];
  const lines = ["", ...rows].map((_, line) => all.map(({ cells }) => cells[line] ?? ""));
  return alignTable(
    lines,
    all.map(({ alignment }) => alignment),
  );
}

/** Row numbers from both ends, with null for the gap between them. */
function pickRows(count: number, most: number): (number | null)[] {
  if (count <= most) return Array.from({ length: count }, (_, row) => row);
  const head = Math.ceil(most / 2);
  const tail = Math.floor(most / 2);
  return [
    ...Array.from({ length: head }, (_, row) => row),
    null,
    ...Array.from({ length: tail }, (_, row) => count - tail + row),
  ];
}

/** Columns from both ends as long as there is room; only these are rendered, a frame may have a million. */
function fitColumns(
  columns: readonly NamedColumn[],
  rows: readonly (number | null)[],
  room: number,
): RenderedColumn[] {
  const head: RenderedColumn[] = [];
  const tail: RenderedColumn[] = [];
  let left = room;
  for (let taken = 0; taken < columns.length; taken++) {
    const isFromEnd = taken % 2 === 1;
    const column = columns[isFromEnd ? columns.length - 1 - tail.length : head.length];
    if (column === undefined) break;
    const rendered = renderColumn(column, rows);
    left -= widthOf(rendered) + 2;
    const isLast = taken === columns.length - 1;
    if (taken > 0 && left < (isLast ? 0 : gap.length + 2)) {
      return [...head, { cells: rows.map(() => gap).concat(gap), alignment: "left" }, ...tail.reverse()];
    }
    (isFromEnd ? tail : head).push(rendered);
  }
  return [...head, ...tail.reverse()];
}

function renderColumn({ column, label }: NamedColumn, rows: readonly (number | null)[]): RenderedColumn {
  const values = rows.map((row) => (row === null ? undefined : column.at(row)));
  const decimals = Math.max(column.dtype.toLowerCase().startsWith("float") ? 1 : 0, decimalsFor(values));
  const cells = values.map((value) => (value === undefined ? gap : cellText(value, decimals)));
  return { cells: [label, ...cells], alignment: isNumeric(column) ? "right" : "left" };
}

function widthOf({ cells }: RenderedColumn): number {
  return Math.max(0, ...cells.map(displayWidth));
}

function isNumeric(column: Column): boolean {
  return column.kind === "number" || column.kind === "masked" || column.kind === "timedelta";
}

const mostDecimals = 6;

/** The fewest decimals, up to six, that show all numbers of a column as they are. */
function decimalsFor(values: readonly (Value | undefined)[]): number {
  let decimals = 0;
  for (const value of values) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    while (decimals < mostDecimals && Number(value.toFixed(decimals)) !== value) decimals++;
  }
  return decimals;
}

function cellText(value: Value, decimals: number): string {
  if (value === null) return "–";
  if (typeof value === "number") return numberText(value, decimals);
  if (typeof value === "string") return printableLine(shortenTime(value), widestCell);
  return printableLine(beginningOfJson(value, widestCell), widestCell);
}

function numberText(value: number, decimals: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e15 || size < 10 ** -mostDecimals)
    ? value.toExponential(4)
    : value.toFixed(decimals);
}

/** Midnight says nothing in a column of days. */
function shortenTime(text: string): string {
  return text.replace(/^(\d{4}-\d{2}-\d{2})T00:00:00Z?$/, "$1");
}

function labelText(label: Value): string {
  if (label === null) return "–";
  if (Array.isArray(label)) return label.map((part: Value) => labelText(part)).join(", ");
  return typeof label === "string"
    ? printableLine(shortenTime(label), widestCell)
    : printableLine(beginningOfJson(label, widestCell), widestCell);
}

function indexName(index: Index): string {
  if (index.kind !== "multi") return index.name === null ? "" : labelText(index.name);
  return index.names.every((name) => name === null) ? "" : index.names.map(labelText).join(", ");
}
