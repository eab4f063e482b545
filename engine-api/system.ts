import type { EngineClient } from "./client.ts";
import type { CallOptions } from "./containers.ts";
import type { Answer } from "./operations.ts";

/** Asks whether the Engine is there. @throws ConnectionError where it is not. */
export async function ping(client: EngineClient, options: CallOptions = {}): Promise<void> {
  await client.request("GET /_ping", options);
}

/** Versions of the Engine and its components. */
export function engineVersion(
  client: EngineClient,
  options: CallOptions = {},
): Promise<Answer<"GET /version">> {
  return client.request("GET /version", options);
}

/** What the Engine's machine has and can do. */
export function engineInfo(client: EngineClient, options: CallOptions = {}): Promise<Answer<"GET /info">> {
  return client.request("GET /info", options);
}
