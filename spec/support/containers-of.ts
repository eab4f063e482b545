import { createClient, listContainers } from "../../engine-api/mod.ts";
import { labels } from "../../lib/ownership.ts";
import type { RunResult } from "../../lib/verdict.ts";

/** How many containers of a run the Engine has now, in any state; the default Engine unless an endpoint is given. */
export async function countContainers(runId: string, endpoint?: string): Promise<number> {
  await using client = createClient(endpoint === undefined ? {} : { endpoint });
  const filters = { label: [`${labels.run}=${runId}`] };
  return (await listContainers(client, { all: true, filters })).length;
}

/** How many containers the Engine has, in any state, of the name that a result tells. */
export async function countContainersOf(result: RunResult): Promise<number> {
  await using client = createClient();
  const filters = { name: [`^/${result.evidence.containerName ?? "none"}$`] };
  const count = async (): Promise<number> => (await listContainers(client, { all: true, filters })).length;
  if ((await count()) === 0) return 0;
  // The Engine's list is a copy, which follows a moment after the container itself is unknown.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return count();
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
