import { ConfigError } from "../../errors.ts";
import type { Executor } from "../../executor.ts";
import type { BatchResult } from "../../run/run-batch.ts";
import type { RunOptions } from "../../run/run-handle.ts";
import type { JobSource } from "./job-source.ts";
import { type LoadedJob, loadJob, type Shared } from "./load-job.ts";
import type { JobSpec } from "./parse-job.ts";
import { resultLine } from "./result-line.ts";
import type { ResultSink } from "./results-file.ts";
import type { Tally } from "./tally.ts";

/** What a batch is told while it goes on. */
export interface BatchEvents {
  /** A job ended, was found to be done, or could not be run. */
  onProgress(): Promise<void>;
  /** A job is not any more what it was when its result was written. */
  onChanged(id: string): Promise<void>;
  /** A job has no result, because of this. */
  onFailure(id: string, error: unknown): Promise<void>;
}

/** What a batch runs with. */
export interface BatchSurroundings extends BatchEvents {
  readonly executor: Pick<Executor, "runAll">;
  readonly source: JobSource;
  readonly shared: Shared;
  readonly sink: ResultSink;
  readonly tally: Tally;
  readonly concurrency: number;
  /** Starts no more jobs, and cancels those that run. */
  readonly signal: AbortSignal;
}

/** How a batch ended. */
export interface BatchEnd {
  /** Jobs without a result, because they or the sandbox failed. */
  readonly failed: number;
  /** The first reason for that which is the sandbox's, else the first one; null where there is none. */
  readonly error: unknown;
  /** It was given up, since the sandbox failed again and again. */
  readonly isGivenUp: boolean;
}

/** A job with the means to cancel it alone: signals that live as long as the batch would gather a listener for each job. */
interface RunnableJob extends Omit<LoadedJob, "options"> {
  readonly options: RunOptions;
  readonly controller: AbortController;
}

/** After so many failures of the sandbox with no result in between, the next ones will fail too. */
const mostFailuresInRow = 10;

/**
 * Runs the jobs that have no result yet, each with its line as soon as it ends. Only a few of them are in memory at a time.
 *
 * @throws SandboxError where results cannot be written; what reading the jobs throws.
 */
export async function runJobs(around: BatchSurroundings): Promise<BatchEnd> {
  const { executor, concurrency, signal, tally } = around;
  const failures = createFailures();
  const running = new Set<AbortController>();
  const onAbort = (): void => {
    for (const controller of running) controller.abort(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });

  async function* pending(): AsyncGenerator<RunnableJob, void, undefined> {
    for await (const spec of around.source.specs()) {
      if (signal.aborted || failures.isTooMany()) return;
      const loaded = await loadOrFail(spec);
      if (loaded === null || (await isDone(around, loaded))) continue;
      const controller = new AbortController();
      running.add(controller);
      yield { ...loaded, controller, options: { ...loaded.options, signal: controller.signal } };
    }
  }

  async function loadOrFail(spec: JobSpec): Promise<LoadedJob | null> {
    try {
      return await loadJob(spec, around.shared);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      await fail(spec.id, error);
      return null;
    }
  }

  async function fail(id: string, error: unknown): Promise<void> {
    failures.add(error);
    await around.onFailure(id, error);
  }

  async function settle({ job, result, error }: BatchResult<RunnableJob>): Promise<void> {
    running.delete(job.controller);
    if (result === null) {
      if (!signal.aborted) await fail(job.id, error);
    } else if (result.status !== "cancelled" || !signal.aborted) {
      const line = resultLine(job, result);
      await around.sink.append(job.id, line.pieces);
      tally.add(job.id, line.result);
      failures.interrupt();
    }
    await around.onProgress();
  }

  try {
    for await (const outcome of executor.runAll(pending(), { concurrency })) await settle(outcome);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return failures.end();
}

/** True where the same job has a result from before. */
async function isDone(
  { sink, tally, ...events }: BatchSurroundings,
  { id, hash }: LoadedJob,
): Promise<boolean> {
  const before = sink.earlier.get(id);
  if (before === undefined) return false;
  if (before.hash !== hash) {
    await events.onChanged(id);
    return false;
  }
  tally.addEarlier(before.status);
  await events.onProgress();
  return true;
}

interface Failures {
  add(error: unknown): void;
  /** A job had a result. */
  interrupt(): void;
  isTooMany(): boolean;
  end(): BatchEnd;
}

function createFailures(): Failures {
  let [failed, inRow] = [0, 0];
  let isTooMany = false;
  let first: { readonly error: unknown } | null = null;
  return {
    add(error) {
      const isOfJob = error instanceof ConfigError;
      failed++;
      if (first === null || (first.error instanceof ConfigError && !isOfJob)) first = { error };
      if (!isOfJob) inRow++;
      isTooMany ||= inRow >= mostFailuresInRow;
    },
    interrupt() {
      inRow = 0;
    },
    isTooMany: () => isTooMany,
    end: () => ({ failed, error: first?.error ?? null, isGivenUp: isTooMany }),
  };
}
