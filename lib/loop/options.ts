import { ConfigError } from "../errors.ts";
import { type RunLimits, rejectUnknownKeys } from "../policy/resolve-policy.ts";
import type { RunOptions } from "../run/run-handle.ts";
import type { Value } from "../values/types.ts";
import type { RunResult } from "../verdict.ts";
import type { Propose, Proposer } from "./proposer.ts";

/** All that a loop asks of an executor: `createExecutor` gives one, and whatever else runs code in the same terms will do. */
export interface LoopExecutor {
  run(code: string, options?: RunOptions): Promise<RunResult>;
}

/**
 * How good a candidate is by a run that ended `ok`: more is better. Whatever it throws, and what is no finite number, makes the candidate
 * `unscored`; the error's message is told to the proposer. The values are a stranger's: what the code says of itself it may have made up.
 */
export type Score = (result: RunResult) => number | Promise<number>;

/** Inputs that candidates are not chosen by. */
export interface Holdout {
  readonly inputs: Readonly<Record<string, Value>>;
  /**
   * @param chosenBy the same candidate's run on the inputs that it was chosen by.
   * @throws DisqualifiedError for a candidate that must not win; its message is told to the proposer, any other error's is not.
   */
  score(result: RunResult, chosenBy: RunResult): number | Promise<number>;
  /** Which candidates are tried on them: all, or those that would be the best. @default "best" */
  readonly of?: "best" | "all";
}

/** A candidate that must not win, whatever its score: it looks ahead, for example. The message is told to the proposer. */
export class DisqualifiedError extends Error {
  override readonly name = "DisqualifiedError";
}

/** When a loop is over. Both count across all processes that worked on its journal. */
export interface LoopBudget {
  /** Different candidates, those that fail among them. */
  readonly candidates: number;
  /** Time after which nothing new is begun, milliseconds; Infinity for none. @default Infinity */
  readonly timeMs?: number;
}

/** Options of `createLoop`. */
export interface LoopOptions {
  /** An async function, or a proposer that also observes outcomes. */
  readonly propose: Propose | Proposer;
  readonly executor: LoopExecutor;
  readonly score: Score;
  readonly budget: LoopBudget;
  /** Values that become globals of the code. @default {} */
  readonly inputs?: Readonly<Record<string, Value>>;
  readonly holdout?: Holdout | null;
  /** Names of the globals that come back. @default ["signal", "result"] */
  readonly returns?: readonly string[];
  /** Limits of each run, tighter than the executor's. @default {} */
  readonly limits?: RunLimits;
  /** The file that a later process resumes from; null for none. @default null */
  readonly journal?: string | null;
  /** Any text that stands for what results depend on besides inputs, returns and limits: the score, the proposer, its seed. @default "" */
  readonly identity?: string;
  /** Candidates at a time. @default 2 */
  readonly concurrency?: number;
  /** How many of the best are kept, and told to the proposer. @default 5 */
  readonly champions?: number;
  /** How many of the last that failed are kept, and told to the proposer. @default 10 */
  readonly failures?: number;
  /** How often code may take the sandbox down before it is a dead letter. @default 3 */
  readonly maxAttempts?: number;
  /** How often this process may go down, as by SIGKILL, while a candidate runs before that is a dead letter: not every time it is to blame. @default 20 */
  readonly maxCrashes?: number;
  /** How often in a row the sandbox may not be ready, or the proposer fail, before the loop gives up. @default 5 */
  readonly maxTroubles?: number;
  /** How often in a row the proposer may repeat itself before the loop ends. @default 100 */
  readonly maxRepeats?: number;
  /** Longer code is not taken from the proposer, bytes. @default 262144 (256 KiB) */
  readonly maxCodeBytes?: number;
  /** The wait after a first trouble, which doubles with each further one, milliseconds. @default 1000 */
  readonly retryDelayMs?: number;
  /** Ends the loop; runs under way are cancelled, and run again by whoever resumes. */
  readonly signal?: AbortSignal;
}

/** With nothing left open but the signal. */
export interface LoopSettings extends Required<Omit<LoopOptions, "propose" | "signal" | "budget">> {
  readonly proposer: Proposer;
  readonly budget: Required<LoopBudget>;
  readonly signal: AbortSignal | undefined;
}

const defaults: Omit<LoopSettings, "proposer" | "executor" | "score" | "budget" | "signal"> = {
  inputs: {},
  holdout: null,
  returns: ["signal", "result"],
  limits: {},
  journal: null,
  identity: "",
  concurrency: 2,
  champions: 5,
  failures: 10,
  maxAttempts: 3,
  maxCrashes: 20,
  maxTroubles: 5,
  maxRepeats: 100,
  maxCodeBytes: 256 * 1024,
  retryDelayMs: 1000,
};

const most: Readonly<Record<string, number>> = {
  concurrency: 1000,
  champions: 1000,
  failures: 1000,
  maxAttempts: 1000,
  maxCrashes: 1000,
  maxTroubles: 1000,
  maxRepeats: 1_000_000,
  maxCodeBytes: 4 * 1024 ** 2,
};

/** @throws ConfigError for options that cannot be used. */
export function resolveLoopOptions(options: LoopOptions): LoopSettings {
  rejectUnknownKeys(
    options,
    ["propose", "executor", "score", "budget", "signal", ...Object.keys(defaults)],
    "loop option",
  );
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const { propose, ...rest } = Object.fromEntries(given) as unknown as LoopOptions;
  const settings = {
    ...defaults,
    ...rest,
    signal: options.signal,
    proposer: typeof propose === "function" ? { propose } : propose,
    budget: resolveBudget(options.budget),
  };
  for (const [name, limit] of Object.entries(most))
    checkCount(name, settings[name as keyof typeof settings], limit);
  if (typeof settings.proposer?.propose !== "function")
    throw new ConfigError("loop: propose must be a function");
  if (typeof settings.score !== "function") throw new ConfigError("loop: score must be a function");
  return settings;
}

function resolveBudget(budget: LoopBudget): Required<LoopBudget> {
  rejectUnknownKeys(budget, ["candidates", "timeMs"], "budget");
  const { candidates, timeMs = Number.POSITIVE_INFINITY } = budget;
  checkCount("budget.candidates", candidates, 1e9);
  if (typeof timeMs !== "number" || !(timeMs > 0))
    throw new ConfigError("loop: budget.timeMs must be more than 0");
  return { candidates, timeMs };
}

function checkCount(name: string, value: unknown, limit: number): void {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > limit)
    throw new ConfigError(`loop: ${name} must be a whole number from 1 to ${limit}`);
}
