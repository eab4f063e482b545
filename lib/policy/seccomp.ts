import { readFileSync } from "node:fs";
import { ConfigError } from "../errors.ts";

/** The profile of Python as the Engine takes it: JSON text without comments and spaces. */
export function readPythonSeccomp(): string {
  return minifySeccomp(
    readFileSync(new URL("../../profiles/seccomp/python.json", import.meta.url), "utf8"),
    "profiles/seccomp/python.json",
  );
}

/**
 * A profile in Docker's format, made as short as it can be, since it goes along with every container.
 *
 * @throws ConfigError for what is no profile, or one that allows what it does not name.
 */
export function minifySeccomp(text: string, name: string): string {
  const profile = parse(text, name);
  if (profile.defaultAction === undefined || !Array.isArray(profile.syscalls))
    throw new ConfigError(`${name}: a seccomp profile has a defaultAction and a list of syscalls`);
  if (profile.defaultAction === "SCMP_ACT_ALLOW" || profile.defaultAction === "SCMP_ACT_LOG")
    throw new ConfigError(`${name}: the profile allows every system call that it does not name`);
  return JSON.stringify(profile, (key, value: unknown) => (key === "comment" ? undefined : value));
}

function parse(
  text: string,
  name: string,
): { readonly defaultAction?: unknown; readonly syscalls?: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigError(`${name}: the seccomp profile is not JSON`);
  }
  if (typeof value !== "object" || value === null)
    throw new ConfigError(`${name}: the seccomp profile is no JSON object`);
  return value;
}
