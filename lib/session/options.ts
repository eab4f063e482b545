import { formatDuration } from "../config/units.ts";
import { ConfigError } from "../errors.ts";
import { containerLimits, type Policy } from "../policy/policy.ts";
import { type RunLimits, tightenPolicy } from "../policy/resolve-policy.ts";
import { checkModules } from "../pool/options.ts";
import { limitsOf, type RunOptions } from "../run/run-handle.ts";

/** Limits that belong to the container or to the interpreter, and so to the whole session. */
export type FixedLimit = (typeof containerLimits)[number] | "audit";

const fixedLimits: readonly FixedLimit[] = [...containerLimits, "audit"];

/**
 * Options of one cell: those of a run, without what is fixed for its session. `fileName` is `cell-1.py` and so on unless given, and `returns`
 * those of `signal` and `result` that the cell's own code names.
 */
export type CellOptions = Omit<RunOptions, FixedLimit>;

/** Options of a session: limits for all of its cells, which may only be stricter than those of its executor, and how long it lives. */
export interface SessionOptions extends RunLimits {
  /** Modules that are imported before the first cell, as far as the image has them. @default [] */
  readonly preload?: readonly string[];
  /** How long it may go without a cell before its container is removed, milliseconds. @default 600000 (ten minutes) */
  readonly maxIdleMs?: number;
  /**
   * What becomes of it then: `close` makes later cells fail with a SandboxError, `restart` runs them in a new container, told by `isFresh`.
   *
   * @default "close"
   */
  readonly afterIdle?: "close" | "restart";
  /** How long it may live, milliseconds; a cell that runs then is cancelled. @default 14400000 (four hours) */
  readonly maxAgeMs?: number;
  /** How many cells it may run. @default 10000 */
  readonly maxCells?: number;
  /** Gives up opening it; later it means nothing. */
  readonly signal?: AbortSignal;
}

/** How long a session lives, with nothing left open. */
export type SessionLife = Required<Omit<SessionOptions, keyof RunLimits | "signal">>;

const defaultLife: SessionLife = {
  preload: [],
  maxIdleMs: 600_000,
  afterIdle: "close",
  maxAgeMs: 4 * 3_600_000,
  maxCells: 10_000,
};

const longestTimerMs = 2 ** 31 - 1;
const mostCells = 1_000_000;

/**
 * The life and the policy of a session.
 *
 * @throws ConfigError for options that cannot be used, and for limits over those of the executor.
 */
export function resolveSession(
  { signal: _, preload, maxIdleMs, afterIdle, maxAgeMs, maxCells, ...limits }: SessionOptions,
  policy: Policy,
): { readonly life: SessionLife; readonly policy: Policy } {
  const given = Object.entries({ preload, maxIdleMs, afterIdle, maxAgeMs, maxCells }).filter(
    ([, value]) => value !== undefined,
  );
  const life = { ...defaultLife, ...(Object.fromEntries(given) as Partial<SessionLife>) };
  checkDuration("maxIdleMs", life.maxIdleMs);
  checkDuration("maxAgeMs", life.maxAgeMs);
  if (!Number.isInteger(life.maxCells) || life.maxCells < 1 || life.maxCells > mostCells)
    throw new ConfigError(`session: maxCells must be a whole number from 1 to ${mostCells}`);
  if (!["close", "restart"].includes(life.afterIdle))
    throw new ConfigError('session: afterIdle must be "close" or "restart"');
  checkModules(life.preload, "session");
  return { life, policy: tightenPolicy(policy, limits) };
}

/**
 * The policy of one cell: its own limits where they are stricter than its session's.
 *
 * @throws ConfigError for a limit that is fixed for the session, and for one that is over the session's.
 */
export function tightenCell(policy: Policy, options: CellOptions): Policy {
  const limits = limitsOf(options);
  for (const name of fixedLimits) {
    if (limits[name] !== undefined && limits[name] !== policy[name])
      throw new ConfigError(
        `${name} holds for the whole session and not for one cell; give it to executor.session()`,
      );
  }
  return tightenPolicy(policy, limits);
}

function checkDuration(name: string, value: unknown): void {
  if (typeof value !== "number" || !(value >= 1 && value <= longestTimerMs))
    throw new ConfigError(`session: ${name} must be from 1 ms to ${formatDuration(longestTimerMs)}`);
}
