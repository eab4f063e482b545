import type { CleanupReport, Evidence, RunResult, RunStatus, Timings, Usage } from "../verdict.ts";

/** Where a run is. The names are those of the {@link Timings}. */
export type RunPhase = "validate" | "queue" | "create" | "start" | "ready" | "run" | "collect" | "cleanup";

/** What all messages on runs say. */
export interface RunMessage {
  /** Which executor of this process, see `executor.id`. */
  readonly executorId: string;
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A run was asked for. Exactly one {@link RunEnded} or {@link RunFailed} follows, and one {@link RunCleaned}. */
export interface RunStarted extends RunMessage {
  readonly codeBytes: number;
  /** Of the inputs as they are sent, without files. */
  readonly inputBytes: number;
  /** The session that it is a cell of; null for a run of its own. */
  readonly sessionId: string | null;
}

/** A run went on to another phase; the one before is over. One that lost its container goes through some of them again. */
export interface RunPhaseBegan extends RunMessage {
  readonly phase: RunPhase;
}

/** A run has a result. */
export interface RunEnded extends RunMessage {
  readonly status: RunStatus;
  readonly isolation: RunResult["isolation"];
  readonly start: Evidence["start"];
  readonly limit: Evidence["limit"];
  readonly containerName: string | null;
  /** The rules that the code broke, each once; empty unless the status is `rejected`. */
  readonly rules: readonly string[];
  /** Without the time of the cleanup, which is not known yet. */
  readonly timings: Timings;
  readonly usage: Usage;
  readonly artifactBytes: number;
}

/** A run has no result: the sandbox failed, or there was no room in the queue. */
export interface RunFailed extends RunMessage {
  /** The error that the caller got; it holds no code and no value. */
  readonly error: unknown;
}

/** All containers of a run are gone, or everything was tried. */
export interface RunCleaned extends RunMessage {
  readonly report: CleanupReport;
}

/** A container is about to be made: for a run, for the pool, or for a session. */
export interface ContainerBegun {
  readonly executorId: string;
  readonly containerName: string;
  readonly at: number;
}

/** A container is gone, or everything was tried. */
export interface ContainerCleaned extends ContainerBegun {
  readonly report: CleanupReport;
}

/** A monitor has looked for containers that nobody will remove. */
export interface OrphansSwept {
  /** The Engine's endpoint. */
  readonly endpoint: string;
  readonly at: number;
  readonly durationMs: number;
  /** Containers of ours on the Engine, orphans included. */
  readonly containers: number;
  /** Those whose owner is provably dead, or whose time is over. */
  readonly orphans: number;
  readonly removed: number;
  /** Orphans that could not be removed. */
  readonly failed: number;
}

/** Something that an operator should know. */
export type MonitorAlert = { readonly endpoint: string; readonly at: number } & (
  | { readonly type: "orphans"; readonly names: readonly string[]; readonly removed: number }
  | { readonly type: "cleanup-failed"; readonly containerName: string; readonly message: string }
  | { readonly type: "queue-full"; readonly executorId: string }
  | { readonly type: "engine-gone"; readonly message: string }
  | { readonly type: "engine-back"; readonly goneMs: number }
);

/** What is told on which channel of `node:diagnostics_channel`. No message holds code, values, output or environment. */
export interface DiagnosticMessages {
  readonly "brigbox:run:start": RunStarted;
  readonly "brigbox:run:phase": RunPhaseBegan;
  readonly "brigbox:run:end": RunEnded;
  readonly "brigbox:run:error": RunFailed;
  readonly "brigbox:run:cleaned": RunCleaned;
  readonly "brigbox:container:begin": ContainerBegun;
  readonly "brigbox:container:cleaned": ContainerCleaned;
  readonly "brigbox:monitor:sweep": OrphansSwept;
  readonly "brigbox:monitor:alert": MonitorAlert;
}
