import * as assert from "uvu/assert";
import type { ExecutorStats } from "../../../lib/executor.ts";
import type { ObservedExecutor } from "../../../lib/metrics/mod.ts";
import type { PoolStats } from "../../../lib/pool/pool.ts";
import { nonZero } from "../../support/metrics/samples.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { suite } from "../../support/suite.ts";

const test = suite("metrics of observed executors");

/** An executor whose state the spec sets. */
function playExecutor(id: string): ObservedExecutor & { set(change: Partial<ExecutorStats>): void } {
  let stats: ExecutorStats = { active: 0, queued: 0, sessions: 0, leftovers: 0, pool: null };
  return {
    id,
    stats: () => stats,
    set: (change) => {
      stats = { ...stats, ...change };
    },
  };
}

function pool(change: Partial<PoolStats>): PoolStats {
  return { starting: 0, idle: 0, busy: 0, dead: 0, hits: 0, misses: 0, lastError: null, ...change };
}

test("what executors are at is the sum of those that are observed", () =>
  withMetrics(async (metrics, read) => {
    const [first, second] = [playExecutor("1"), playExecutor("2")];
    first.set({ active: 2, queued: 7, sessions: 1, pool: pool({ idle: 3, busy: 1, dead: 1 }) });
    second.set({ active: 1, leftovers: 4, pool: pool({ starting: 2, idle: 1, lastError: new Error("no") }) });
    metrics.observe(first);
    const stop = metrics.observe(second);
    const samples = await read();
    assert.is(samples.get("brigbox_active_runs"), 3);
    assert.is(samples.get("brigbox_queue_length"), 7);
    assert.is(samples.get("brigbox_open_sessions"), 1);
    assert.is(samples.get("brigbox_leftover_containers"), 4);
    assert.is(samples.get("brigbox_failing_pools"), 1);
    assert.equal(nonZero(samples, "brigbox_pool_containers"), {
      '{state="starting"}': 2,
      '{state="idle"}': 4,
      '{state="busy"}': 1,
      '{state="dead"}': 1,
    });
    stop();
    assert.is((await read()).get("brigbox_active_runs"), 2);
  }));

test("where no executor is observed, nothing is said of queues and pools", () =>
  withMetrics(async (metrics, read) => {
    const isTold = async (): Promise<boolean> => {
      const samples = await read();
      return samples.has("brigbox_queue_length") || samples.has('brigbox_pool_containers{state="idle"}');
    };
    assert.is(await isTold(), false);
    const stop = metrics.observe(playExecutor("1"));
    assert.is(await isTold(), true);
    stop();
    assert.is(await isTold(), false);
  }));

test("what a pool has counted stays when its executor is observed no more, and is not counted twice", () =>
  withMetrics(async (metrics, read) => {
    const executor = playExecutor("1");
    const counts = async () => {
      const samples = await read();
      return [samples.get("brigbox_pool_hits_total"), samples.get("brigbox_pool_misses_total")];
    };
    assert.equal(await counts(), [0, 0]);
    executor.set({ pool: pool({ hits: 5, misses: 2 }) });
    const stop = metrics.observe(executor);
    metrics.observe(executor);
    assert.equal(await counts(), [5, 2]);
    stop();
    stop();
    assert.equal(await counts(), [5, 2]);
    executor.set({ pool: pool({ hits: 8, misses: 2 }) });
    metrics.observe(executor);
    assert.equal(await counts(), [8, 2]);
  }));

test.run();
