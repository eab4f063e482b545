import { performance } from "node:perf_hooks";
import { createClient, type EngineClient } from "../engine-api/mod.ts";
import { ConfigError, SandboxError } from "./errors.ts";
import { harnessCommand } from "./harness/boot.ts";
import { defaultImage } from "./image/names.ts";
import { resolveImage } from "./image/resolve-image.ts";
import { containerName, newRunId } from "./ownership.ts";
import { checkAgainstMachine } from "./policy/check-machine.ts";
import type { Policy } from "./policy/policy.ts";
import { type RunLimits, rejectUnknownKeys, resolvePolicy, tightenPolicy } from "./policy/resolve-policy.ts";
import { nothingToClean } from "./run/cleanup.ts";
import { composeResult } from "./run/compose-result.ts";
import { createDeferred } from "./run/deferred.ts";
import { type DrivenRun, driveRun } from "./run/drive.ts";
import type { OutputPiece } from "./run/output-log.ts";
import { type JobOptions, planRun, toJob } from "./run/plan.ts";
import type { CleanupReport, RunResult } from "./verdict.ts";

/** Options of {@link createExecutor}. All have safe defaults. */
export interface ExecutorOptions {
  /** Where the Engine is; found by itself unless given, see `resolveEndpoint`. */
  readonly endpoint?: string;
  /** A client to use instead of an own one; it is left open by `close()`. */
  readonly client?: EngineClient;
  /** Image with a `python3`; it must be on the Engine. @default "brigbox/python:3" */
  readonly image?: string;
  /** Limits and lock-down; what is not named keeps its default. */
  readonly policy?: Partial<Policy>;
}

/** Options of one run. */
export interface RunOptions extends RunLimits, JobOptions {
  /** Cancels the run; the status is then `cancelled`. */
  readonly signal?: AbortSignal;
}

/** A run under way. */
export interface RunHandle {
  readonly runId: string;
  /** What the code writes, as it comes; every reader gets all of it from the start. */
  readonly output: AsyncIterable<OutputPiece>;
  /** Rejects with SandboxError or ConfigError; what the code does is a status. */
  readonly result: Promise<RunResult>;
  /** Resolves, always, once the container is gone or everything was tried. */
  readonly cleaned: Promise<CleanupReport>;
  /** Ends the run with status `cancelled`. Too late or twice is fine. */
  cancel(reason?: unknown): void;
}

/** Runs untrusted Python in locked-down containers. */
export interface Executor {
  /**
   * Starts a run and returns at once.
   *
   * @throws ConfigError for options that cannot be used; nothing is started then.
   */
  start(code: string, options?: RunOptions): RunHandle;
  /**
   * Runs to the end, cleanup included, whose report is in the result.
   *
   * @throws ConfigError, or SandboxError where the sandbox itself failed.
   */
  run(code: string, options?: RunOptions): Promise<RunResult>;
  /** Cancels what still runs, waits until it is cleaned up, and lets go of the Engine. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * An executor with one policy. Nothing is connected before the first run.
 *
 * @throws ConfigError for options that cannot be used.
 * @example
 * await using executor = createExecutor({ policy: { timeoutMs: 30_000 } });
 * const { status, values } = await executor.run("result = sum(range(10))");
 */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  rejectUnknownKeys(options, ["endpoint", "client", "image", "policy"], "executor option");
  const policy = resolvePolicy(options.policy);
  const client =
    options.client ?? createClient(options.endpoint === undefined ? {} : { endpoint: options.endpoint });
  const imageName = options.image ?? defaultImage;
  const command = harnessCommand();
  const active = new Set<RunHandle>();
  let prepared: Promise<string> | null = null;
  let isClosed = false;

  /** Asked once for all runs, and again only after it failed. */
  function prepare(): Promise<string> {
    prepared ??= Promise.all([resolveImage(client, imageName), checkAgainstMachine(client, policy)]).then(
      ([image]) => image,
      (error: unknown) => {
        prepared = null;
        throw toSandboxError(error);
      },
    );
    return prepared;
  }

  function start(code: string, runOptions: RunOptions = {}): RunHandle {
    if (isClosed) throw new SandboxError("this executor is closed");
    const run = createRun(
      { client, command, prepare, policy: tightenPolicy(policy, limitsOf(runOptions)) },
      code,
      runOptions,
    );
    active.add(run);
    void run.cleaned.then(() => active.delete(run));
    return run;
  }

  async function close(): Promise<void> {
    isClosed = true;
    const runs = [...active];
    for (const run of runs) run.cancel(new Error("the executor was closed"));
    await Promise.all(runs.map((run) => run.cleaned));
    if (options.client === undefined) await client.close();
  }

  return {
    start,
    run: async (code, runOptions) => awaitAll(start(code, runOptions)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The cleanup is awaited though the result failed: who awaits `run()` may rely on nothing being left. */
async function awaitAll(run: RunHandle): Promise<RunResult> {
  const [result, cleanup] = await Promise.allSettled([run.result, run.cleaned]);
  if (result.status === "rejected") throw result.reason;
  const report = cleanup.status === "fulfilled" ? cleanup.value : null;
  const { timings } = result.value;
  const cleanupMs = report?.cleanupMs ?? 0;
  return {
    ...result.value,
    cleanup: report,
    timings: { ...timings, cleanupMs, totalMs: timings.totalMs + cleanupMs },
  };
}

interface RunSurroundings {
  readonly client: EngineClient;
  readonly policy: Policy;
  readonly command: readonly string[];
  prepare(): Promise<string>;
}

function createRun(
  { client, policy, command, prepare }: RunSurroundings,
  code: string,
  options: RunOptions,
): RunHandle {
  const askedAt = performance.now();
  const runId = newRunId();
  const job = toJob(code, options, policy);
  const controller = new AbortController();
  const signal =
    options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  const driven = createDeferred<DrivenRun | null>();

  async function execute(): Promise<RunResult> {
    const image = await settleDriven(driven.resolve, prepare);
    const plan = planRun({ client, policy, image, command, runId, job, signal });
    const run = driveRun(plan);
    driven.resolve(run);
    return composeResult({
      client,
      runId,
      containerName: containerName(runId),
      image,
      policy,
      asked: options.returns ?? [],
      askedAt,
      end: await run.ended,
    });
  }

  const result = execute();
  // Whoever only waits for `cleaned` must not be ended by a rejection that they did not ask for.
  result.catch(() => undefined);
  return {
    runId,
    output: { [Symbol.asyncIterator]: () => outputOf(driven.promise) },
    result,
    cleaned: driven.promise.then((run) => run?.cleaned ?? nothingToClean),
    cancel: (reason) => controller.abort(reason ?? new DOMException("cancelled", "AbortError")),
  };
}

/** Where the preparation fails there is no run, which whoever waits for one must hear. */
async function settleDriven(resolve: (run: null) => void, prepare: () => Promise<string>): Promise<string> {
  try {
    return await prepare();
  } catch (error) {
    resolve(null);
    throw error;
  }
}

async function* outputOf(driven: Promise<DrivenRun | null>): AsyncGenerator<OutputPiece, void, undefined> {
  const run = await driven;
  if (run !== null) yield* run.stream.log.pieces;
}

function limitsOf(options: RunOptions): RunLimits {
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

function toSandboxError(error: unknown): unknown {
  if (error instanceof SandboxError || error instanceof ConfigError || !(error instanceof Error))
    return error;
  return new SandboxError(error.message, { cause: error });
}
