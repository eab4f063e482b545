import { createHmac, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** The labels that every container of ours carries, so that whoever finds it can tell whose it is and until when. */
export const labels: Readonly<Record<LabelName, string>> = {
  version: "brigbox.version",
  run: "brigbox.run",
  owner: "brigbox.owner",
  policy: "brigbox.policy",
  deadline: "brigbox.deadline",
};

/** The label of containers that were started ahead of their job, with the id of their pool; whoever has one may still get a job. */
export const poolLabel = "brigbox.pool";

/** The label of a container that serves the cells of a session, with the session's id. */
export const sessionLabel = "brigbox.session";

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
  /** Where pid and start time mean this process and no other; missing where the system does not tell. */
  readonly scope?: OwnerScope;
}

/** The realm of a process id: the same number is another process after a restart, in another container, on another machine. */
export interface OwnerScope {
  /** Random, new at each start of the kernel. */
  readonly bootId: string;
  /** Numbers of the pid and the time namespace: in others the same process has another pid, or another start time. */
  readonly namespaces: string;
  /** The machine's id, hashed, since it is no business of whoever reads labels; null in a container, where it is the image's. */
  readonly machine: string | null;
}

/** The pid namespace of the machine itself has this number on every kernel. */
const initialPidNamespace = "4026531836";

let ownSelf: Owner | null = null;

/** This process as an owner. Read once: nothing of it changes while the process lives, and each run asks. */
export function currentOwner(): Owner {
  ownSelf ??= readOwnSelf();
  return ownSelf;
}

function readOwnSelf(): Owner {
  const self = { host: hostname(), pid: process.pid };
  const startTime = readStartTime(process.pid);
  // A start time of the other kind must never be compared with what /proc says.
  if (startTime === null) return { ...self, startTime: String(Math.round(performance.timeOrigin)) };
  const scope = readOwnScope();
  return { ...self, startTime, ...(scope !== null && { scope }) };
}

/** The owner as a label's value: `host/pid/start`, and where its scope is known `/boot/namespaces/machine`. */
export function formatOwner({ host, pid, startTime, scope }: Owner): string {
  const id = `${host}/${pid}/${startTime}`;
  return scope === undefined ? id : `${id}/${scope.bootId}/${scope.namespaces}/${scope.machine ?? "-"}`;
}

/** Reads what {@link formatOwner} wrote; null for anything else. */
export function parseOwner(text: string | undefined): Owner | null {
  const match = /^(.+)\/(\d{1,10})\/(\d{1,20})(?:\/([0-9a-f-]{36})\/(\d+\.\d+)\/([0-9a-f]{16}|-))?$/.exec(
    text ?? "",
  );
  if (match === null) return null;
  const [, host = "", pid, startTime = "", bootId, namespaces = "", machine = "-"] = match;
  const owner = { host, pid: Number(pid), startTime };
  if (bootId === undefined) return owner;
  return { ...owner, scope: { bootId, namespaces, machine: machine === "-" ? null : machine } };
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

/** Null where there is no /proc, or one that shows other pids than ours. */
function readOwnScope(): OwnerScope | null {
  try {
    if (readlinkSync("/proc/self") !== String(process.pid)) return null;
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const pidNamespace = readNamespace("pid");
    if (!/^[0-9a-f-]{36}$/.test(bootId) || pidNamespace === "0") return null;
    return {
      bootId,
      namespaces: `${pidNamespace}.${readNamespace("time")}`,
      machine: pidNamespace === initialPidNamespace ? readMachine() : null,
    };
  } catch {
    return null;
  }
}

/** The namespace's number, 0 where the kernel has none of this kind. */
function readNamespace(kind: "pid" | "time"): string {
  try {
    return /\[(\d+)\]$/.exec(readlinkSync(`/proc/self/ns/${kind}`))?.[1] ?? "0";
  } catch {
    return "0";
  }
}

function readMachine(): string | null {
  try {
    const id = readFileSync("/etc/machine-id", "utf8").trim();
    if (!/^[0-9a-f]{32}$/.test(id)) return null;
    return createHmac("sha256", id).update("brigbox").digest("hex").slice(0, 16);
  } catch {
    return null;
  }
}
