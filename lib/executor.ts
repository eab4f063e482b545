import { createClient, type EngineClient } from "../engine-api/mod.ts";
import { type AttackResult, attackJail } from "./doctor/attack/attack-jail.ts";
import { ConfigError, SandboxError } from "./errors.ts";
import { harnessCommand } from "./harness/boot.ts";
import { defaultImage } from "./image/names.ts";
import { resolveImage } from "./image/resolve-image.ts";
import { containerName } from "./ownership.ts";
import { checkAgainstMachine } from "./policy/check-machine.ts";
import { type Policy, type VerifyMode, verifyModes } from "./policy/policy.ts";
import { type RunLimits, rejectUnknownKeys, resolvePolicy, tightenPolicy } from "./policy/resolve-policy.ts";
import { readPythonSeccomp } from "./policy/seccomp.ts";
import { createLeftovers } from "./reaper/leftovers.ts";
import { createSweeper } from "./reaper/sweeper.ts";
import type { RunHandle, RunOptions } from "./run/run-handle.ts";
import { startRun } from "./run/start-run.ts";
import type { RunResult } from "./verdict.ts";

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
  /** Cancels what still runs, waits until it is cleaned up, tries once more to remove what could not be, and lets go of the Engine. */
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
  rejectUnknownKeys(options, ["endpoint", "client", "image", "policy", "verify", "sweep"], "executor option");
  const policy = resolvePolicy(options.policy);
  const verify = checkVerify(options.verify ?? "inspect");
  const client =
    options.client ?? createClient(options.endpoint === undefined ? {} : { endpoint: options.endpoint });
  const imageName = options.image ?? defaultImage;
  const shared = {
    client,
    command: harnessCommand(),
    pythonSeccomp: readPythonSeccomp(),
    isInspected: verify !== "off",
  };
  const sweeping = new AbortController();
  const sweeper = createSweeper(client, { signal: sweeping.signal });
  const leftovers = createLeftovers(client);
  const active = new Set<RunHandle>();
  const prepareOnce = onceUnlessFailed(prepare);
  let isClosed = false;

  async function prepare(): Promise<string> {
    try {
      const [image] = await Promise.all([
        resolveImage(client, imageName),
        checkAgainstMachine(client, policy),
      ]);
      if (options.sweep !== false) void sweeper.sweepOnce();
      if (verify === "attack") await refuseWhereAttacked(image);
      return image;
    } catch (error) {
      throw toSandboxError(error);
    }
  }

  async function refuseWhereAttacked(image: string): Promise<void> {
    const jail: Policy = { ...policy, validator: "off", audit: "off" };
    const run = (code: string, { signal: _signal, ...limits }: RunOptions): Promise<RunResult> =>
      awaitAll(
        keep(
          startRun({ ...shared, prepare: async () => image, policy: tightenPolicy(jail, limits) }, code, {}),
        ),
      );
    assertHeld(await attackJail(run, { policy }));
  }

  function keep(run: RunHandle): RunHandle {
    active.add(run);
    void Promise.allSettled([run.result, run.cleaned]).then(([result, cleaned]) => {
      active.delete(run);
      const report = cleaned.status === "fulfilled" ? cleaned.value : null;
      // A failed run may have lost the answer to its create, and what was found to be nowhere may yet come.
      const mayCome = result.status === "rejected" && report?.strategy !== "none";
      if (report?.isConfirmed !== true || mayCome) leftovers.add(containerName(run.runId), mayCome ? 2 : 1);
    });
    return run;
  }

  function start(code: string, runOptions: RunOptions = {}): RunHandle {
    if (isClosed) throw new SandboxError("this executor is closed");
    const tightened = tightenPolicy(policy, limitsOf(runOptions));
    return keep(startRun({ ...shared, prepare: prepareOnce, policy: tightened }, code, runOptions));
  }

  async function close(): Promise<void> {
    isClosed = true;
    sweeping.abort(new Error("the executor was closed"));
    const runs = [...active];
    for (const run of runs) run.cancel(new Error("the executor was closed"));
    await Promise.all(runs.map((run) => run.cleaned));
    await leftovers.close();
    if (options.client === undefined) await client.close();
  }

  return {
    start,
    run: async (code, runOptions) => awaitAll(start(code, runOptions)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One call for all who ask, and another one only after it failed. */
function onceUnlessFailed<T>(call: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null;
  return () => {
    pending ??= call().catch((error: unknown) => {
      pending = null;
      throw error;
    });
    return pending;
  };
}

function checkVerify(verify: unknown): VerifyMode {
  const known = verifyModes.find((mode) => mode === verify);
  if (known === undefined)
    throw new ConfigError(`verify must be one of ${verifyModes.map((mode) => `"${mode}"`).join(", ")}`);
  return known;
}

/** Attacks that could not be tried prove nothing, so some of them must have been. */
function assertHeld(results: readonly AttackResult[]): void {
  const holes = results.filter(({ outcome }) => outcome === "through");
  if (holes.length > 0) {
    const list = holes.map(({ title, seen }) => `${title} (${seen})`).join("; ");
    throw new SandboxError(`the jail does not hold, so nothing is run in it: the code could ${list}`);
  }
  if (!results.some(({ expected, outcome }) => expected === "stopped" && outcome === "stopped"))
    throw new SandboxError(
      `the attacks on the jail could not be tried: ${results[0]?.seen ?? "nothing was told"}`,
    );
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
