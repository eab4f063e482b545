import { parseRunLimits, runFolders } from "../../config/parse-run-limits.ts";
import { ConfigError } from "../../errors.ts";
import { jsonToValue } from "../../inputs/parse-json.ts";
import { type RunLimits, rejectUnknownKeys } from "../../policy/resolve-policy.ts";
import type { Value } from "../../values/types.ts";

/** A job as it is described, before its files are read. */
export interface JobSpec {
  /** One of its kind among all jobs, and the same in each later run of the batch. */
  readonly id: string;
  /** Where it is described, for messages. */
  readonly at: string;
  /** Its code, or the path of the file with it. */
  readonly source: { readonly code: string } | { readonly path: string };
  readonly inputs: Readonly<Record<string, Value>>;
  /** Inputs that are read from files, by name. */
  readonly inputPaths: Readonly<Record<string, string>>;
  /** Files below `/tmp/in`: their text, or the path of a file. */
  readonly files: Readonly<Record<string, string | { readonly path: string }>>;
  /** Null for those of the whole batch. */
  readonly returns: readonly string[] | null;
  readonly limits: RunLimits;
}

const keys = ["id", "code", "file", "inputs", "inputFiles", "files", "returns", ...runFolders];

const longestId = 1000;

/**
 * A job from an object as it stands in a line of a JSONL file.
 *
 * @param resolvePath makes a path of the file's one of ours. @throws ConfigError for one that leads elsewhere
 * @throws ConfigError in one line that begins with `at`, for whatever is not as it must be.
 */
export function parseJob(
  json: unknown,
  { at, defaultId, resolvePath }: { at: string; defaultId: string; resolvePath(path: string): string },
): JobSpec {
  const fail = (reason: string): ConfigError => new ConfigError(`${at}: ${reason}`);
  const inPlace = <T>(read: () => T): T => readInPlace(read, at);
  const job = toRecord(json) ?? raise(fail('a job must be an object such as {"code": "result = 1"}'));
  inPlace(() => rejectUnknownKeys(job, keys, "key"));
  const { id = defaultId, code, file, returns = null } = job;
  if (!isId(id)) throw fail(`id must be a text of 1 to ${longestId} letters without control characters`);
  if ((code === undefined) === (file === undefined)) throw fail("a job has either code or file");
  const texts = (name: string): Record<string, unknown> =>
    toRecord(job[name] ?? {}) ?? raise(fail(`${name} must be an object with names as its keys`));
  return {
    id,
    at,
    source: readSource(code ?? null, file, { fail, resolvePath: (path) => inPlace(() => resolvePath(path)) }),
    inputs: mapValues(texts("inputs"), (value, name) => inPlace(() => jsonToValue(value, name))),
    inputPaths: mapValues(texts("inputFiles"), (path, name) => {
      if (typeof path !== "string") throw fail(`inputFiles: "${name.slice(0, 60)}" must be a path`);
      return inPlace(() => resolvePath(path));
    }),
    files: mapValues(texts("files"), (content, name) => {
      if (typeof content === "string") return content;
      const path = toRecord(content)?.path;
      if (typeof path !== "string" || Object.keys(content as object).length > 1)
        throw fail(`files: "${name.slice(0, 60)}" must be a text, or {"path": "..."}`);
      return { path: inPlace(() => resolvePath(path)) };
    }),
    returns: returns === null ? null : readNames(returns, fail),
    limits: parseRunLimits(
      Object.fromEntries(runFolders.filter((name) => name in job).map((name) => [name, texts(name)])),
      at,
    ),
  };
}

function readSource(
  code: unknown,
  file: unknown,
  { fail, resolvePath }: { fail(reason: string): ConfigError; resolvePath(path: string): string },
): JobSpec["source"] {
  if (file !== undefined) {
    if (typeof file !== "string") throw fail("file must be a path");
    return { path: resolvePath(file) };
  }
  if (typeof code !== "string" || code.trim() === "") throw fail("code must be a text, and not empty");
  return { code };
}

function readNames(names: unknown, fail: (reason: string) => ConfigError): readonly string[] {
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names as string[];
  throw fail('returns must be a list of names such as ["signal"]');
}

function isId(id: unknown): id is string {
  return typeof id === "string" && id.length > 0 && id.length <= longestId && !/[\p{Cc}\p{Cs}]/u.test(id);
}

/** Messages of checks that do not know where the job stands get its place. */
export function readInPlace<T>(read: () => T, at: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError) || error.message.includes(at)) throw error;
    throw new ConfigError(`${at}: ${error.message}`, { cause: error });
  }
}

function mapValues<T>(
  record: Readonly<Record<string, unknown>>,
  change: (value: unknown, name: string) => T,
): Record<string, T> {
  // fromEntries defines its keys, so that one called __proto__ is a key like any other.
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

function toRecord(json: unknown): Record<string, unknown> | null {
  return typeof json === "object" && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : null;
}

function raise(error: ConfigError): never {
  throw error;
}
