/**
 * Trivial runs of one pool, one after another, and what they leave behind: `tsx spec/support/many-runs/in-a-row.ts [--runs 10000] [--pool 4]`.
 * Exits 1 where a result is wrong or something grows.
 */
import { parseArgs } from "node:util";
import { createExecutor } from "../../../lib/executor.ts";
import type { Counts } from "./counts.ts";
import { runInARow } from "./run-in-a-row.ts";
import { findGrowth } from "./run-jobs.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "10000" }, pool: { type: "string", default: "4" } },
});
const [runs, size] = [Number(values.runs), Number(values.pool)];
if (![runs, size].every((number) => Number.isInteger(number) && number > 0))
  throw new TypeError("--runs and --pool take whole numbers from 1 on");

await using executor = createExecutor({ pool: { size } });
const startedAt = performance.now();
const seconds = (): number => Math.round((performance.now() - startedAt) / 1000);
const { faults, before, after, warm } = await runInARow(executor, {
  runs,
  onRun: (done) => {
    if (done % 250 === 0) console.error(`${done} of ${runs} runs, ${seconds()} s`);
  },
});
for (const fault of faults) console.log(fault);
console.log(`${runs} runs in ${seconds()} s, ${warm} of them warm, ${faults.length} faults`);
for (const key of Object.keys(before) as (keyof Counts)[])
  console.log(`${key.padEnd(12)} ${before[key].toFixed(1)} before, ${after[key].toFixed(1)} after`);
const growth = findGrowth(before, after);
for (const line of growth) console.log(`grown: ${line}`);
if (faults.length > 0 || growth.length > 0) process.exitCode = 1;
