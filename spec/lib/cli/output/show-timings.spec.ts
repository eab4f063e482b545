import * as assert from "uvu/assert";
import { timingLines } from "../../../../lib/cli/output/show-timings.ts";
import type { Timings } from "../../../../lib/verdict.ts";
import { captureOutput } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("where the time went");

const timings: Timings = {
  validateMs: 5.04,
  queueMs: 0,
  createMs: 100,
  startMs: 200,
  readyMs: 20,
  runMs: 600,
  collectMs: 0.2,
  cleanupMs: 80,
  totalMs: 1010,
};

test("without a terminal it is one line that names every phase", () => {
  assert.equal(timingLines(timings, captureOutput()), [
    "timings: validate 5.0 ms, queue 0.0 ms, create 100 ms, start 200 ms, ready 20 ms, run 600 ms, collect 0.2 ms, cleanup 80 ms; 1010 ms in all",
  ]);
});

test("on a terminal each phase has a bar where it lies in the whole, and the bars are as long as the phases", () => {
  const lines = timingLines(timings, captureOutput({ isTerminal: true, columns: 60 }));
  assert.is(lines.length, 9);
  const bars = lines.map((line) => line.slice("  validate  1010 ms".length + 2));
  const lengthOf = (row: number): number => bars[row]?.trim().length ?? 0;
  const startOf = (row: number): number => bars[row]?.search(/\S/) ?? -1;
  assert.is(bars[1], "", "a phase that did not take place has none");
  for (const row of [0, 6]) assert.is(bars[row]?.trim(), "▏", "a short one is seen all the same");
  assert.ok(Math.abs(lengthOf(5) - lengthOf(3) * 3) <= 2, bars.join("\n"));
  assert.ok(startOf(2) < startOf(3) && startOf(3) < startOf(5));
  assert.ok(startOf(5) <= startOf(4) + lengthOf(4), "no gap between two phases");
});

for (const columns of [0, 20, 40, 80, 300])
  test(`no line is longer than a terminal of ${columns} columns, as far as the words allow`, () => {
    for (const line of timingLines(timings, captureOutput({ isTerminal: true, columns })))
      assert.ok(line.length <= Math.max(columns, 19), `${line.length}`);
  });

test("a run that never began has no bars, and nothing to divide by", () => {
  const nothing = Object.fromEntries(Object.keys(timings).map((key) => [key, 0])) as unknown as Timings;
  for (const line of timingLines(nothing, captureOutput({ isTerminal: true })))
    assert.not.match(line, /[█▏]|NaN/);
});

test.run();
