import { ConfigError } from "../errors.ts";
import { rejectUnknownKeys } from "../policy/resolve-policy.ts";
import type { RunResult } from "../verdict.ts";
import { awaitAll } from "./await-all.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import type { RunHandle, RunOptions } from "./run-handle.ts";

/** One of many runs. */
export interface BatchJob {
  readonly code: string;
  /** As for a single run; a signal of its own cancels it alone. */
  readonly options?: RunOptions;
}

/** How many are run. */
export interface BatchOptions {
  /** Jobs at the same time; the executor's admission may hold back some of them. @default 4 */
  readonly concurrency?: number;
  /** Whether results come in the order of the jobs, or as they are there. @default "completion" */
  readonly order?: "input" | "completion";
  /** Cancels all. */
  readonly signal?: AbortSignal;
}

/** What became of one job: a result, cleanup included, or why there is none. */
export type BatchResult<J extends BatchJob> = {
  /** The job's place among all, from 0 on. */
  readonly index: number;
  readonly job: J;
} & (
  | { readonly result: RunResult; readonly error: null }
  | { readonly result: null; readonly error: unknown }
);

interface Batch<J extends BatchJob> {
  readonly concurrency: number;
  readonly isOrdered: boolean;
  readonly stop: AbortController;
  readonly done: Map<number, BatchResult<J>>;
  /** Those that run now. */
  readonly handles: Set<RunHandle>;
  started: number;
  given: number;
  /** Resolves at the next change of anything here. */
  change: Deferred<void>;
  isExhausted: boolean;
  failure: { readonly error: unknown } | null;
}

/**
 * Runs jobs a few at a time. At most twice as many as run side by side are begun and not yet taken by the reader.
 *
 * @throws ConfigError for options that cannot be used; what reading the jobs throws; the signal's reason.
 */
export async function* runBatch<J extends BatchJob>(
  start: (code: string, options: RunOptions) => RunHandle,
  jobs: Iterable<J> | AsyncIterable<J>,
  options: BatchOptions = {},
): AsyncGenerator<BatchResult<J>, void, undefined> {
  const { signal } = options;
  const batch = createBatch<J>(options);
  signal?.throwIfAborted();
  const onAbort = (): void => halt(batch, { error: signal?.reason });
  signal?.addEventListener("abort", onAbort, { once: true });
  const source = takeInTurn(jobs);
  const workers = Array.from({ length: batch.concurrency }, () => work(batch, source, start));
  try {
    for (;;) {
      if (batch.failure !== null) throw batch.failure.error;
      const result = takeResult(batch);
      if (result !== null) yield result;
      else if (batch.isExhausted && batch.given === batch.started) return;
      else await batch.change.promise;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    halt(batch, null);
    await Promise.all(workers);
    await source.close();
  }
}

function createBatch<J extends BatchJob>(options: BatchOptions): Batch<J> {
  rejectUnknownKeys(options, ["concurrency", "order", "signal"], "runAll option");
  const { concurrency = 4, order = "completion" } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 10_000)
    throw new ConfigError("runAll: concurrency must be a whole number from 1 to 10000");
  if (order !== "input" && order !== "completion")
    throw new ConfigError('runAll: order must be "input" or "completion"');
  return {
    concurrency,
    isOrdered: order === "input",
    stop: new AbortController(),
    done: new Map(),
    handles: new Set(),
    started: 0,
    given: 0,
    change: createDeferred(),
    isExhausted: false,
    failure: null,
  };
}

/** One after another: takes a job, runs it to its end, and lays down what came of it. */
async function work<J extends BatchJob>(
  batch: Batch<J>,
  source: JobSource<J>,
  start: (code: string, options: RunOptions) => RunHandle,
): Promise<void> {
  for (;;) {
    while (isFarAhead(batch) && !batch.stop.signal.aborted) await batch.change.promise;
    if (batch.stop.signal.aborted || batch.isExhausted) return;
    const taken = await takeJob(batch, source);
    if (taken === null) return;
    const outcome = await runJob(batch, taken.job, start);
    batch.done.set(taken.index, { ...taken, ...outcome });
    announce(batch);
  }
}

/** Results that nobody takes must not pile up. */
function isFarAhead({ started, given, concurrency }: Batch<BatchJob>): boolean {
  return started - given >= concurrency * 2;
}

async function takeJob<J extends BatchJob>(
  batch: Batch<J>,
  source: JobSource<J>,
): Promise<{ readonly index: number; readonly job: J } | null> {
  try {
    const job = await source.next();
    if (job === null) batch.isExhausted = true;
    if (job === null || batch.stop.signal.aborted) return null;
    return { index: batch.started++, job };
  } catch (error) {
    halt(batch, { error });
    return null;
  } finally {
    announce(batch);
  }
}

type Outcome =
  | { readonly result: RunResult; readonly error: null }
  | { readonly result: null; readonly error: unknown };

async function runJob(
  { handles, stop }: Batch<BatchJob>,
  { code, options = {} }: BatchJob,
  start: (code: string, options: RunOptions) => RunHandle,
): Promise<Outcome> {
  let handle: RunHandle | null = null;
  try {
    handle = start(code, options);
    handles.add(handle);
    if (stop.signal.aborted) handle.cancel(stop.signal.reason);
    return { result: await awaitAll(handle), error: null };
  } catch (error) {
    return { result: null, error };
  } finally {
    if (handle !== null) handles.delete(handle);
  }
}

/** The next result that may be given out; null where there is none yet. */
function takeResult<J extends BatchJob>(batch: Batch<J>): BatchResult<J> | null {
  const [first] = batch.isOrdered ? [batch.given] : batch.done.keys();
  const result = first === undefined ? undefined : batch.done.get(first);
  if (result === undefined) return null;
  batch.done.delete(result.index);
  batch.given++;
  announce(batch);
  return result;
}

function halt(batch: Batch<BatchJob>, failure: { readonly error: unknown } | null): void {
  batch.failure ??= failure;
  const reason = failure?.error ?? new DOMException("nobody reads on", "AbortError");
  batch.stop.abort(reason);
  for (const handle of batch.handles) handle.cancel(reason);
  announce(batch);
}

function announce(batch: Batch<BatchJob>): void {
  batch.change.resolve();
  batch.change = createDeferred();
}

interface JobSource<J> {
  /** Null at the end. */
  next(): Promise<J | null>;
  close(): Promise<void>;
}

/** Workers ask at the same time, and not every iterator can take that. */
function takeInTurn<J>(jobs: Iterable<J> | AsyncIterable<J>): JobSource<J> {
  const iterator = Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]();
  let turn: Promise<unknown> = Promise.resolve();
  let isOver = false;

  async function take(): Promise<J | null> {
    if (isOver) return null;
    const { done, value } = await iterator.next();
    isOver = done === true;
    return done === true ? null : value;
  }

  return {
    next() {
      const taken = turn.then(take);
      turn = taken.catch(() => undefined);
      return taken;
    },
    async close() {
      if (!isOver) await iterator.return?.();
    },
  };
}
