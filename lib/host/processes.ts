import { accessSync, constants, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The full path of a program, or null; the folders for system programs are looked into though PATH may lack them. */
export function findProgram(name: string, path: string = process.env.PATH ?? ""): string | null {
  const folders = [...path.split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return (
    folders
      .filter((folder) => folder.startsWith("/"))
      .map((folder) => join(folder, name))
      .find(isExecutable) ?? null
  );
}

/** True where a process with this id lives and runs this program (its name as in /proc/PID/comm, at most 15 letters). */
export function isRunning(pid: number, program: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === program.slice(0, 15);
  } catch {
    return false;
  }
}

/**
 * The id in a pid file whose process still runs this program, else null. A file that outlived its process, as after a power cut,
 * is removed: some daemons refuse to start over it.
 */
export function readLivePid(file: string, program: string): number | null {
  const pid = readPid(file);
  if (pid === null) return null;
  if (isRunning(pid, program)) return pid;
  rmSync(file, { force: true });
  return null;
}

function readPid(file: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
    // A file without a number is as stale as one whose process is gone; no process has the id 0.
    return Number.isInteger(pid) ? pid : 0;
  } catch {
    return null;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
