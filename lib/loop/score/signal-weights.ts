import { parseDay } from "../../inputs/parse-day.ts";
import type { DataFrame, Value } from "../../values/types.ts";
import type { PriceTable } from "./price-table.ts";

/** What a strategy holds after each day: `weights[day * symbols + symbol]`, 0 where it says nothing. */
export type SignalWeights = Float64Array;

/** Rounding may lead that far beyond all of the capital. */
const tolerance = 1e-6;

/**
 * The weights in a signal, a frame with a row a day and a column a symbol, on the days and symbols of the prices. The signal is a stranger's: it is
 * measured before it is read.
 *
 * @throws Error that tells the proposer what is wrong with it.
 */
export function readWeights(signal: Value | undefined, prices: PriceTable, name: string): SignalWeights {
  if (!isFrame(signal))
    throw new Error(`"${name}" is no DataFrame; give one with a row a day and a column a symbol`);
  const [rows, columns] = signal.shape;
  if (rows > prices.days.length || columns > prices.symbols.length)
    throw new Error(`"${name}" has more rows than there are days, or more columns than there are symbols`);
  const days = Array.from({ length: rows }, (_, row) => dayOf(signal.index.at(row), prices, name));
  const symbols = Array.from({ length: columns }, (_, column) =>
    symbolOf(signal.columns.at(column), prices, name),
  );
  if (new Set(days).size < rows || new Set(symbols).size < columns)
    throw new Error(`"${name}" has a day or a symbol twice`);
  const weights = new Float64Array(prices.days.length * prices.symbols.length);
  for (const [row, day] of days.entries()) {
    let sum = 0;
    for (const [column, symbol] of symbols.entries()) {
      const weight = weightOf(signal.data[column]?.at(row) ?? null, name);
      sum += Math.abs(weight);
      weights[day * prices.symbols.length + symbol] = weight;
    }
    if (sum > 1 + tolerance)
      throw new Error(
        `"${name}" holds more than all of the capital; let the weights of a day sum to at most 1`,
      );
  }
  return weights;
}

function isFrame(value: Value | undefined): value is DataFrame {
  return typeof value === "object" && value !== null && "type" in value && value.type === "dataframe";
}

function dayOf(label: Value, prices: PriceTable, name: string): number {
  const day = typeof label === "string" ? parseDay(label) : null;
  const index = day === null ? undefined : prices.dayIndex(day);
  if (index === undefined) throw new Error(`the index of "${name}" must hold days of the prices`);
  return index;
}

function symbolOf(label: Value, prices: PriceTable, name: string): number {
  const index = typeof label === "string" ? prices.symbolIndex(label) : undefined;
  if (index === undefined) throw new Error(`the columns of "${name}" must be symbols of the prices`);
  return index;
}

/** A missing weight is none. */
function weightOf(value: Value, name: string): number {
  if (value === null || Number.isNaN(value)) return 0;
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new Error(`"${name}" must hold finite numbers`);
  return value;
}
