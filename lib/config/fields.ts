import type { Policy } from "../policy/policy.ts";
import type { PoolOptions } from "../pool/options.ts";
import type { AdmissionOptions } from "../run/admission.ts";

/** How a value of a configuration is written. */
export type FieldKind = "size" | "duration" | "count" | "number" | "text" | "names";

/** One key of a configuration. */
export interface Field {
  /** Where it stands in a file, for example `limits.memory`. */
  readonly path: string;
  /** What it sets: a key of the policy, of the pool, of the admission, or an option of the executor. */
  readonly key:
    | keyof Policy
    | keyof PoolOptions
    | keyof AdmissionOptions
    | "image"
    | "endpoint"
    | "verify"
    | "fallback";
  readonly kind: FieldKind;
  /** True where `null`, or nothing after the colon, means that there is none. */
  readonly isNullable: boolean;
}

const field = (path: string, key: Field["key"], kind: FieldKind): Field => ({
  path,
  key,
  kind,
  isNullable: false,
});
const optional = (path: string, key: Field["key"], kind: FieldKind): Field => ({
  path,
  key,
  kind,
  isNullable: true,
});

/** Every key that a configuration can have, in the order in which it is printed. */
export const fields: readonly Field[] = [
  optional("endpoint", "endpoint", "text"),
  field("image", "image", "text"),
  field("verify", "verify", "text"),
  field("fallback", "fallback", "text"),
  field("limits.memory", "memoryBytes", "size"),
  field("limits.cpus", "cpus", "number"),
  field("limits.processes", "maxProcesses", "count"),
  field("limits.timeout", "timeoutMs", "duration"),
  optional("limits.cpuTime", "cpuTimeMs", "duration"),
  field("limits.grace", "graceMs", "duration"),
  field("limits.tmp", "tmpBytes", "size"),
  field("limits.tmpInodes", "tmpInodes", "count"),
  field("limits.sharedMemory", "shmBytes", "size"),
  field("limits.openFiles", "openFiles", "count"),
  field("output.stdout", "stdoutBytes", "size"),
  field("output.stderr", "stderrBytes", "size"),
  field("output.values", "resultBytes", "size"),
  field("output.artifacts.count", "artifactCount", "count"),
  field("output.artifacts.file", "artifactFileBytes", "size"),
  field("output.artifacts.total", "artifactBytes", "size"),
  field("output.artifacts.depth", "artifactDepth", "count"),
  field("containment.user", "user", "text"),
  optional("containment.runtime", "runtime", "text"),
  field("containment.seccomp", "seccomp", "text"),
  field("containment.audit", "audit", "text"),
  field("containment.directExecution", "directExecution", "text"),
  field("validator.mode", "validator", "text"),
  field("validator.imports", "imports", "names"),
  field("pool.size", "size", "count"),
  field("pool.preload", "preload", "names"),
  field("pool.maxAge", "maxAgeMs", "duration"),
  optional("pool.maxIdle", "maxIdleMs", "duration"),
  field("pool.refillConcurrency", "refillConcurrency", "count"),
  optional("admission.maxConcurrent", "maxConcurrent", "count"),
  optional("admission.maxQueued", "maxQueued", "count"),
  field("admission.memoryShare", "memoryShare", "number"),
  field("admission.cpuShare", "cpuShare", "number"),
];

/** What a key belongs to: a folder of the file, or the policy, whose keys lie in several. */
export type FieldGroup = "executor" | "policy" | "pool" | "admission";

/** The group of a key. */
export function groupOf({ path }: Field): FieldGroup {
  if (!path.includes(".")) return "executor";
  if (path.startsWith("pool.")) return "pool";
  return path.startsWith("admission.") ? "admission" : "policy";
}

/** The environment variable of a key: `limits.cpuTime` is `BRIGBOX_LIMITS_CPU_TIME`. */
export function variableOf({ path }: Field): string {
  const words = path.replace(/[A-Z]/g, (letter) => `_${letter}`).replaceAll(".", "_");
  return `BRIGBOX_${words.toUpperCase()}`;
}
