import { ConfigError } from "../errors.ts";
import type { RunLimits } from "../policy/resolve-policy.ts";
import { findSettingFault } from "./check-setting.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Field, fields, groupOf } from "./fields.ts";
import { formOf, parseValue } from "./parse-value.ts";

/** Folders of a configuration some of whose keys a single run may set. */
export const runFolders: readonly string[] = ["limits", "output", "containment", "validator"];

/**
 * What a single run may set, from keys that are named, nested and written as in a configuration file.
 *
 * @param at where this stands, for messages.
 * @throws ConfigError that begins with `at`, for unknown keys and for values of the wrong form or out of range.
 * @example
 * parseRunLimits({ limits: { timeout: "5s", memory: "256MiB" } }, "jobs.jsonl:3");
 */
export function parseRunLimits(given: Readonly<Record<string, unknown>>, at: string): RunLimits {
  const known = fields.filter(isOfRun);
  const entries = flatten(given, "").map(([path, raw]): [string, unknown] => {
    const field = known.find((candidate) => candidate.path === path);
    if (field === undefined) throw new ConfigError(`${at}: ${complain(path, known)}`);
    return [field.key, readValue(field, raw, at)];
  });
  return Object.fromEntries(entries);
}

/** Who the code runs as, and by which runtime, is its executor's business. */
function isOfRun(field: Field): boolean {
  return groupOf(field) === "policy" && field.key !== "user" && field.key !== "runtime";
}

function flatten(group: object, prefix: string): (readonly [string, unknown])[] {
  return Object.entries(group).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    return isGroup ? flatten(value, `${path}.`) : [[path, value] as const];
  });
}

function complain(path: string, known: readonly Field[]): string {
  const paths = known.map((field) => field.path);
  const meant = didYouMean(path, paths);
  const hint = meant === null ? `known ones: ${paths.join(", ")}` : `did you mean "${meant}"?`;
  return `"${path.slice(0, 80)}" is nothing that a single job may set; ${hint}`;
}

function readValue(field: Field, raw: unknown, at: string): unknown {
  const parsed = parseValue(field, raw);
  if (parsed === null) throw new ConfigError(`${at}: ${field.path} must be ${formOf(field)}`);
  const fault = findSettingFault(field, parsed.value, { hideValue: false });
  if (fault !== null) throw new ConfigError(`${at}: ${field.path}: ${fault}`);
  return parsed.value;
}
