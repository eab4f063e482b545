import { formatDuration } from "../config/units.ts";
import { ConfigError } from "../errors.ts";
import { rejectUnknownKeys } from "../policy/resolve-policy.ts";

/** Containers that are started ahead of their jobs, each for one job. */
export interface PoolOptions {
  /** How many wait at a time, up to 1000; 0 for no pool. An idle one takes as much memory as Python with the preloaded modules, some 60 MiB with pandas. */
  readonly size: number;
  /** Modules that are imported before the job comes, as far as the image has them. @default [] */
  readonly preload?: readonly string[];
  /** How long one may wait before it is replaced, milliseconds. @default 1800000 (half an hour) */
  readonly maxAgeMs?: number;
  /**
   * How long after the last run all are let go, until the next one comes, milliseconds; Infinity keeps them.
   *
   * @default 600000 (ten minutes)
   */
  readonly maxIdleMs?: number;
  /** How many are started at a time; more fill the pool sooner and take more from the runs. @default 1 */
  readonly refillConcurrency?: number;
}

/** With nothing left open. */
export type ResolvedPoolOptions = Required<PoolOptions>;

const defaults: Omit<ResolvedPoolOptions, "size"> = {
  preload: [],
  maxAgeMs: 1_800_000,
  maxIdleMs: 600_000,
  refillConcurrency: 1,
};

const mostContainers = 1000;
const longestTimerMs = 2 ** 31 - 1;

/** @throws ConfigError for options that cannot be used. */
export function resolvePoolOptions(options: PoolOptions): ResolvedPoolOptions {
  rejectUnknownKeys(options, ["size", ...Object.keys(defaults)], "pool option");
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const resolved = { ...defaults, ...(Object.fromEntries(given) as PoolOptions) };
  checkCount("size", resolved.size, 0);
  checkCount("refillConcurrency", resolved.refillConcurrency, 1);
  checkDuration("maxAgeMs", resolved.maxAgeMs, 1000);
  if (resolved.maxIdleMs !== Number.POSITIVE_INFINITY) checkDuration("maxIdleMs", resolved.maxIdleMs, 0);
  checkModules(resolved.preload, "pool");
  return resolved;
}

function checkCount(name: string, value: unknown, least: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > mostContainers)
    throw new ConfigError(`pool: ${name} must be a whole number from ${least} to ${mostContainers}`);
}

function checkDuration(name: string, value: unknown, leastMs: number): void {
  if (typeof value !== "number" || !(value >= leastMs && value <= longestTimerMs))
    throw new ConfigError(
      `pool: ${name} must be from ${formatDuration(leastMs)} to ${formatDuration(longestTimerMs)}`,
    );
}

/**
 * Whether this is a list of names of modules.
 *
 * @param what the options that it is part of, for the complaint.
 * @throws ConfigError where it is not.
 */
export function checkModules(preload: unknown, what: string): void {
  if (!Array.isArray(preload)) throw new ConfigError(`${what}: preload must be a list of names of modules`);
  for (const name of preload as unknown[])
    if (typeof name !== "string" || !/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name))
      throw new ConfigError(
        `${what}: preload: "${String(name).slice(0, 60)}" is not the name of a module, such as "pandas"`,
      );
}
