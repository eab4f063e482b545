/**
 * Many friendly and hostile runs side by side, each verdict checked, and what they leave behind counted:
 * `tsx spec/support/many-runs/many-runs.ts [--runs 1000] [--concurrency 5]`. Exits 1 where a verdict is wrong or something stays.
 */
import { parseArgs } from "node:util";
import { type Counts, takeCounts } from "./counts.ts";
import { findGrowth, runJobs } from "./run-jobs.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000" }, concurrency: { type: "string", default: "5" } },
});
const [runs, concurrency] = [Number(values.runs), Number(values.concurrency)];
if (![runs, concurrency].every((number) => Number.isInteger(number) && number > 0))
  throw new TypeError("--runs and --concurrency take whole numbers from 1 on");

// The first runs load what later ones share, so they are not part of the comparison.
await runJobs({ runs: 48, concurrency });
const before = await takeCounts();
const startedAt = performance.now();
const { faults, statuses } = await runJobs({
  runs,
  concurrency,
  onRun: (done) => {
    if (done % 50 === 0)
      console.error(`${done} of ${runs} runs, ${Math.round((performance.now() - startedAt) / 1000)} s`);
  },
});
const tookMs = performance.now() - startedAt;
const after = await takeCounts();

for (const fault of faults) console.log(fault);
console.log(
  `${runs} runs at concurrency ${concurrency} in ${Math.round(tookMs / 1000)} s, ${faults.length} wrong verdicts`,
);
console.log([...statuses].map(([status, count]) => `${status} ${count}`).join(", "));
for (const key of Object.keys(before) as (keyof Counts)[])
  console.log(`${key.padEnd(12)} ${round(before[key])} before, ${round(after[key])} after`);
const growth = findGrowth(before, after);
for (const line of growth) console.log(`grown: ${line}`);
if (faults.length > 0 || growth.length > 0) process.exitCode = 1;

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
