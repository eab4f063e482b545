import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** The labels that every container of ours carries, so that whoever finds it can tell whose it is and until when. */
export const labels: Readonly<Record<LabelName, string>> = {
  version: "brigbox.version",
  run: "brigbox.run",
  owner: "brigbox.owner",
  policy: "brigbox.policy",
  deadline: "brigbox.deadline",
};

/** What a label of ours is about. */
export type LabelName = "version" | "run" | "owner" | "policy" | "deadline";

/** Raised when the meaning of a label changes; containers with another number are left alone. */
export const labelVersion = "1";

/** A process that makes containers, told so that another process can find out whether it still lives. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process started, in clock ticks since boot (Linux) or milliseconds since 1970 (elsewhere): a pid alone is reused. */
  readonly startTime: string;
}

/** This process as an owner. */
export function currentOwner(): Owner {
  return {
    host: hostname(),
    pid: process.pid,
    startTime: readStartTime(process.pid) ?? String(Math.round(performance.timeOrigin)),
  };
}

/** The owner as a label's value: `host/pid/start`. */
export function formatOwner({ host, pid, startTime }: Owner): string {
  return `${host}/${pid}/${startTime}`;
}

/** Reads what {@link formatOwner} wrote; null for anything else. */
export function parseOwner(text: string | undefined): Owner | null {
  const match = /^(.+)\/(\d+)\/(\d+)$/.exec(text ?? "");
  if (match === null) return null;
  const [, host = "", pid, startTime = ""] = match;
  return { host, pid: Number(pid), startTime };
}

/** A new run's id: 20 letters and digits, random, fit for names and labels. */
export function newRunId(): string {
  return randomBytes(10).toString("hex");
}

/** The container's name for a run. Chosen by us, because a create that was aborted may still leave its container. */
export function containerName(runId: string): string {
  return `brigbox-${runId}`;
}

/** The labels of one run's container. `deadlineMs` is when it must be gone, milliseconds since 1970. */
export function runLabels(run: {
  readonly runId: string;
  readonly owner: Owner;
  readonly policyHash: string;
  readonly deadlineMs: number;
}): Record<string, string> {
  return {
    [labels.version]: labelVersion,
    [labels.run]: run.runId,
    [labels.owner]: formatOwner(run.owner),
    [labels.policy]: run.policyHash,
    [labels.deadline]: String(Math.round(run.deadlineMs)),
  };
}

/** Field 22 of /proc/PID/stat; null where there is no such process or no /proc. */
export function readStartTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets, and may itself hold spaces and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
