import * as assert from "uvu/assert";
import { ConfigError } from "../../../../lib/errors.ts";
import { createSignalScore, type SignalScoreOptions } from "../../../../lib/loop/score/signal-score.ts";
import { valueScore } from "../../../../lib/loop/score/value-score.ts";
import { createFrame } from "../../../../lib/values/frame.ts";
import type { DataFrame, Value } from "../../../../lib/values/types.ts";
import { errorOf, rejectionOf } from "../../../support/catch-error.ts";
import { okResult } from "../../../support/results.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("scores of candidates");

const days = ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"];

/** Prices of A: 100, 110, 99, 99; of B: none, 50, 100, 50. */
function pricesUntil(count: number): DataFrame {
  const rows = [
    ...[100, 110, 99, 99].map((price, day) => ({ day, symbol: "A", price })),
    ...[50, 100, 50].map((price, place) => ({ day: place + 1, symbol: "B", price })),
  ].filter(({ day }) => day < count);
  return createFrame({
    columns: {
      date: rows.map(({ day }) => days[day] ?? ""),
      symbol: rows.map(({ symbol }) => symbol),
      price: Float64Array.from(rows.map(({ price }) => price)),
    },
  });
}

const signalOf = (
  columns: Readonly<Record<string, readonly (number | null)[]>>,
  index: readonly string[] = days,
) => createFrame({ columns, index });

function scoreOf(signal: Value | undefined, options: Partial<SignalScoreOptions> = {}): number {
  const { score } = createSignalScore({ inputs: { prices: pricesUntil(4) }, ...options });
  return score(okResult({ values: signal === undefined ? {} : { signal } })) as number;
}

const isNear = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found} instead of ${expected}`);

test("weights of a day earn the returns of the next", () => {
  // February 0.1, March -0.1 / 2 + 1 / 2, April -0.5.
  const signal = signalOf({ A: [1, 0.5, 0, 1], B: [0, 0.5, 1, 0] });
  const returns = [0.1, 0.45, -0.5];
  const mean = returns.reduce((sum, value) => sum + value, 0) / 3;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
  isNear(scoreOf(signal), (mean / Math.sqrt(variance)) * Math.sqrt(12));
  isNear(scoreOf(signal, { measure: "yearly-return" }), (1.1 * 1.45 * 0.5) ** 4 - 1);
  isNear(scoreOf(signal, { measure: "utility", riskAversion: 4 }), 12 * (mean - 2 * variance));
});

test("trading costs, the start and the length of a year count", () => {
  const signal = signalOf({ A: [1, 0.5, 0, 1], B: [0, 0.5, 1, 0] });
  const options = { measure: "yearly-return", cost: 0.01, periodsPerYear: 3 } as const;
  isNear(scoreOf(signal, options), (1.1 - 0.01) * (1.45 - 0.01) * (0.5 - 0.01) - 1);
  isNear(
    scoreOf(signal, { ...options, from: "2020-03-01", periodsPerYear: 2 }),
    (1.45 - 0.01) * (0.5 - 0.01) - 1,
  );
});

test("days and symbols that are not there are not held, and a missing price earns nothing", () => {
  const options = { measure: "yearly-return", periodsPerYear: 3 } as const;
  isNear(scoreOf(signalOf({ B: [1, 1, null] }, days.slice(0, 3)), options), 2 - 1);
});

const refused: readonly (readonly [string, Value | undefined, RegExp])[] = [
  ["nothing", undefined, /"signal" is no DataFrame/],
  ["a number", 1e9, /is no DataFrame/],
  [
    "more days than there are",
    signalOf({ A: [1, 1, 1, 1, 1] }, [...days, "2020-05-31"]),
    /more rows than there are days/,
  ],
  ["another day", signalOf({ A: [1] }, ["2021-01-01"]), /must hold days of the prices/],
  ["rows without days", createFrame({ columns: { A: [1, 1] } }), /must hold days of the prices/],
  ["a day twice", signalOf({ A: [1, 1] }, ["2020-01-31", "2020-01-31"]), /a day or a symbol twice/],
  ["another symbol", signalOf({ Z: [1, 1, 1, 1] }), /must be symbols of the prices/],
  [
    "more than all of the capital",
    signalOf({ A: [0.6], B: [0.6] }, days.slice(0, 1)),
    /more than all of the capital/,
  ],
  ["a short sale of more than that", signalOf({ A: [-2] }, days.slice(0, 1)), /more than all of the capital/],
  ["an infinite weight", signalOf({ A: [Number.POSITIVE_INFINITY] }, days.slice(0, 1)), /finite numbers/],
  ["texts", createFrame({ columns: { A: ["all"] }, index: days.slice(0, 1) }), /finite numbers/],
  ["never anything", signalOf({ A: [0, 0, 0, 0] }), /never held anything/],
];
for (const [name, signal, message] of refused)
  test(`a signal that holds ${name} has no score`, () =>
    assert.match(errorOf(() => scoreOf(signal)).message, message));

test("a frame of millions of rows is refused by its size, not by reading it", () => {
  const rows = 2_000_000;
  const signal = createFrame({ columns: { A: new Float64Array(rows) } });
  assert.match(errorOf(() => scoreOf(signal)).message, /more rows/);
});

function holdoutOf() {
  const { holdout } = createSignalScore({
    ...{ inputs: { prices: pricesUntil(2) }, holdoutInputs: { prices: pricesUntil(4) } },
    ...{ measure: "yearly-return", periodsPerYear: 2 },
  });
  if (holdout === null) throw new Error("there is no holdout");
  return holdout;
}
const resultOf = (signal: DataFrame) => okResult({ values: { signal } });

test("of what is kept back only the days beyond count", () => {
  const chosenBy = resultOf(signalOf({ A: [1, 0], B: [0, 1] }, days.slice(0, 2)));
  const later = resultOf(signalOf({ A: [1, 0, 1, 0], B: [0, 1, 0, 0] }));
  isNear(holdoutOf().score(later, chosenBy) as number, 2 * 1 - 1);
  assert.is(holdoutOf().of, "all");
});

test("who gives other weights for a day once later prices are known looks ahead", async () => {
  const chosenBy = resultOf(signalOf({ A: [1, 0] }, days.slice(0, 2)));
  const foresight = resultOf(signalOf({ A: [1, 0.5, 0, 0] }));
  const error = errorOf(() => holdoutOf().score(foresight, chosenBy));
  assert.is(error.name, "DisqualifiedError");
  assert.is(error.message, "it looks ahead: its weights of 1 of 2 days change once later prices are known");
});

test("prices that are none are refused when the loop is made", () => {
  for (const prices of [3, createFrame({ columns: { date: ["2020-01-01"], symbol: ["A"] } }), undefined]) {
    const inputs = prices === undefined ? {} : { prices };
    assert.instance(
      errorOf(() => createSignalScore({ inputs })),
      ConfigError,
    );
  }
});

test("a score may be a value that the code returns, also within dicts", async () => {
  const values = { result: { sharpe: 1.5, deep: new Map<Value, Value>([["a", 2]]), text: "9", list: [1] } };
  const scoreAt = (path: string): unknown => valueScore(path)(okResult({ values }));
  assert.equal([scoreAt("values.result.sharpe"), scoreAt("values.result.deep.a")], [1.5, 2]);
  for (const path of ["text", "list.0", "none", "toString", "constructor.name", "sharpe.more"])
    assert.match(errorOf(() => scoreAt(`values.result.${path}`)).message, /not there, or no number/, path);
  for (const path of ["result", "values", "values.", "values..x", ""])
    assert.instance(
      errorOf(() => valueScore(path)),
      ConfigError,
    );
  await rejectionOf(Promise.reject(new ConfigError("x")), ConfigError);
});

test.run();
