import { setTimeout as delay } from "node:timers/promises";
import { type EngineClient, watchEvents } from "../../engine-api/mod.ts";
import { poolLabel } from "../ownership.ts";

/** What can befall a container that waits, and makes it unfit for a job: it ended, or somebody stopped, changed or entered it. */
const upsets: ReadonlySet<string> = new Set([
  "die",
  "destroy",
  "kill",
  "oom",
  "pause",
  "unpause",
  "rename",
  "restart",
  "stop",
  "exec_create",
  "exec_start",
  "attach",
  "copy",
  "archive-path",
  "extract-to-dir",
  "commit",
  "checkpoint",
  "update",
]);

/** How long after a watch that ended in error another one begins, milliseconds. */
const pauseMs = 1000;

/** Whose containers are watched, and how long. */
export interface WatchOptions {
  readonly poolId: string;
  /** Events that the pool itself causes, once for each of its containers. */
  readonly ownDoings: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Tells what upsets the containers of a pool, until the signal aborts. Where the connection is lost it begins again behind the last event.
 * Never rejects, and keeps no process alive by its pauses.
 */
export async function watchContainers(
  client: EngineClient,
  { poolId, ownDoings, signal }: WatchOptions,
  onUpset: (containerId: string, action: string) => void,
): Promise<void> {
  const filters = { type: ["container"], label: [`${poolLabel}=${poolId}`] };
  const judge = createUpsetJudge(ownDoings);
  while (!signal.aborted) {
    try {
      for await (const { Action, Actor } of watchEvents(client, { filters, resume: true, signal })) {
        // `exec_create: sh -c ...` tells the command too.
        const [action = ""] = (Action ?? "").split(":", 1);
        const id = Actor?.ID ?? "";
        if (judge(id, action)) onUpset(id, action);
      }
    } catch {
      // The next one begins behind nothing, and what was missed shows when the container is given its job.
    }
    await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Tells whether an event upsets; what the pool does itself is not one the first time. */
function createUpsetJudge(ownDoings: readonly string[]): (id: string, action: string) => boolean {
  const seen = new Set<string>();
  return (id, action) => {
    if (action === "destroy") for (const name of ownDoings) seen.delete(`${id} ${name}`);
    if (!ownDoings.includes(action) || seen.has(`${id} ${action}`)) return upsets.has(action);
    seen.add(`${id} ${action}`);
    return false;
  };
}
