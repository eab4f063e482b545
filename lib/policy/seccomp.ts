import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../errors.ts";
import { packageFile } from "../package-file.ts";

/** The profile for Python as the Engine takes it: JSON text without comments and spaces. */
export function readPythonSeccomp(): string {
  return loadSeccompProfile(packageFile("profiles/seccomp/python.json"));
}

/** Far above any profile: all system calls that there are, with a rule each, take less than this. */
const maxProfileBytes = 1024 * 1024;

/**
 * Reads a profile in Docker's format for `SecurityOpt: ["seccomp=..."]`, which takes the text and not a path.
 *
 * @throws ConfigError, one line, for a file that cannot be read, is over 1 MiB, or is refused by {@link minifySeccomp}.
 * @example
 * loadSeccompProfile("./profile.json"); // '{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[...]}'
 */
export function loadSeccompProfile(path: string | URL): string {
  const name = path instanceof URL ? fileURLToPath(path) : path;
  return minifySeccomp(readProfile(path, name), name);
}

function readProfile(path: string | URL, name: string): string {
  try {
    if (statSync(path).size <= maxProfileBytes) return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new ConfigError(`${name}: the seccomp profile cannot be read (${code})`, { cause: error });
  }
  throw new ConfigError(`${name}: a seccomp profile is at most ${maxProfileBytes} bytes long`);
}

/** What may be done with a call that the profile does not name. Anything else would let some of them through. */
const refusals: readonly unknown[] = [
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_KILL",
  "SCMP_ACT_KILL_THREAD",
  "SCMP_ACT_KILL_PROCESS",
  "SCMP_ACT_TRAP",
];

/**
 * A profile in Docker's format, made as short as it can be, since it goes along with every container.
 *
 * @param name what an error calls the profile.
 * @throws ConfigError for what is no profile, or one that does not refuse what it does not name.
 */
export function minifySeccomp(text: string, name: string): string {
  const profile = parse(text, name);
  const { defaultAction, syscalls } = profile;
  if (defaultAction === undefined)
    throw new ConfigError(
      `${name}: the seccomp profile has no defaultAction; "SCMP_ACT_ERRNO" is a safe one`,
    );
  if (!refusals.includes(defaultAction))
    throw new ConfigError(
      `${name}: defaultAction must refuse the system calls that are not named, as "SCMP_ACT_ERRNO" does`,
    );
  if (!Array.isArray(syscalls)) throw new ConfigError(`${name}: the seccomp profile has no list "syscalls"`);
  for (const [index, group] of syscalls.entries()) checkGroup(group, `${name}: syscalls[${index}]`);
  return JSON.stringify(profile, (key, value: unknown) => (key === "comment" ? undefined : value));
}

function parse(text: string, name: string): { readonly [key: string]: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigError(`${name}: the seccomp profile is not JSON`);
  }
  if (!isRecord(value)) throw new ConfigError(`${name}: the seccomp profile is no JSON object`);
  return value;
}

/** The Engine passes over what it does not know in silence, so a group with a misspelt key would mean nothing. */
function checkGroup(group: unknown, place: string): void {
  if (!isRecord(group)) throw new ConfigError(`${place} is no JSON object`);
  const { name, names = [name], action } = group;
  if (!Array.isArray(names) || names.length === 0 || !names.every((one) => typeof one === "string"))
    throw new ConfigError(`${place} needs "names", a list of system calls`);
  if (typeof action !== "string" || !action.startsWith("SCMP_ACT_"))
    throw new ConfigError(`${place} needs an "action", such as "SCMP_ACT_ALLOW"`);
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
