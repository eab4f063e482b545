import type { Executor } from "../executor.ts";
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

/** What a pool has counted. */
type PoolCounts = Pick<PoolStats, "hits" | "misses">;

const noCounts: PoolCounts = { hits: 0, misses: 0 };

/** No executors yet. */
export function gaugeExecutors(meter: Meter): ExecutorGauges {
  const observed = new Map<string, ObservedExecutor>();
  const pastPools: { hits: number; misses: number } = { ...noCounts };
  /** Of executors that are not observed any more, what is in `pastPools`. */
  const counted = new WeakMap<ObservedExecutor, PoolCounts>();

  function gauge(name: string, help: string, read: (executor: ObservedExecutor) => number): void {
    meter.gauge({ name, help, labels: {} }, () =>
      observed.size === 0 ? [] : [{ labels: {}, value: sumOf(observed.values(), read) }],
    );
  }

  function poolCounter(name: string, help: string, key: keyof PoolCounts): void {
    const since = (executor: ObservedExecutor): number =>
      poolCounts(executor)[key] - (counted.get(executor) ?? noCounts)[key];
    meter.readCounter({ name, help }, () => pastPools[key] + sumOf(observed.values(), since));
  }

  function forget(executor: ObservedExecutor): void {
    if (observed.get(executor.id) !== executor) return;
    observed.delete(executor.id);
    const now = poolCounts(executor);
    const before = counted.get(executor) ?? noCounts;
    pastPools.hits += now.hits - before.hits;
    pastPools.misses += now.misses - before.misses;
    counted.set(executor, now);
  }

  gauge("brigbox_active_runs", "Runs that have their turn.", (executor) => executor.stats().active);
  gauge("brigbox_queue_length", "Runs that wait for their turn.", (executor) => executor.stats().queued);
  gauge("brigbox_open_sessions", "Sessions that are open.", (executor) => executor.stats().sessions);
  gauge(
    "brigbox_leftover_containers",
    "Containers whose removal could not be confirmed, and is tried again.",
    (executor) => executor.stats().leftovers,
  );
  gauge(
    "brigbox_failing_pools",
    "Pools whose last container could not be made ready, or lacks a module.",
    (executor) => (executor.stats().pool?.lastError ? 1 : 0),
  );
  gaugePools(meter, observed);
  poolCounter("brigbox_pool_hits_total", "Jobs that got a container that waited.", "hits");
  poolCounter("brigbox_pool_misses_total", "Jobs that found the pool empty.", "misses");

  return {
    observe(executor) {
      observed.set(executor.id, executor);
      return () => forget(executor);
    },
    isObserved: (executorId) => observed.has(executorId),
  };
}

function gaugePools(meter: Meter, observed: ReadonlyMap<string, ObservedExecutor>): void {
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
          value: sumOf(observed.values(), (executor) => executor.stats().pool?.[state] ?? 0),
        })),
  );
}

function poolCounts(executor: ObservedExecutor): PoolCounts {
  return executor.stats().pool ?? noCounts;
}

function sumOf(executors: Iterable<ObservedExecutor>, read: (executor: ObservedExecutor) => number): number {
  let sum = 0;
  for (const executor of executors) sum += read(executor);
  return sum;
}
