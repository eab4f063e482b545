import * as assert from "uvu/assert";
import { createExecutor } from "../../lib/executor.ts";
import { takeCounts } from "../support/many-runs/counts.ts";
import { runInARow } from "../support/many-runs/run-in-a-row.ts";
import { findGrowth, runJobs } from "../support/many-runs/run-jobs.ts";
import { suite } from "../support/suite.ts";

const test = suite("many runs side by side");

test(
  "friendly and hostile runs, five at a time, each end as they must and leave nothing",
  async () => {
    const warmUp = await runJobs({ runs: 16, concurrency: 5 });
    assert.equal(warmUp.faults, []);
    const before = await takeCounts();
    const { faults, statuses } = await runJobs({ runs: 48, concurrency: 5 });
    assert.equal(faults, []);
    assert.is(statuses.size, 7);
    assert.equal(findGrowth(before, await takeCounts()), []);
  },
  { timeoutMs: 300_000 },
);

test(
  "runs of one pool, one after another, are all right and leave nothing but the pool",
  async () => {
    await using executor = createExecutor({ pool: { size: 2 } });
    const { faults, before, after } = await runInARow(executor, { runs: 30 });
    assert.equal(faults, []);
    assert.is(after.containers, 2);
    assert.equal(findGrowth(before, after), []);
  },
  { timeoutMs: 300_000 },
);

test.run();
