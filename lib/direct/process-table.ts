import { readdir, readFile, readlink } from "node:fs/promises";
import { runProgram } from "../host/run-program.ts";
import { readStartTime } from "../ownership.ts";
import { runVariable } from "./environment.ts";

/** A process of this machine that has not ended. */
export interface TableEntry {
  readonly pid: number;
  readonly parent: number;
}

/** The living processes: from /proc, or, on systems that have none, as `ps` tells them; none where neither does. */
export async function listProcesses(): Promise<readonly TableEntry[]> {
  const pids = await listPids();
  return pids === null
    ? askPs().catch(() => [])
    : (await Promise.all(pids.map(readEntry))).filter((entry) => entry !== null);
}

/** The same by the program `ps`. @throws HostProgramError */
export async function askPs(): Promise<readonly TableEntry[]> {
  const lines = (await runProgram("ps", ["-A", "-o", "pid=,ppid=,stat="])).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, state = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)/.exec(line) ?? [];
    return pid === undefined || state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent) }];
  });
}

/** What a process started, and what that started, and so on. */
export function descendantsIn(table: readonly TableEntry[], ancestor: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of table) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found: number[] = [];
  let generation = [ancestor];
  while (generation.length > 0) {
    generation = generation.flatMap((parent) => children.get(parent) ?? []);
    found.push(...generation);
  }
  return found;
}

/** By what the processes of a run are known. */
export interface RunMark {
  /** What their environment says of them. */
  readonly runName: string;
  readonly folder: string;
  /** When the first of them began, as /proc tells it: who stood in the folder before is somebody else. */
  readonly startTime: string | null;
}

/**
 * Processes that bear the mark of a run in their environment, or stand in its folder. Code can hide from this; where there is no /proc
 * nothing can be told.
 */
export async function findStrays(mark: RunMark): Promise<readonly number[]> {
  const pids = (await listPids()) ?? [];
  const isStray = await Promise.all(pids.map((pid) => bearsMark(pid, mark)));
  return pids.filter((_, index) => isStray[index]);
}

async function bearsMark(pid: number, { runName, folder, startTime }: RunMark): Promise<boolean> {
  const [environment, place] = await Promise.all([
    readFile(`/proc/${pid}/environ`, "latin1").catch(() => ""),
    readlink(`/proc/${pid}/cwd`).catch(() => ""),
  ]);
  if (environment.split("\0").includes(`${runVariable}=${runName}`)) return true;
  const isInside = `${place}/`.startsWith(`${folder}/`) || place.startsWith(`${folder} (deleted)`);
  return isInside && Number(readStartTime(pid) ?? 0) >= Number(startTime ?? Number.POSITIVE_INFINITY);
}

async function listPids(): Promise<readonly number[] | null> {
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.length === 0 ? null : pids;
}

async function readEntry(pid: number): Promise<TableEntry | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The program's name before may hold spaces and brackets.
  const [state = "Z", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return /^[ZXx]/.test(state) || parent === undefined ? null : { pid, parent: Number(parent) };
}
