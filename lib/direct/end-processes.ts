import { setTimeout as delay } from "node:timers/promises";
import { descendantsIn, findStrays, listProcesses, type RunMark } from "./process-table.ts";
import type { SupervisorProcess } from "./supervisor-process.ts";

/** How a supervisor ended: by itself, by force, or not at all. */
export type SupervisorEnd = "alone" | "forced" | "never";

/** How long a supervisor may take to end all that it started, and itself, milliseconds. */
const politeMs = 3000;
/** How long what was killed may take to be gone, milliseconds. */
const forcedMs = 5000;
const pauseMs = 10;

/**
 * Ends a supervisor and all that it started. It knows that best itself; one that does not answer, as where the code stopped it, is ended
 * last, since until then all that it started is found below it.
 */
export async function endSupervisor(
  supervisor: SupervisorProcess,
  limits: { readonly politeMs?: number } = {},
): Promise<SupervisorEnd> {
  supervisor.endInput();
  if (await endsWithin(supervisor, limits.politeMs ?? politeMs)) return "alone";
  const { pid } = supervisor;
  await killWhileThere(async () => descendantsIn(await listProcesses(), pid));
  kill(pid);
  return (await endsWithin(supervisor, forcedMs)) ? "forced" : "never";
}

/** Kills what bears the mark of a run. Returns what would not end. */
export function endStrays(mark: RunMark): Promise<readonly number[]> {
  return killWhileThere(() => findStrays(mark));
}

async function endsWithin(supervisor: SupervisorProcess, ms: number): Promise<boolean> {
  if (supervisor.hasExited()) return true;
  const controller = new AbortController();
  const late = delay(ms, false, { signal: controller.signal }).catch(() => false);
  try {
    return await Promise.race([supervisor.exit.then(() => true), late]);
  } finally {
    controller.abort();
  }
}

/** Until there are none, or for so long. Returns those that are left. */
async function killWhileThere(find: () => Promise<readonly number[]>): Promise<readonly number[]> {
  const until = performance.now() + forcedMs;
  for (;;) {
    const pids = await find();
    if (pids.length === 0 || performance.now() > until) return pids;
    for (const pid of pids) kill(pid);
    await delay(pauseMs);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already, or became another user's: what is left is told by the next look.
  }
}
