import type { Value } from "../../values/types.ts";
import type { RunResult } from "../../verdict.ts";
import { DisqualifiedError, type Holdout, type Score } from "../options.ts";
import { type PriceColumns, type PriceTable, toPriceTable } from "./price-table.ts";
import { readWeights, type SignalWeights } from "./signal-weights.ts";

/**
 * How well a strategy did, a year: mean over deviation of its returns; what it earned, compounded; or the mean less half of `riskAversion`
 * times the variance, which is the sure return that such an investor would take instead.
 */
export type Measure = "sharpe" | "yearly-return" | "utility";

/** Options of {@link createSignalScore}. */
export interface SignalScoreOptions {
  /** What the candidate is given in order to choose it. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** What begins with the same and goes on beyond it; null for none. @default null */
  readonly holdoutInputs?: Readonly<Record<string, Value>> | null;
  /** @default "sharpe" */
  readonly measure?: Measure;
  /** How much the measure `utility` minds risk. @default 5 */
  readonly riskAversion?: number;
  /** The name of the returned frame with the weights: a row a day, a column a symbol. @default "signal" */
  readonly signal?: string;
  /** The name of the input with the prices. @default "prices" */
  readonly prices?: string;
  /** @default { date: "date", symbol: "symbol", price: "price" } */
  readonly columns?: PriceColumns;
  /** Returns before this day do not count: a strategy needs some past. @default null, all count */
  readonly from?: string | null;
  /** What trading costs, as a share of what is traded. @default 0 */
  readonly cost?: number;
  /** How many rows of prices make a year. @default 12 */
  readonly periodsPerYear?: number;
}

type Settings = Required<Omit<SignalScoreOptions, "holdoutInputs">>;

/**
 * A score that is worked out here, from the weights that a candidate gives and the real prices: what it says of itself counts for nothing. The weights
 * of a day earn the returns of the next. On the prices that are kept back only the days beyond those that it was chosen by count, and who gives
 * other weights for a day once later prices are known is disqualified: it looks ahead.
 *
 * @throws ConfigError where the inputs hold no such prices.
 * @example
 * const { score, holdout } = createSignalScore({ inputs, holdoutInputs, measure: "yearly-return" });
 * const loop = createLoop({ propose, executor, inputs, score, holdout, budget: { candidates: 200 } });
 */
export function createSignalScore(options: SignalScoreOptions): {
  readonly score: Score;
  readonly holdout: Holdout | null;
} {
  const settings: Settings = {
    measure: "sharpe",
    riskAversion: 5,
    signal: "signal",
    prices: "prices",
    columns: { date: "date", symbol: "symbol", price: "price" },
    from: null,
    cost: 0,
    periodsPerYear: 12,
    ...options,
  };
  const { holdoutInputs = null } = options;
  const table = tableOf(settings.inputs, settings);
  const score: Score = ({ values }) => {
    const weights = readWeights(values[settings.signal], table, settings.signal);
    return measure(returnsOf(weights, table, settings), settings);
  };
  if (holdoutInputs === null) return { score, holdout: null };
  const whole = tableOf(holdoutInputs, settings);
  const scoreBeyond = (result: RunResult, chosenBy: RunResult): number => {
    const weights = readWeights(result.values[settings.signal], whole, settings.signal);
    const before = readWeights(chosenBy.values[settings.signal], table, settings.signal);
    refuseForesight({ weights, whole }, { before, table });
    const lastDay = table.days.at(-1) ?? "";
    return measure(returnsOf(weights, whole, { ...settings, from: `${lastDay}~` }), settings);
  };
  return { score, holdout: { inputs: holdoutInputs, score: scoreBeyond, of: "all" } };
}

function tableOf(inputs: Readonly<Record<string, Value>>, { prices, columns }: Settings): PriceTable {
  return toPriceTable(inputs[prices] ?? null, columns, prices);
}

/** The return of each day from `from` on, of what was held after the day before it, less what trading for that cost. */
function returnsOf(
  weights: SignalWeights,
  table: PriceTable,
  { from, cost }: Pick<Settings, "from" | "cost">,
): readonly number[] {
  const { days, symbols } = table;
  const returns: number[] = [];
  for (let day = 1; day < days.length; day++) {
    if (from !== null && (days[day] ?? "") < from) continue;
    let earned = 0;
    for (let symbol = 0; symbol < symbols.length; symbol++) {
      const held = weights[(day - 1) * symbols.length + symbol] ?? 0;
      const heldBefore = day < 2 ? 0 : (weights[(day - 2) * symbols.length + symbol] ?? 0);
      const change = table.at(day, symbol) / table.at(day - 1, symbol) - 1;
      earned += (Number.isFinite(change) ? held * change : 0) - Math.abs(held - heldBefore) * cost;
    }
    returns.push(earned);
  }
  return returns;
}

function measure(returns: readonly number[], settings: Settings): number {
  const { measure: kind, periodsPerYear, riskAversion } = settings;
  if (returns.length < 2) throw new Error("there are fewer than two returns to measure");
  if (returns.every((value) => value === 0)) throw new Error("it never held anything");
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  switch (kind) {
    case "sharpe":
      return (mean / Math.sqrt(variance)) * Math.sqrt(periodsPerYear);
    case "utility":
      return (mean - (riskAversion / 2) * variance) * periodsPerYear;
    case "yearly-return": {
      const growth = returns.reduce((product, value) => product * Math.max(0, 1 + value), 1);
      return growth ** (periodsPerYear / returns.length) - 1;
    }
    default:
      return kind satisfies never;
  }
}

/** Weights of one day that came of the same past must be the same, but for rounding. */
const sameWithin = 1e-9;

function refuseForesight(
  later: { readonly weights: SignalWeights; readonly whole: PriceTable },
  earlier: { readonly before: SignalWeights; readonly table: PriceTable },
): void {
  const { before, table } = earlier;
  let changed = 0;
  for (const [row, day] of table.days.entries()) {
    const other = later.whole.dayIndex(day);
    const isSame = table.symbols.every((name, symbol) => {
      const column = later.whole.symbolIndex(name);
      if (other === undefined || column === undefined) return false;
      const now = later.weights[other * later.whole.symbols.length + column] ?? 0;
      return Math.abs(now - (before[row * table.symbols.length + symbol] ?? 0)) <= sameWithin;
    });
    if (!isSame) changed++;
  }
  if (changed > 0)
    throw new DisqualifiedError(
      `it looks ahead: its weights of ${changed} of ${table.days.length} days change once later prices are known`,
    );
}
