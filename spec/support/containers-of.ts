import { containerExists, createClient, type EngineClient, listContainers } from "../../engine-api/mod.ts";
import { labels } from "../../lib/ownership.ts";
import type { RunResult } from "../../lib/verdict.ts";

/**
 * Containers that are there, in any state. The Engine's list is a copy that follows late, and after a daemon's death in the
 * middle of a removal it can show, until the next start, one that neither an inspection nor the disk knows: each is asked for.
 */
export async function findContainers(
  client: EngineClient,
  filters: Readonly<Record<string, readonly string[]>> = {},
): ReturnType<typeof listContainers> {
  const listed = await listContainers(client, { all: true, filters });
  const isThere = await Promise.all(listed.map(({ Id }) => containerExists(client, Id ?? "")));
  return listed.filter((_, index) => isThere[index]);
}

/** How many containers of a run the Engine has now, in any state; the default Engine unless an endpoint is given. */
export async function countContainers(runId: string, endpoint?: string): Promise<number> {
  await using client = createClient(endpoint === undefined ? {} : { endpoint });
  return (await findContainers(client, { label: [`${labels.run}=${runId}`] })).length;
}

/** How many containers the Engine has, in any state, of the name that a result tells. */
export async function countContainersOf(result: RunResult): Promise<number> {
  await using client = createClient();
  return (await findContainers(client, { name: [`^/${result.evidence.containerName ?? "none"}$`] })).length;
}

/** How long it took until a run had no container any more, milliseconds; fails after `withinMs`. */
export async function awaitGone(runId: string, withinMs: number, endpoint?: string): Promise<number> {
  const startedAt = performance.now();
  while ((await countContainers(runId, endpoint)) > 0) {
    if (performance.now() - startedAt > withinMs)
      throw new Error(`the container of ${runId} is still there after ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return performance.now() - startedAt;
}
