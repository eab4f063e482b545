import { readFileSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { currentOwner, type OwnerScope } from "../ownership.ts";

/** What this host knows about a process id. */
export type ProcessState =
  | { readonly kind: "running"; readonly startTime: string }
  /** There is none with this id, or only the remains that its parent has not collected yet. */
  | { readonly kind: "gone" }
  /** There is one, and the system does not show when it started. */
  | { readonly kind: "hidden" };

/** This host, as the reaper sees it; a parameter, so that other hosts can be played. */
export interface HostView {
  readonly host: string;
  /** The realm of the process ids that {@link HostView.lookUp} understands; null where they cannot be told from those of others. */
  readonly scope: OwnerScope | null;
  /** When the kernel started, milliseconds since 1970. */
  readonly bootedAtMs: number;
  /** Milliseconds since 1970. */
  now(): number;
  lookUp(pid: number): ProcessState;
}

/** The host that this process runs on. */
export function createHostView(): HostView {
  return {
    host: hostname(),
    scope: currentOwner().scope ?? null,
    bootedAtMs: Date.now() - uptime() * 1000,
    now: Date.now,
    lookUp,
  };
}

function lookUp(pid: number): ProcessState {
  const stat = readStat(pid);
  if (stat !== null) return stat;
  // Some systems hide the processes of other users, but none hides that they exist.
  return exists(pid) ? { kind: "hidden" } : { kind: "gone" };
}

/** Null where there is nothing to read. */
function readStat(pid: number): ProcessState | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  // The second field is the program's name in brackets, and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", threads, startTime] = [fields[0], fields[17], fields[19]];
  if (startTime === undefined) return { kind: "hidden" };
  // A dead main thread whose siblings live on looks like a dead process.
  return /^[ZXx]$/.test(state) && Number(threads) <= 1 ? { kind: "gone" } : { kind: "running", startTime };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
