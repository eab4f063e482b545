import { performance } from "node:perf_hooks";
import type { EngineClient } from "../../engine-api/mod.ts";
import { containerName, newRunId } from "../ownership.ts";
import type { Policy } from "../policy/policy.ts";
import { validate } from "../validator/validate.ts";
import type { RunResult } from "../verdict.ts";
import { nothingToClean } from "./cleanup.ts";
import { composeResult } from "./compose-result.ts";
import { createDeferred } from "./deferred.ts";
import { type DrivenRun, driveRun } from "./drive.ts";
import type { OutputPiece } from "./output-log.ts";
import { planRun, toJob } from "./plan.ts";
import { rejectedRun } from "./rejected-run.ts";
import type { RunHandle, RunOptions } from "./run-handle.ts";

/** What runs of one executor share. */
export interface RunSurroundings {
  readonly client: EngineClient;
  readonly policy: Policy;
  /** Program and arguments of the supervisor. */
  readonly command: readonly string[];
  /** The profile that the policy calls `python`, as JSON text. */
  readonly pythonSeccomp: string;
  /** False where the Engine is trusted to have applied what it was asked for. */
  readonly isInspected: boolean;
  /** Resolves to the image's id, once runs may start. */
  prepare(): Promise<string>;
}

/**
 * Starts a run and returns at once.
 *
 * @throws ConfigError for options that cannot be used; nothing is started then.
 */
export function startRun(
  { client, policy, command, pythonSeccomp, isInspected, prepare }: RunSurroundings,
  code: string,
  options: RunOptions,
): RunHandle {
  const askedAt = performance.now();
  const runId = newRunId();
  const job = toJob(code, options, policy);
  const violations = validate(code, { mode: policy.validator, imports: policy.imports });
  const validateMs = performance.now() - askedAt;
  if (violations.length > 0) return rejectedRun(runId, violations, validateMs);
  const controller = new AbortController();
  const signal =
    options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  const driven = createDeferred<DrivenRun | null>();

  async function execute(): Promise<RunResult> {
    const image = await settleDriven(driven.resolve, prepare);
    const plan = planRun({ client, policy, image, command, pythonSeccomp, isInspected, runId, job, signal });
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
      validateMs,
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
