import type { UsageSample } from "../monitor/usage-sample.ts";
import type { RunLimits } from "../policy/resolve-policy.ts";
import type { CleanupReport, RunResult } from "../verdict.ts";
import type { OutputPiece } from "./output-log.ts";
import type { JobOptions } from "./plan.ts";

/** Options of one run. */
export interface RunOptions extends RunLimits, JobOptions {
  /** Cancels the run; the status is then `cancelled`. */
  readonly signal?: AbortSignal;
}

/** The limits among the options of a run. */
export function limitsOf(options: RunOptions): RunLimits {
  const {
    signal: _signal,
    inputs: _inputs,
    files: _files,
    returns: _returns,
    fileName: _fileName,
    ...limits
  } = options;
  return limits;
}

/** A run under way. */
export interface RunHandle {
  readonly runId: string;
  /** What the code writes, as it comes; every reader gets all of it from the start. */
  readonly output: AsyncIterable<OutputPiece>;
  /** Rejects with SandboxError or ConfigError; what the code does is a status. */
  readonly result: Promise<RunResult>;
  /** Resolves, always, once the container is gone or everything was tried; for a cell whose session goes on, when the cell is over. */
  readonly cleaned: Promise<CleanupReport>;
  /**
   * What the container uses, about once a second from the moment at which it runs, however often it is asked for; asks the Engine only while
   * somebody reads. It ends with the run, at once where nothing was started or no container is around the code, and early where the Engine can
   * tell no more; no failure of it is one of the run. A container that waited or that serves a session counts from its own start.
   *
   * @param options.signal ends it; reading then rejects with the signal's reason.
   * @example
   * for await (const { memoryBytes, cpus } of handle.stats()) console.log(memoryBytes, cpus);
   */
  stats(options?: { readonly signal?: AbortSignal }): AsyncIterable<UsageSample>;
  /** Ends the run with status `cancelled`. Too late or twice is fine. */
  cancel(reason?: unknown): void;
}
