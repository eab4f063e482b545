import type { Executor } from "../executor.ts";
import type { MonitoredExecutor } from "./snapshot.ts";

/** An executor's numbers as plain JSON. */
export function describeExecutor({ id, stats }: Pick<Executor, "id" | "stats">): MonitoredExecutor {
  const { pool, ...numbers } = stats();
  return {
    id,
    ...numbers,
    pool: pool === null ? null : { ...pool, lastError: pool.lastError?.message ?? null },
  };
}
