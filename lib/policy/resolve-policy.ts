import { didYouMean } from "../config/did-you-mean.ts";
import { formatDuration, formatSize } from "../config/units.ts";
import { ConfigError } from "../errors.ts";
import { defaultPolicy, type LimitRange, limitRanges, type NumericLimit, type Policy } from "./policy.ts";

/** The part of a policy that a single run may set, and only lower. */
export type RunLimits = Partial<Pick<Policy, NumericLimit>>;

/** Limits that a run may lower although its container is made already; all of them are enforced per job. */
const runLimitNames: readonly NumericLimit[] = Object.keys(limitRanges) as NumericLimit[];

/**
 * A complete policy from some of its keys.
 *
 * @throws ConfigError for an unknown key (with the one that was probably meant) and for a value out of range.
 * @example
 * resolvePolicy({ memoryBytes: 512 * 1024 ** 2 }).timeoutMs; // 600000
 */
export function resolvePolicy(partial: Partial<Policy> = {}): Policy {
  rejectUnknownKeys(partial, Object.keys(defaultPolicy), "policy");
  const policy = fitFileSystems({ ...defaultPolicy, ...withoutUndefined(partial) }, partial);
  for (const name of runLimitNames) checkLimit(name, policy[name]);
  checkUser(policy.user);
  checkRuntime(policy.runtime);
  checkMemoryShares(policy);
  return policy;
}

/**
 * The policy of one run: its own limits where they are lower.
 *
 * @throws ConfigError where a run asks for more than its executor's policy allows.
 */
export function tightenPolicy(policy: Policy, limits: RunLimits): Policy {
  rejectUnknownKeys(limits, runLimitNames, "run option");
  for (const [key, value] of Object.entries(withoutUndefined(limits))) {
    const name = key as NumericLimit;
    const limit = policy[name];
    checkLimit(name, value);
    if (limit !== null && (value === null || value > limit)) {
      throw new ConfigError(
        `${name}: a run may only lower its executor's limit of ${describe(limit, limitRanges[name])}; raise it in createExecutor({ policy })`,
      );
    }
  }
  const tightened = fitFileSystems({ ...policy, ...withoutUndefined(limits) }, limits);
  checkMemoryShares(tightened);
  return tightened;
}

/** @throws ConfigError for a key that is not among `known`. */
export function rejectUnknownKeys(given: object, known: readonly string[], what: string): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const meant = didYouMean(key, known);
    const hint = meant === null ? `known ones: ${known.join(", ")}` : `did you mean "${meant}"?`;
    throw new ConfigError(`unknown ${what} "${key.slice(0, 60)}"; ${hint}`);
  }
}

function checkLimit(name: NumericLimit, value: unknown): void {
  const range = limitRanges[name];
  if (value === null && name === "cpuTimeMs") return;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new ConfigError(`${name} must be a number`);
  if (range.unit !== "cpus" && !Number.isInteger(value))
    throw new ConfigError(`${name} must be a whole number`);
  if (value < range.least)
    throw new ConfigError(
      `${name}: ${describe(value, range)} is too little; the least is ${describe(range.least, range)}`,
    );
  if (value > range.most)
    throw new ConfigError(
      `${name}: ${describe(value, range)} is too much; the most is ${describe(range.most, range)}`,
    );
}

function describe(value: number, { unit }: LimitRange): string {
  if (unit === "bytes") return formatSize(value);
  return unit === "ms" ? formatDuration(value) : String(value);
}

function checkUser(user: unknown): void {
  if (typeof user !== "string" || !/^[1-9]\d{0,9}:[1-9]\d{0,9}$/.test(user)) {
    throw new ConfigError(
      `user must be "uid:gid" with numbers above 0, for example "65534:65534"; root is never allowed`,
    );
  }
}

function checkRuntime(runtime: unknown): void {
  if (
    runtime !== null &&
    (typeof runtime !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(runtime))
  ) {
    throw new ConfigError(`runtime must be the name of an OCI runtime, for example "runsc", or null`);
  }
}

/** Where only the memory was lowered, /tmp and /dev/shm shrink with it, so that one flag suffices. */
function fitFileSystems(policy: Policy, asked: Partial<Policy>): Policy {
  const { memoryBytes, tmpBytes, shmBytes } = policy;
  return {
    ...policy,
    tmpBytes: asked.tmpBytes === undefined ? Math.min(tmpBytes, Math.floor(memoryBytes / 4)) : tmpBytes,
    shmBytes: asked.shmBytes === undefined ? Math.min(shmBytes, Math.floor(memoryBytes / 8)) : shmBytes,
  };
}

/** Both file systems live in the container's memory: were they as large, filling them would end in the memory killer. */
function checkMemoryShares({ memoryBytes, tmpBytes, shmBytes }: Policy): void {
  if (tmpBytes + shmBytes > memoryBytes * 0.75) {
    throw new ConfigError(
      `tmpBytes and shmBytes together (${formatSize(tmpBytes + shmBytes)}) must stay below three quarters of memoryBytes (${formatSize(memoryBytes)})`,
    );
  }
}

function withoutUndefined<T extends object>(partial: T): T {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined)) as T;
}
