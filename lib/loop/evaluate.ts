import type { Value } from "../values/types.ts";
import type { RunResult } from "../verdict.ts";
import type { Ledger, PendingCandidate } from "./ledger.ts";
import { DisqualifiedError, type Holdout, type LoopSettings } from "./options.ts";
import { type Failure, plainFailure, toFailure } from "./outcome.ts";

/** What a candidate is worth: a score, or why it has none. */
export interface Evaluation {
  readonly score: number | null;
  readonly holdout: number | null;
  readonly failure: Failure | null;
}

/** A run that was lost through no doing of the code that is certain: the container was killed from outside. */
export class LostRun extends Error {
  override readonly name = "LostRun";
}

/**
 * Runs a candidate, scores it, and tries it on the inputs that are kept back.
 *
 * @throws LostRun, and what the executor throws; the signal's reason.
 */
export async function evaluate(
  { index, code }: Pick<PendingCandidate, "index" | "code">,
  settings: LoopSettings,
  { ledger, signal }: { readonly ledger: Pick<Ledger, "wouldLead">; readonly signal: AbortSignal },
): Promise<Evaluation> {
  const run = (inputs: Readonly<Record<string, Value>>): Promise<RunResult> =>
    runOnce(code, { settings, inputs, signal });
  const chosenBy = await run(settings.inputs);
  const failure = toFailure(chosenBy);
  if (failure !== null) return failed(failure);
  const scored = await tryScore(() => settings.score(chosenBy));
  if (typeof scored !== "number") return failed(plainFailure("unscored", scored.message));
  const { holdout } = settings;
  if (holdout === null || !(holdout.of === "all" || ledger.wouldLead({ index, score: scored })))
    return { score: scored, holdout: null, failure: null };
  return confirm(scored, await run(holdout.inputs), { holdout, chosenBy });
}

async function confirm(
  score: number,
  result: RunResult,
  { holdout, chosenBy }: { readonly holdout: Holdout; readonly chosenBy: RunResult },
): Promise<Evaluation> {
  // Words of the run and the score would tell of what is kept back.
  const keptBack = "on inputs that are kept back";
  if (result.status !== "ok")
    return failed(plainFailure("disqualified", `it ends with ${result.status} ${keptBack}`));
  const scored = await tryScore(() => holdout.score(result, chosenBy));
  if (typeof scored === "number") return { score, holdout: scored, failure: null };
  const reason = scored instanceof DisqualifiedError ? scored.message : `it has no score ${keptBack}`;
  return failed(plainFailure("disqualified", reason));
}

async function runOnce(
  code: string,
  {
    settings: { executor, returns, limits },
    inputs,
    signal,
  }: {
    readonly settings: LoopSettings;
    readonly inputs: Readonly<Record<string, Value>>;
    readonly signal: AbortSignal;
  },
): Promise<RunResult> {
  const result = await executor.run(code, { ...limits, inputs, returns, signal, fileName: "candidate.py" });
  signal.throwIfAborted();
  if (result.status === "killed" || result.status === "cancelled") throw new LostRun(result.message);
  return result;
}

async function tryScore(score: () => number | Promise<number>): Promise<number | Error> {
  try {
    const value = await score();
    return typeof value === "number" && Number.isFinite(value)
      ? value
      : new Error("its score is not a finite number");
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function failed(failure: Failure): Evaluation {
  return { score: null, holdout: null, failure };
}
