import { channel } from "node:diagnostics_channel";
import { ResponseError } from "./errors.ts";

/** Name of the `node:diagnostics_channel` that tells of each call, as an {@link EngineCall}. */
export const engineCallChannel = "brigbox:engine:call";

/**
 * A call to an Engine whose answer has begun, or that failed. Holds neither paths filled in nor headers, query or bodies.
 *
 * @example
 * import { subscribe } from "node:diagnostics_channel";
 * subscribe(engineCallChannel, (message) => console.log((message as EngineCall).operation));
 */
export interface EngineCall {
  /** For example `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  /** Method and path with its parameters' names, for example `GET /containers/{id}/json`. */
  readonly operation: string;
  /** The answer's status; null where none came. */
  readonly status: number | null;
  /** Name of the error that the caller got, for example `ConnectionError`; null where the call went well. */
  readonly error: string | null;
  /** When it was begun, milliseconds since 1970. */
  readonly at: number;
  /** Until the head of the answer, milliseconds. */
  readonly durationMs: number;
}

const calls = channel(engineCallChannel);

type Named = Pick<EngineCall, "endpoint" | "operation">;

/** True while somebody listens. */
export function isHeard(): boolean {
  return calls.hasSubscribers;
}

/** Makes a call, and tells of it where somebody listens; where nobody does, not even a promise comes in between. */
export function tellOfCall<A>(
  call: Named,
  make: () => Promise<A>,
  statusOf: (answer: A) => number,
): Promise<A> {
  return calls.hasSubscribers ? makeAndTell(call, make, statusOf) : make();
}

async function makeAndTell<A>(
  { endpoint, operation }: Named,
  make: () => Promise<A>,
  statusOf: (answer: A) => number,
): Promise<A> {
  const at = performance.timeOrigin + performance.now();
  const tell = (status: number | null, error: string | null): void => {
    const durationMs = performance.timeOrigin + performance.now() - at;
    calls.publish({ endpoint, operation, status, error, at, durationMs } satisfies EngineCall);
  };
  try {
    const answer = await make();
    tell(statusOf(answer), null);
    return answer;
  } catch (error) {
    tell(
      error instanceof ResponseError ? error.status : null,
      error instanceof Error ? error.name : "unknown",
    );
    throw error;
  }
}
