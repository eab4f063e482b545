import type { MonitorAlert, OrphansSwept, RunPhase } from "../diagnostics/messages.ts";
import type { Judgement } from "../reaper/judge-orphan.ts";
import type { RunResult, RunStatus } from "../verdict.ts";

/** All that a monitor knows at one moment, as plain JSON. Times are milliseconds since 1970 by the clock of this host. */
export interface MonitorSnapshot {
  readonly at: number;
  /** The process that the monitor runs in. */
  readonly process: { readonly host: string; readonly pid: number };
  readonly engine: MonitoredEngine;
  /** Containers of ours on the Engine, of all processes, the oldest first; at most 1000 of them. */
  readonly containers: readonly MonitoredContainer[];
  /** How many there are. */
  readonly containerCount: number;
  /** How many of them nobody will remove but a sweep. */
  readonly orphanCount: number;
  readonly runs: MonitoredRuns;
  readonly sweep: MonitoredSweep;
  /** The last 50, the newest last. */
  readonly alerts: readonly MonitorAlert[];
  /** Of the executors that the monitor was given. */
  readonly executors: readonly MonitoredExecutor[];
}

/** How the Engine is. */
export interface MonitoredEngine {
  readonly endpoint: string;
  /** `unknown` until it has been asked for the first time. */
  readonly state: "unknown" | "up" | "gone";
  /** Since when. */
  readonly since: number;
  /** Why it is gone; null while it is not. */
  readonly message: string | null;
  readonly version: string | null;
  /** By how much its clock is ahead of this host's, milliseconds; null where that is not known. */
  readonly clockSkewMs: number | null;
  /** Whether the list of containers is followed just now; while it is not, it may be out of date. */
  readonly isFollowed: boolean;
}

/** One container of ours. */
export interface MonitoredContainer {
  readonly id: string;
  readonly name: string;
  /** Null where its labels cannot be read. */
  readonly runId: string | null;
  /** In the Engine's words: `created`, `running`, `paused`, `exited`, `removing` (it is being removed), `restarting` or `dead`. */
  readonly state: string;
  readonly owner: MonitoredOwner | null;
  /** Whether its owner still lives, or it was left behind. */
  readonly verdict: Judgement["verdict"];
  /** One clause for people, for example `its owner, process 4711, is gone`. */
  readonly reason: string;
  readonly ageMs: number | null;
  /** When it must be gone, by the clock of its owner's host; null where its labels do not say. */
  readonly deadlineMs: number | null;
  /** Of the pool that it was started for. */
  readonly poolId: string | null;
  readonly sessionId: string | null;
}

/** The process that made a container. */
export interface MonitoredOwner {
  readonly host: string;
  readonly pid: number;
  /** Whether it is this one. */
  readonly isMine: boolean;
}

/** Runs of the executors in this process, since the monitor began. */
export interface MonitoredRuns {
  /** Those that go on, the oldest first; at most 200 of them. */
  readonly active: readonly ActiveRun[];
  readonly activeCount: number;
  /** Those that ended, the newest last; at most 200. */
  readonly recent: readonly EndedRun[];
  /** Of all that ended, by verdict; `failed` where the sandbox did, or there was no room in the queue. */
  readonly counts: Readonly<Record<RunStatus | "failed", number>>;
  /** From the call to the verdict, of the recent ones that had a container; null where there is none. */
  readonly latency: MonitoredLatency | null;
}

/** A run that goes on. */
export interface ActiveRun {
  readonly runId: string;
  readonly executorId: string;
  readonly sessionId: string | null;
  readonly since: number;
  readonly phase: RunPhase;
}

/** A run that ended. */
export interface EndedRun {
  readonly runId: string;
  readonly executorId: string;
  readonly at: number;
  readonly status: RunStatus | "failed";
  readonly isolation: RunResult["isolation"];
  readonly start: RunResult["evidence"]["start"];
  readonly containerName: string | null;
  /** From the call to the verdict, milliseconds; null where it failed. */
  readonly totalMs: number | null;
  /** Why it failed; null where it has a verdict. */
  readonly message: string | null;
}

/** Milliseconds, over so many runs. */
export interface MonitoredLatency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** How orphans are looked for. */
export interface MonitoredSweep {
  /** Null where it is never done. */
  readonly everyMs: number | null;
  readonly isUnderWay: boolean;
  /** The last one that came to an end. */
  readonly last: OrphansSwept | null;
  /** Why the last attempt came to nothing; null where it did not. */
  readonly failure: string | null;
}

/** An executor's own numbers, see `executor.stats()`. */
export interface MonitoredExecutor {
  readonly id: string;
  readonly active: number;
  readonly queued: number;
  readonly sessions: number;
  readonly leftovers: number;
  readonly pool: MonitoredPool | null;
}

/** A pool's own numbers. */
export interface MonitoredPool {
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  readonly dead: number;
  readonly hits: number;
  readonly misses: number;
  readonly lastError: string | null;
}
