import type { ContainerStats } from "../../engine-api/mod.ts";

/** What a container uses at one moment. Null where the Engine does not tell. */
export interface UsageSample {
  /** When it was measured, by the Engine's clock, milliseconds since 1970. */
  readonly at: number;
  /** As `docker stats` shows it: all that is charged to the container, without cached files that nothing has read for a while. */
  readonly memoryBytes: number;
  /** The most that was charged to it since its start, cached files included; null on cgroup v2, where the Engine does not tell. */
  readonly memoryPeakBytes: number | null;
  readonly memoryLimitBytes: number | null;
  /** CPU time since the container's start, milliseconds. */
  readonly cpuMs: number;
  /** Processors used since the sample before, 0.5 for half of one; null in the first. */
  readonly cpus: number | null;
  /** Processes and threads. */
  readonly pids: number | null;
  /** How long it had to wait for its share of the processor since its start, its processors added up, milliseconds. */
  readonly throttledMs: number | null;
  /** In how many of the scheduler's periods it had to. */
  readonly throttledPeriods: number | null;
}

/**
 * A reading of the Engine's, on cgroup v1 or v2, in one shape. Null where the container does not run, of which the Engine tells without
 * numbers.
 *
 * @param previous the sample before of the same container.
 */
export function toUsageSample(reading: ContainerStats, previous: UsageSample | null): UsageSample | null {
  const { memory_stats: memory, cpu_stats: cpu, pids_stats: pids } = reading;
  const at = Date.parse(reading.read ?? "");
  const usage = numberOf(memory?.usage);
  const usedNs = numberOf(cpu?.cpu_usage?.total_usage);
  if (usage === null || usedNs === null || !(at > 0)) return null;
  const cpuMs = usedNs / 1e6;
  const throttledNs = numberOf(cpu?.throttling_data?.throttled_time);
  return {
    at,
    memoryBytes: usage - idleCache(usage, memory?.stats ?? {}),
    memoryPeakBytes: numberOf(memory?.max_usage),
    memoryLimitBytes: numberOf(memory?.limit),
    cpuMs,
    cpus: previous === null || at <= previous.at ? null : (cpuMs - previous.cpuMs) / (at - previous.at),
    pids: numberOf(pids?.current),
    throttledMs: throttledNs === null ? null : throttledNs / 1e6,
    throttledPeriods: numberOf(cpu?.throttling_data?.throttled_periods),
  };
}

/** The first name is that of cgroup v1, where the second counts without what lies below. */
function idleCache(usage: number, stats: Readonly<Record<string, unknown>>): number {
  const cached = numberOf(stats.total_inactive_file) ?? numberOf(stats.inactive_file) ?? 0;
  return cached < usage ? cached : 0;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}
