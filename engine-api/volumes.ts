import { type CallOptions, onlyCall } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import type { Answer, OperationBody } from "./operations.ts";

/** What `POST /volumes/create` takes. */
export type VolumeSpec = OperationBody<"POST /volumes/create">;

/** A volume. */
export type Volume = Answer<"GET /volumes/{name}">;

/** Creates a volume; one of the same name and driver that is there already is fine. */
export function createVolume(
  client: EngineClient,
  spec: VolumeSpec = {},
  options: CallOptions = {},
): Promise<Volume> {
  return client.request("POST /volumes/create", { body: spec, ...onlyCall(options) });
}

/** Volumes. @param options.filters for example `{ dangling: ["true"] }`. */
export async function listVolumes(
  client: EngineClient,
  options: CallOptions & { readonly filters?: Readonly<Record<string, readonly string[]>> } = {},
): Promise<readonly Volume[]> {
  const { filters = {} } = options;
  const { Volumes } = await client.request("GET /volumes", { query: { filters }, ...onlyCall(options) });
  return Volumes ?? [];
}

/** A volume by its name. @throws ResponseError 404 for an unknown one. */
export function inspectVolume(
  client: EngineClient,
  name: string,
  options: CallOptions = {},
): Promise<Volume> {
  return client.request("GET /volumes/{name}", { path: { name }, ...onlyCall(options) });
}

/** Removes a volume with all that is in it. @throws ResponseError 404 for an unknown one, 409 while a container uses it. */
export async function removeVolume(
  client: EngineClient,
  name: string,
  options: CallOptions & { readonly force?: boolean } = {},
): Promise<void> {
  const query = { force: options.force ?? false };
  await client.request("DELETE /volumes/{name}", { path: { name }, query, ...onlyCall(options) });
}
