import { abandonOnAbort } from "./abort.ts";
import { engineMessage, readBody } from "./bodies.ts";
import { EngineError, ProtocolError, ResponseError } from "./errors.ts";
import type { Transport } from "./transport.ts";

/** The newest API version that this client speaks: the one that `schema.ts` describes. */
export const defaultApiVersion = "1.51";

/** The oldest API version that this client is tried with. */
export const minimumApiVersion = "1.40";

/**
 * Negative where `left` is the older of two API versions, positive where it is the newer, 0 where they are equal.
 *
 * @example
 * compareApiVersions("1.9", "1.41"); // -32
 */
export function compareApiVersions(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split(".").map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split(".").map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}

/**
 * Agrees on a version with the Engine at the first call: the older of ours and the Engine's. Callers at the same time
 * share one question; a question that failed is asked again by the next caller. What is agreed comes without a promise.
 */
export function createNegotiator(
  transport: Transport,
  fixed: string | undefined,
): (signal?: AbortSignal) => string | Promise<string> {
  let agreed: string | undefined = fixed;
  let asking: Promise<string> | undefined;
  return (signal) => agreed ?? agree(signal);

  async function agree(signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted();
    asking ??= askVersion(transport).finally(() => {
      asking = undefined;
    });
    // One caller's abort must not fail the others, so the shared question goes on and only this caller leaves.
    agreed = await abandonOnAbort(asking, signal);
    return agreed;
  }
}

async function askVersion(transport: Transport): Promise<string> {
  const theirs = (await pingVersion(transport, "HEAD")) ?? (await pingVersion(transport, "GET"));
  if (theirs === null)
    throw new ProtocolError("the Engine's ping tells no API version: is this a Docker Engine?");
  if (compareApiVersions(theirs, minimumApiVersion) < 0) {
    throw new EngineError(
      `the Engine speaks API ${theirs}; at least ${minimumApiVersion} (Engine 19.03) is needed`,
    );
  }
  return compareApiVersions(theirs, defaultApiVersion) < 0 ? theirs : defaultApiVersion;
}

async function pingVersion(transport: Transport, method: "HEAD" | "GET"): Promise<string | null> {
  const answer = await transport.request({ method, path: "/_ping" });
  const body = (await readBody(answer.body, 64 * 1024)).toString("utf8");
  if (method === "GET" && answer.status >= 400) {
    throw new ResponseError("GET /_ping", answer.status, engineMessage(body));
  }
  const version = answer.headers["api-version"];
  return typeof version === "string" && /^\d+\.\d+$/.test(version) ? version : null;
}
