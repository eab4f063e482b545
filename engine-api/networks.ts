import { type CallOptions, onlyCall } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import type { Answer, OperationBody } from "./operations.ts";

/** What `POST /networks/create` takes. */
export type NetworkSpec = OperationBody<"POST /networks/create">;

/** How a container takes part in a network: aliases and addresses. */
export type EndpointSpec = NonNullable<OperationBody<"POST /networks/{id}/connect">["EndpointConfig"]>;

/** Creates a network, and resolves with its id. @throws ResponseError 409 for a name in use, 404 for an unknown driver. */
export async function createNetwork(
  client: EngineClient,
  spec: NetworkSpec,
  options: CallOptions = {},
): Promise<string> {
  const { Id } = await client.request("POST /networks/create", { body: spec, ...onlyCall(options) });
  return Id ?? "";
}

/** Networks. @param options.filters for example `{ driver: ["bridge"] }`. */
export function listNetworks(
  client: EngineClient,
  options: CallOptions & { readonly filters?: Readonly<Record<string, readonly string[]>> } = {},
): Promise<Answer<"GET /networks">> {
  const { filters = {} } = options;
  return client.request("GET /networks", { query: { filters }, ...onlyCall(options) });
}

/** A network and the containers in it. @throws ResponseError 404 for an unknown one. */
export function inspectNetwork(
  client: EngineClient,
  id: string,
  options: CallOptions = {},
): Promise<Answer<"GET /networks/{id}">> {
  return client.request("GET /networks/{id}", { path: { id }, ...onlyCall(options) });
}

/** Removes a network. @throws ResponseError 404 for an unknown one, 403 for one that is in use or the Engine's own. */
export async function removeNetwork(
  client: EngineClient,
  id: string,
  options: CallOptions = {},
): Promise<void> {
  await client.request("DELETE /networks/{id}", { path: { id }, ...onlyCall(options) });
}

/** Puts a container into a network. */
export async function connectNetwork(
  client: EngineClient,
  id: string,
  containerId: string,
  options: CallOptions & { readonly endpoint?: EndpointSpec } = {},
): Promise<void> {
  const { endpoint } = options;
  const body = { Container: containerId, ...(endpoint !== undefined && { EndpointConfig: endpoint }) };
  await client.request("POST /networks/{id}/connect", { path: { id }, body, ...onlyCall(options) });
}

/** Takes a container out of a network. @param options.force also where it does not run, default false. */
export async function disconnectNetwork(
  client: EngineClient,
  id: string,
  containerId: string,
  options: CallOptions & { readonly force?: boolean } = {},
): Promise<void> {
  const body = { Container: containerId, Force: options.force ?? false };
  await client.request("POST /networks/{id}/disconnect", {
    path: { id },
    body,
    ...onlyCall(options),
  });
}
