import { type RunResult, type RunStatus, runStatuses } from "../../verdict.ts";

/** A job and how long it took. */
export interface TimedJob {
  readonly id: string;
  /** From its turn to its container gone, milliseconds. */
  readonly ms: number;
}

/** Jobs that ended in the same way. */
export interface StatusCount {
  readonly status: RunStatus;
  /** Those of now, and their times in ascending order, milliseconds. */
  readonly times: readonly number[];
  /** Those that have a result from before. */
  readonly earlier: number;
}

/** What became of the jobs of a batch. */
export interface Tally {
  add(id: string, result: RunResult): void;
  addEarlier(status: RunStatus): void;
  /** Statuses that occurred, in the order in which the documentation lists them. */
  counts(): readonly StatusCount[];
  /** How many jobs have a result of each status, from now or before. */
  totals(): readonly (readonly [RunStatus, number])[];
  /** The longest first. */
  slowest(): readonly TimedJob[];
  starts(): { readonly warm: number; readonly cold: number; readonly direct: number };
  /** Jobs that have a result, from now or before. */
  done(): number;
  /** Those of now alone. */
  doneNow(): number;
  /** Containers of which the Engine did not confirm that they are gone, and direct runs of which something is left. */
  left(): number;
}

const shownSlowest = 3;

/** A tally without anything in it. Of each job it keeps no more than a number. */
export function createTally(): Tally {
  const byStatus = new Map<RunStatus, { times: number[]; earlier: number }>();
  const starts = { warm: 0, cold: 0, direct: 0 };
  let slowest: TimedJob[] = [];
  let [doneNow, earlier, left] = [0, 0, 0];

  function entryOf(status: RunStatus): { times: number[]; earlier: number } {
    const entry = byStatus.get(status) ?? { times: [], earlier: 0 };
    byStatus.set(status, entry);
    return entry;
  }

  return {
    add(id, { status, timings, evidence, cleanup }) {
      const ms = timings.totalMs - timings.queueMs;
      entryOf(status).times.push(ms);
      if (evidence.start !== null && evidence.start !== "session") starts[evidence.start]++;
      slowest = [...slowest, { id, ms }].sort((one, other) => other.ms - one.ms).slice(0, shownSlowest);
      if (cleanup !== null && !cleanup.isConfirmed) left++;
      doneNow++;
    },
    addEarlier(status) {
      entryOf(status).earlier++;
      earlier++;
    },
    counts: () =>
      runStatuses.flatMap((status) => {
        const entry = byStatus.get(status);
        if (entry === undefined) return [];
        return [{ status, earlier: entry.earlier, times: entry.times.toSorted((a, b) => a - b) }];
      }),
    totals: () =>
      runStatuses.flatMap((status) => {
        const entry = byStatus.get(status);
        return entry === undefined ? [] : [[status, entry.times.length + entry.earlier] as const];
      }),
    slowest: () => slowest,
    starts: () => starts,
    done: () => doneNow + earlier,
    doneNow: () => doneNow,
    left: () => left,
  };
}
