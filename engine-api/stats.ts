import { type CallOptions, onlyCall } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { decodeJsonLines } from "./json-lines.ts";
import type { Answer } from "./operations.ts";

/** One reading of what a container uses. */
export type ContainerStats = Answer<"GET /containers/{id}/stats">;

/**
 * One reading of what a container uses now.
 *
 * @param options.withPrevious waits about a second for a second reading, so that `precpu_stats` is filled and shares of the processor can be
 * worked out, default false.
 * @throws ResponseError 404 for an unknown container.
 */
export function containerStats(
  client: EngineClient,
  id: string,
  options: CallOptions & { readonly withPrevious?: boolean } = {},
): Promise<ContainerStats> {
  const query = { stream: false, "one-shot": options.withPrevious !== true };
  return client.request("GET /containers/{id}/stats", { path: { id }, query, ...onlyCall(options) });
}

/** Readings about once a second, until the container is removed or the loop is left. */
export async function* watchStats(
  client: EngineClient,
  id: string,
  options: CallOptions = {},
): AsyncGenerator<ContainerStats, void, undefined> {
  const { body } = await client.stream("GET /containers/{id}/stats", {
    path: { id },
    query: { stream: true },
    ...onlyCall(options),
  });
  for await (const reading of decodeJsonLines(body)) yield reading as ContainerStats;
}
