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
  /** Ends the run with status `cancelled`. Too late or twice is fine. */
  cancel(reason?: unknown): void;
}
