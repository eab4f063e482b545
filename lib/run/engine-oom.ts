import { decodeJsonLines, type EngineClient } from "../../engine-api/mod.ts";

/** A minute of slack for an Engine whose clock is behind ours, milliseconds. */
const slackMs = 60_000;

/** A moment of `performance.now()` by the Engine's clock, or somewhat before it: milliseconds since 1970. */
export function toEngineTime(at: number): number {
  return performance.timeOrigin + at - slackMs;
}

/**
 * Whether the Engine saw the memory killer in a container. Asks its record of past events, since a container that
 * removes itself can no longer be inspected. Null where the Engine does not answer.
 *
 * @param sinceMs when the container started, milliseconds since 1970, by the Engine's own clock or an earlier time.
 */
export async function sawOutOfMemory(
  client: EngineClient,
  containerId: string,
  sinceMs: number,
): Promise<boolean | null> {
  const signal = AbortSignal.timeout(5000);
  const query = {
    since: String(Math.floor(sinceMs / 1000)),
    // An end in the past makes the Engine answer from its record and close.
    until: String(Math.floor(Date.now() / 1000) + 1),
    filters: { container: [containerId], event: ["oom"] },
  };
  try {
    const answer = await client.stream("GET /events", { query, signal });
    for await (const _ of decodeJsonLines(answer.body)) return true;
    return false;
  } catch {
    return null;
  }
}
