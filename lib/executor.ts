import { randomBytes } from "node:crypto";
import { createClient, type EngineClient } from "../engine-api/mod.ts";
import { tellOfContainer } from "./diagnostics/tell-of-run.ts";
import { createDirectChoice, requireContainers } from "./direct/choose-direct.ts";
import { checkDirect, type DirectOptions, resolveDirect } from "./direct/options.ts";
import { isDirect, type RunRecipe } from "./direct/recipe.ts";
import { assertJailHolds } from "./doctor/attack/assert-jail-holds.ts";
import { SandboxError } from "./errors.ts";
import { createHarnessSource } from "./harness/harness-source.ts";
import { defaultImage } from "./image/names.ts";
import { resolveImage } from "./image/resolve-image.ts";
import { checkAgainstMachine } from "./policy/check-machine.ts";
import { checkVerify } from "./policy/check-verify.ts";
import type { Policy, VerifyMode } from "./policy/policy.ts";
import { rejectUnknownKeys, resolvePolicy, tightenPolicy } from "./policy/resolve-policy.ts";
import { readPythonSeccomp } from "./policy/seccomp.ts";
import { createContainerPool } from "./pool/create-container-pool.ts";
import { type PoolOptions, resolvePoolOptions } from "./pool/options.ts";
import type { Pool, PoolStats } from "./pool/pool.ts";
import { createLeftovers } from "./reaper/leftovers.ts";
import { createSweeper } from "./reaper/sweeper.ts";
import { type AdmissionOptions, createAdmission } from "./run/admission.ts";
import { awaitAll } from "./run/await-all.ts";
import { hostCapacity, readCapacity } from "./run/capacity.ts";
import type { DrivenRun } from "./run/drive.ts";
import { onceUnlessFailed } from "./run/once-unless-failed.ts";
import { type ContainerRecipe, containerKey } from "./run/plan.ts";
import { type BatchJob, type BatchOptions, type BatchResult, runBatch } from "./run/run-batch.ts";
import { limitsOf, type RunHandle, type RunOptions } from "./run/run-handle.ts";
import { type RunSurroundings, startRun } from "./run/start-run.ts";
import { toSandboxError } from "./run/to-sandbox-error.ts";
import type { SessionOptions } from "./session/options.ts";
import type { Session } from "./session/session.ts";
import { createSessions } from "./session/sessions.ts";
import { rehearse } from "./validator/rehearse.ts";
import { rememberPassed } from "./validator/remember.ts";
import type { RunResult } from "./verdict.ts";

/** Options of {@link createExecutor}. All have safe defaults. */
export interface ExecutorOptions extends DirectOptions {
  /** Where the Engine is; found by itself unless given, see `resolveEndpoint`. */
  readonly endpoint?: string;
  /** A client to use instead of an own one; it is left open by `close()`. */
  readonly client?: EngineClient;
  /** Image with a `python3`; it must be on the Engine. @default "brigbox/python:3" */
  readonly image?: string;
  /** Limits and lock-down; what is not named keeps its default. */
  readonly policy?: Partial<Policy>;
  /**
   * How it is seen to that containers hold: `inspect` compares each with what was asked for before it starts; `attack` also lets some fifty
   * attacks loose in the jail before the first run, which takes some seconds, and refuses to run anything where one gets through.
   *
   * @default "inspect"
   */
  readonly verify?: VerifyMode;
  /**
   * Removes, beside the first run, what other processes of this host left behind when they were killed. Never fails or delays a run.
   *
   * @default true
   */
  readonly sweep?: boolean;
  /**
   * Containers that are started ahead and wait, each for one run, which then begins within milliseconds; none unless given. They are
   * started at the first run or `warmUp()`, and keep the process alive until `close()`. Where code runs directly there is no pool.
   *
   * @example { size: 4, preload: ["numpy", "pandas"] }
   */
  readonly pool?: PoolOptions;
  /** How many runs may go on side by side, and wait; as many as the machine's memory and processors allow unless given. */
  readonly admission?: AdmissionOptions;
}

/** Runs and containers of an executor at one moment. */
export interface ExecutorStats {
  /** Runs that have their turn, until their containers are gone. */
  readonly active: number;
  /** Runs that wait for their turn. */
  readonly queued: number;
  /** Sessions that are open; each holds the turn of a run while it has a container. */
  readonly sessions: number;
  /** Containers whose removal could not be confirmed, and is tried again. */
  readonly leftovers: number;
  /** Null where there is no pool, or it was not started yet. */
  readonly pool: PoolStats | null;
}

/** Runs untrusted Python in locked-down containers. */
export interface Executor {
  /** Tells this one from others of the process in what is told by diagnostics; new with each. */
  readonly id: string;
  /**
   * Starts a run and returns at once.
   *
   * @throws ConfigError for options that cannot be used, QueueFullError where too many runs wait; nothing is started then.
   */
  start(code: string, options?: RunOptions): RunHandle;
  /**
   * Runs to the end, cleanup included, whose report is in the result.
   *
   * @throws ConfigError, QueueFullError, or SandboxError where the sandbox itself failed.
   */
  run(code: string, options?: RunOptions): Promise<RunResult>;
  /**
   * Runs many, a few at a time, and gives each result as soon as it may come. What goes wrong with one job is in its place of the
   * results, and no end of the others. Leaving the loop cancels what still runs.
   *
   * @throws ConfigError for options that cannot be used; the signal's reason where it aborts.
   * @example
   * for await (const { job, result } of executor.runAll([{ code: "result = 1" }, { code: "result = 2" }], { concurrency: 2 }))
   *   console.log(job.code, result?.status);
   */
  runAll<J extends BatchJob>(
    jobs: Iterable<J> | AsyncIterable<J>,
    options?: BatchOptions,
  ): AsyncGenerator<BatchResult<J>, void, undefined>;
  /**
   * Opens a session: one container that keeps its interpreter from cell to cell, for one caller who trusts all of the cells alike. It holds
   * its place in the queue, and keeps the process alive, until it is closed. Never use one for code of strangers to each other.
   *
   * @throws ConfigError for options that cannot be used and where code runs directly, QueueFullError, or SandboxError where no container can
   * be made.
   */
  session(options?: SessionOptions): Promise<Session>;
  /**
   * Makes ready what a first run would have to wait for; with a pool, resolves when it is full.
   *
   * @throws SandboxError or ConfigError where runs could not start either, and where the pool's containers cannot be made ready.
   */
  warmUp(options?: { readonly signal?: AbortSignal }): Promise<void>;
  stats(): ExecutorStats;
  /** Cancels what still runs, waits until it is cleaned up, tries once more to remove what could not be, and lets go of the Engine. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const optionNames: readonly (keyof ExecutorOptions)[] = [
  "endpoint",
  "client",
  "image",
  "policy",
  "verify",
  "sweep",
  "pool",
  "admission",
  "fallback",
  "unsafeDirect",
  "python",
];

/**
 * An executor with one policy. Nothing is connected before the first run.
 *
 * @throws ConfigError for options that cannot be used.
 * @example
 * await using executor = createExecutor({ policy: { timeoutMs: 30_000 }, pool: { size: 2, preload: ["pandas"] } });
 * const { status, values } = await executor.run("result = sum(range(10))");
 */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  rejectUnknownKeys(options, optionNames, "executor option");
  const policy = resolvePolicy(options.policy);
  const verify = checkVerify(options.verify ?? "inspect");
  const directMode = resolveDirect(options, { policy, verify });
  const poolOptions = options.pool === undefined ? null : resolvePoolOptions(options.pool);
  const client =
    options.client ?? createClient(options.endpoint === undefined ? {} : { endpoint: options.endpoint });
  const admission = createAdmission(options.admission ?? {}, async () =>
    isDirect(await prepareOnce()) ? hostCapacity() : readCapacity(client),
  );
  const sweeping = new AbortController();
  const sweeper = createSweeper(client, { signal: sweeping.signal });
  const leftovers = createLeftovers(client);
  const active = new Set<RunHandle>();
  const harness = createHarnessSource();
  const chooseDirect = createDirectChoice({ mode: directMode, policy, client, python: options.python });
  const prepareOnce = onceUnlessFailed(prepare);
  const { request } = admission;
  const id = randomBytes(8).toString("hex");
  const onContainer = (run: DrivenRun): void => {
    void leftovers.watch(run);
    tellOfContainer(id, run);
  };
  const prepareSession = () => requireContainers(directMode, prepareOnce);
  const sessions = createSessions({ executorId: id, policy, prepare: prepareSession, request, onContainer });
  let pool: Pool | null = null;
  let isClosed = false;

  const surroundings: Omit<RunSurroundings, "policy"> = {
    executorId: id,
    validate: rememberPassed(),
    prepare: prepareOnce,
    request,
    onContainer,
    takeAhead: async (recipe, asked, signal) =>
      pool === null || (asked !== policy && containerKey(recipe, asked) !== containerKey(recipe, policy))
        ? null
        : pool.take(signal),
  };

  async function prepare(): Promise<RunRecipe> {
    try {
      const direct = await chooseDirect();
      if (direct !== null) return direct;
      const [image] = await Promise.all([
        resolveImage(client, options.image ?? defaultImage),
        checkAgainstMachine(client, policy),
      ]);
      if (options.sweep !== false) void sweeper.sweepOnce();
      const recipe: ContainerRecipe = {
        client,
        image,
        harness,
        pythonSeccomp: readPythonSeccomp(),
        isInspected: verify !== "off",
      };
      if (verify === "attack") await assertJailHolds(policy, (jail, code) => runApart(recipe, jail, code));
      if (poolOptions !== null && poolOptions.size > 0 && !isClosed) pool = openPool(recipe, poolOptions);
      return recipe;
    } catch (error) {
      throw toSandboxError(error);
    }
  }

  function openPool(recipe: ContainerRecipe, resolved: NonNullable<typeof poolOptions>): Pool {
    return createContainerPool({
      options: resolved,
      recipe: { ...recipe, harness: harness.ahead(resolved.preload) },
      policy,
      onContainer,
    });
  }

  /** Outside of the pool and the queue, which wait for what this is about. */
  function runApart(recipe: ContainerRecipe, jail: Policy, code: string): Promise<RunResult> {
    const apart: RunSurroundings = {
      ...surroundings,
      policy: jail,
      prepare: async () => recipe,
      takeAhead: async () => null,
      request: () => ({ turn: async () => undefined, leave: () => undefined }),
    };
    return awaitAll(keep(startRun(apart, code, {})));
  }

  function keep(run: RunHandle): RunHandle {
    active.add(run);
    void Promise.allSettled([run.result, run.cleaned]).then(() => active.delete(run));
    return run;
  }

  function start(code: string, runOptions: RunOptions = {}): RunHandle {
    if (isClosed) throw new SandboxError("this executor is closed");
    const limits = limitsOf(runOptions);
    const tightened = Object.keys(limits).length === 0 ? policy : tightenPolicy(policy, limits);
    if (directMode === "always") checkDirect("this run", { policy: tightened, verify });
    return keep(startRun({ ...surroundings, policy: tightened }, code, runOptions));
  }

  async function warmUp({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (isClosed) throw new SandboxError("this executor is closed");
    await prepareOnce();
    rehearse({ mode: policy.validator, imports: policy.imports });
    try {
      await pool?.fill(signal);
    } catch (error) {
      throw signal?.aborted ? signal.reason : toSandboxError(error);
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    sweeping.abort(new Error("the executor was closed"));
    const runs = [...active];
    for (const run of runs) run.cancel(new Error("the executor was closed"));
    await Promise.all([...runs.map((run) => run.cleaned), pool?.close(), sessions.close()]);
    await leftovers.close();
    if (options.client === undefined) await client.close();
  }

  return {
    id,
    start,
    run: async (code, runOptions) => awaitAll(start(code, runOptions)),
    runAll: (jobs, batchOptions) => runBatch(start, jobs, batchOptions),
    session: sessions.open,
    warmUp,
    stats: () => ({
      ...admission.counts(),
      leftovers: leftovers.size(),
      sessions: sessions.size(),
      pool: pool?.stats() ?? null,
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
