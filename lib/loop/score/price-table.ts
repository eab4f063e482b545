import { ConfigError } from "../../errors.ts";
import { parseDay } from "../../inputs/parse-day.ts";
import type { Value } from "../../values/types.ts";

/** Prices by day and symbol. */
export interface PriceTable {
  /** In order, as `2006-12-31`. */
  readonly days: readonly string[];
  readonly symbols: readonly string[];
  /** NaN where there is none. */
  at(day: number, symbol: number): number;
  dayIndex(day: string): number | undefined;
  symbolIndex(symbol: string): number | undefined;
}

/** The columns of a frame that holds a price a row. */
export interface PriceColumns {
  readonly date: string;
  readonly symbol: string;
  readonly price: string;
}

/**
 * A table from a frame with the columns date, symbol and price.
 *
 * @throws ConfigError where a column is missing or holds something else.
 */
export function toPriceTable(prices: Value, columns: PriceColumns, name = "prices"): PriceTable {
  const [dates, symbols, values] = [columns.date, columns.symbol, columns.price].map((label) =>
    columnOf(prices, label, name),
  ) as [Value[], Value[], Value[]];
  const rowDays = dates.map((date) => {
    const day = typeof date === "string" ? parseDay(date) : null;
    if (day === null) throw new ConfigError(`input "${name}": the column "${columns.date}" must hold days`);
    return day;
  });
  const days = [...new Set(rowDays)].sort();
  const names = [...new Set(symbols.map(String))].sort();
  const dayIndexes = new Map(days.map((day, index) => [day, index]));
  const symbolIndexes = new Map(names.map((symbol, index) => [symbol, index]));
  const cells = new Float64Array(days.length * names.length).fill(Number.NaN);
  for (const [row, day] of rowDays.entries()) {
    const column = symbolIndexes.get(String(symbols[row])) ?? 0;
    cells[(dayIndexes.get(day) ?? 0) * names.length + column] = Number(values[row] ?? Number.NaN);
  }
  return {
    days,
    symbols: names,
    at: (day, symbol) => cells[day * names.length + symbol] ?? Number.NaN,
    dayIndex: (day) => dayIndexes.get(day),
    symbolIndex: (symbol) => symbolIndexes.get(symbol),
  };
}

function columnOf(frame: Value, label: string, name: string): Value[] {
  if (typeof frame !== "object" || frame === null || !("type" in frame) || frame.type !== "dataframe")
    throw new ConfigError(`input "${name}" must be a frame with a price a row`);
  const data = frame as Extract<
    Value,
    { readonly type: "dataframe"; readonly shape: readonly [number, number] }
  >;
  const labels = data.columns.toArray();
  const found = data.data[labels.indexOf(label)];
  if (found === undefined) throw new ConfigError(`input "${name}" has no column "${label}"`);
  return found.toArray();
}
