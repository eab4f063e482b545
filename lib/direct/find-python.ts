import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { ConfigError, SandboxError } from "../errors.ts";
import { directEnvironment } from "./environment.ts";
import { describeUser, type HostUser } from "./host-user.ts";

/** How an interpreter is looked for. */
export interface PythonSearch {
  /** A path or a name; `python3` unless given. */
  readonly python?: string | undefined;
  /** Who must be able to run it. */
  readonly user: HostUser | null;
  /** Folders to look into. @default process.env.PATH */
  readonly path?: string;
  /** What is the cause of an error where none is found. */
  readonly cause?: unknown;
}

const oldestMinor = 8;
const answerTimeoutMs = 20_000;
const question = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable or '')";
const run = promisify(execFile);

/**
 * The path of the first interpreter that answers and is new enough, as itself tells it: behind a version manager's stand-in is another one.
 *
 * @throws ConfigError where the one that was asked for does not, SandboxError where there is none.
 */
export async function findPython(search: PythonSearch): Promise<string> {
  const { python = "python3", user, path = process.env.PATH ?? "", cause } = search;
  const candidates = python.includes("/") ? [resolve(python)] : onPath(python, path);
  for (const candidate of candidates) {
    const found = await ask(candidate, user);
    if (found !== null) return found;
  }
  const tried = candidates.length === 0 ? "there is none on the PATH" : `not ${candidates.join(", not ")}`;
  const message = `direct execution needs a Python from 3.${oldestMinor} on that can be run ${describeUser(user)}: ${tried}`;
  throw search.python === undefined
    ? new SandboxError(`${message}; install one, or name it with the option "python"`, { cause })
    : new ConfigError(`python: ${message}`, { cause });
}

function onPath(name: string, path: string): readonly string[] {
  const folders = path.split(delimiter).filter((folder) => folder.startsWith("/"));
  return [...new Set(folders.map((folder) => join(folder, name)))].filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Null for what is no Python that this user can run, or too old a one. */
async function ask(candidate: string, user: HostUser | null): Promise<string | null> {
  try {
    const { stdout } = await run(candidate, ["-I", "-B", "-c", question], {
      ...user,
      cwd: "/",
      env: { ...directEnvironment("/", "") },
      timeout: answerTimeoutMs,
    });
    const [, major, minor, executable = ""] = /^(\d+) (\d+) ?(.*)$/m.exec(stdout) ?? [];
    if (Number(major) !== 3 || Number(minor) < oldestMinor) return null;
    return executable.startsWith("/") ? executable : candidate;
  } catch {
    return null;
  }
}
