import { isTagged } from "../../values/json.ts";
import { beginningOfJson } from "../../values/json-pieces.ts";
import type { Value } from "../../values/types.ts";
import { frameTable, seriesTable, type TableSize } from "./frame-table.ts";
import { printableLine } from "./printable.ts";

const longestText = 2000;
const mostElements = 1000;

/** A value for people: a line with its name and kind, and, for tables, its head and tail. */
export function showValue(name: string, value: Value, size: TableSize): string[] {
  if (typeof value === "object" && value !== null && isTagged(value)) {
    if (value.type === "dataframe") {
      const [rows, columns] = value.shape;
      return [
        `${name}: DataFrame, ${count(rows, "row")} × ${count(columns, "column")}`,
        ...indent(frameTable(value, size)),
      ];
    }
    if (value.type === "series") {
      return [
        `${name}: Series, ${count(value.length, "row")}, ${value.values.dtype}`,
        ...indent(seriesTable(value, size)),
      ];
    }
    if (value.type === "ndarray") {
      const head = `${name}: array, ${value.dtype}, shape (${value.shape.join(", ")})`;
      return value.elements.length > mostElements ? [head] : [head, `  ${shortJson(value.toArray())}`];
    }
  }
  return [`${name}: ${shortJson(value)}`];
}

function shortJson(value: Value): string {
  return printableLine(beginningOfJson(value, longestText), longestText);
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString("en")} ${noun}${amount === 1 ? "" : "s"}`;
}
