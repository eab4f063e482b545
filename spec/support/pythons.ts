import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** An interpreter that the supervisor must run on. */
export interface Python {
  readonly path: string;
  /** For example `3.11.2`. */
  readonly version: string;
  /** The second number of the version. */
  readonly minor: number;
}

const oldestMinor = 8;
const newestMinor = 13;

/**
 * The interpreters from 3.8 to 3.13 that this machine has, one for each version, oldest first: those that the environment
 * variable `BRIGBOX_PYTHONS` lists, separated by colons, those named `python3.8` to `python3.13` on the PATH, and `python3`.
 *
 * Where there is none the specs over them are left out, and that is said; with live specs required it is an error.
 */
export function findPythons(env: NodeJS.ProcessEnv = process.env): readonly Python[] {
  const listed = (env.BRIGBOX_PYTHONS ?? "").split(delimiter).filter((path) => path !== "");
  const names = ["python3"];
  for (let minor = oldestMinor; minor <= newestMinor; minor++) names.push(`python3.${minor}`);
  const folders = (env.PATH ?? "").split(delimiter);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)).filter(existsSync));
  const byMinor = new Map<number, Python>();
  for (const path of [...listed, ...onPath]) {
    const python = askVersion(path);
    if (python !== null && !byMinor.has(python.minor)) byMinor.set(python.minor, python);
  }
  if (byMinor.size === 0) reportNone(env);
  return [...byMinor.values()].sort((one, other) => one.minor - other.minor);
}

function reportNone(env: NodeJS.ProcessEnv): void {
  const reason = "no Python from 3.8 to 3.13 on the PATH or in BRIGBOX_PYTHONS";
  if (env.BRIGBOX_LIVE === "require" || process.argv.includes("--live=require")) throw new Error(reason);
  console.error(`specs of the supervisor left out: ${reason}`);
}

/** Null for what is no Python of these versions, such as a version manager's stand-in for one that is not installed. */
function askVersion(path: string): Python | null {
  const program = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
  const { status, stdout } = spawnSync(path, ["-I", "-c", program], { encoding: "utf8" });
  const version = stdout?.trim() ?? "";
  const minor = Number(/^3\.(\d+)\./.exec(version)?.[1]);
  return status === 0 && minor >= oldestMinor && minor <= newestMinor ? { path, version, minor } : null;
}
