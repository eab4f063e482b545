import type { Executor, ExecutorStats } from "../executor.ts";
import type { PoolStats } from "../pool/pool.ts";
import { poolStates } from "./label-values.ts";
import type { Meter } from "./meter.ts";

/** What the metrics need of an executor. */
export type ObservedExecutor = Pick<Executor, "id" | "stats">;

/** Executors whose queue and pool are looked at whenever the metrics are asked for. */
export interface ExecutorGauges {
  /** Looks at this one too, until the returned function is called. */
  observe(executor: ObservedExecutor): () => void;
  isObserved(executorId: string): boolean;
}

/** No executors yet. */
export function gaugeExecutors(meter: Meter): ExecutorGauges {
  const observed = new Map<string, ObservedExecutor>();
  gaugeStats(meter, observed);
  gaugePools(meter, observed);
  const { settle } = countPools(meter, observed);
  return {
    observe(executor) {
      observed.set(executor.id, executor);
      return () => {
        if (observed.get(executor.id) !== executor) return;
        settle(executor);
        observed.delete(executor.id);
      };
    },
    isObserved: (executorId) => observed.has(executorId),
  };
}

type Observed = ReadonlyMap<string, ObservedExecutor>;

function gaugeStats(meter: Meter, observed: Observed): void {
  function gauge(name: string, help: string, read: (stats: ExecutorStats) => number): void {
    meter.gauge({ name, help, labels: {} }, () =>
      observed.size === 0
        ? []
        : [{ labels: {}, value: sumOf(observed, (executor) => read(executor.stats())) }],
    );
  }
  gauge("brigbox_active_runs", "Runs that have their turn.", ({ active }) => active);
  gauge("brigbox_queue_length", "Runs that wait for their turn.", ({ queued }) => queued);
  gauge("brigbox_open_sessions", "Sessions that are open.", ({ sessions }) => sessions);
  gauge(
    "brigbox_leftover_containers",
    "Containers whose removal could not be confirmed, and is tried again.",
    ({ leftovers }) => leftovers,
  );
  gauge(
    "brigbox_failing_pools",
    "Pools whose last container could not be made ready, or lacks a module.",
    ({ pool }) => (pool?.lastError ? 1 : 0),
  );
}

function gaugePools(meter: Meter, observed: Observed): void {
  const info = {
    name: "brigbox_pool_containers",
    help: "Containers of pools, by what they are at.",
    labels: { state: poolStates },
  };
  meter.gauge(info, () =>
    observed.size === 0
      ? []
      : poolStates.map((state) => ({
          labels: { state },
          value: sumOf(observed, (executor) => executor.stats().pool?.[state] ?? 0),
        })),
  );
}

/** What a pool has counted. */
type PoolCounts = Pick<PoolStats, "hits" | "misses">;

const noCounts: PoolCounts = { hits: 0, misses: 0 };

/** Counters, which stay as they are when an executor is looked at no more. */
function countPools(meter: Meter, observed: Observed): { settle(executor: ObservedExecutor): void } {
  const past = { ...noCounts };
  /** What of an executor is in `past` already. */
  const settled = new WeakMap<ObservedExecutor, PoolCounts>();
  const now = (executor: ObservedExecutor): PoolCounts => executor.stats().pool ?? noCounts;
  const since = (executor: ObservedExecutor, key: keyof PoolCounts): number =>
    now(executor)[key] - (settled.get(executor) ?? noCounts)[key];

  function counter(name: string, help: string, key: keyof PoolCounts): void {
    meter.readCounter({ name, help }, () => past[key] + sumOf(observed, (executor) => since(executor, key)));
  }

  counter("brigbox_pool_hits_total", "Jobs that got a container that waited.", "hits");
  counter("brigbox_pool_misses_total", "Jobs that found the pool empty.", "misses");
  return {
    settle(executor) {
      past.hits += since(executor, "hits");
      past.misses += since(executor, "misses");
      settled.set(executor, now(executor));
    },
  };
}

function sumOf(observed: Observed, read: (executor: ObservedExecutor) => number): number {
  return [...observed.values()].reduce((sum, executor) => sum + read(executor), 0);
}
