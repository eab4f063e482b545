import { didYouMean } from "../config/did-you-mean.ts";
import { formatDuration, formatSize } from "../config/units.ts";
import { ConfigError } from "../errors.ts";
import {
  defaultPolicy,
  type LimitRange,
  limitRanges,
  type ModeName,
  modes,
  type NumericLimit,
  type Policy,
} from "./policy.ts";

/** The part of a policy that a single run may set, and only make stricter. */
export type RunLimits = Partial<Pick<Policy, NumericLimit | ModeName | "imports">>;

const limitNames = Object.keys(limitRanges) as readonly NumericLimit[];
const modeNames = Object.keys(modes) as readonly ModeName[];
const runKeys: readonly string[] = [...limitNames, ...modeNames, "imports"];

/**
 * A complete policy from some of its keys.
 *
 * @param base what the other keys are; the file systems in memory shrink where the memory does.
 * @throws ConfigError for an unknown key (with the one that was probably meant) and for a value out of range.
 * @example
 * resolvePolicy({ memoryBytes: 512 * 1024 ** 2 }).timeoutMs; // 600000
 */
export function resolvePolicy(partial: Partial<Policy> = {}, base: Policy = defaultPolicy): Policy {
  rejectUnknownKeys(partial, Object.keys(defaultPolicy), "policy");
  const policy = fitFileSystems({ ...base, ...withoutUndefined(partial) }, partial);
  for (const key of Object.keys(policy) as (keyof Policy)[]) checkValue(key, policy[key]);
  checkMemoryShares(policy);
  return policy;
}

/**
 * The policy of one run: its own limits where they are stricter.
 *
 * @throws ConfigError where a run asks for more than its executor's policy allows.
 */
export function tightenPolicy(policy: Policy, asked: RunLimits): Policy {
  rejectUnknownKeys(asked, runKeys, "run option");
  const limits = withoutUndefined(asked);
  for (const name of limitNames) if (Object.hasOwn(limits, name)) checkLowered(name, policy, limits[name]);
  for (const name of modeNames) if (Object.hasOwn(limits, name)) checkStricter(name, policy, limits[name]);
  if (limits.imports !== undefined) checkFewerImports(policy, limits.imports);
  const tightened = fitFileSystems({ ...policy, ...limits }, limits);
  checkMemoryShares(tightened);
  return tightened;
}

function checkLowered(name: NumericLimit, policy: Policy, value: number | null | undefined): void {
  const limit = policy[name];
  checkLimit(name, value);
  if (limit !== null && (value === null || value === undefined || value > limit)) {
    throw new ConfigError(
      `${name}: a run may only lower its executor's limit of ${describe(limit, limitRanges[name])}; raise it in createExecutor({ policy })`,
    );
  }
}

function checkStricter(name: ModeName, policy: Policy, value: unknown): void {
  checkMode(name, value);
  const order: readonly unknown[] = modes[name];
  if (order.indexOf(value) < order.indexOf(policy[name])) {
    throw new ConfigError(
      `${name}: a run may only be stricter than its executor's "${policy[name]}"; change it in createExecutor({ policy })`,
    );
  }
}

function checkFewerImports(policy: Policy, imports: readonly string[]): void {
  checkImports(imports);
  const extra = imports.find((name) => !policy.imports.includes(name));
  if (extra === undefined) return;
  throw new ConfigError(
    `imports: a run may only allow fewer modules than its executor, and "${extra}" is not among its; add it in createExecutor({ policy })`,
  );
}

/**
 * What is wrong with one value of a policy, by itself; null where nothing is.
 *
 * @param options.hideValue for values that may be secrets: the complaint then says only what is allowed.
 */
export function findFault(
  key: keyof Policy,
  value: unknown,
  options: { readonly hideValue: boolean },
): string | null {
  try {
    checkValue(key, value);
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return options.hideValue ? allowedValues(key) : error.message.replace(new RegExp(`^${key}:? `), "");
  }
}

function checkValue(key: keyof Policy, value: unknown): void {
  if (key === "user") checkUser(value);
  else if (key === "runtime") checkRuntime(value);
  else if (key === "imports") checkImports(value);
  else if (key in modes) checkMode(key as ModeName, value);
  else checkLimit(key as NumericLimit, value);
}

function allowedValues(key: keyof Policy): string {
  if (key in limitRanges) {
    const range = limitRanges[key as NumericLimit];
    return `must be from ${describe(range.least, range)} to ${describe(range.most, range)}`;
  }
  return key in modes ? `must be ${modes[key as ModeName].join(", ")}` : "cannot be this";
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

function checkMode(name: ModeName, value: unknown): void {
  const words: readonly string[] = modes[name];
  if (typeof value === "string" && words.includes(value)) return;
  const meant = typeof value === "string" ? didYouMean(value, words) : null;
  const hint = meant === null ? "" : `; did you mean "${meant}"?`;
  throw new ConfigError(`${name} must be one of ${words.map((word) => `"${word}"`).join(", ")}${hint}`);
}

/** More than anyone lists by hand. */
const mostImports = 1000;

function checkImports(imports: unknown): void {
  if (!Array.isArray(imports) || imports.length > mostImports)
    throw new ConfigError(`imports must be a list of at most ${mostImports} names of modules`);
  for (const name of imports as unknown[]) {
    if (typeof name !== "string" || !/^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/.test(name))
      throw new ConfigError(
        `imports: "${String(name).slice(0, 60)}" is not the name of a module, such as "scipy" or "scipy.stats"`,
      );
  }
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
  if (asked.memoryBytes === undefined) return policy;
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
