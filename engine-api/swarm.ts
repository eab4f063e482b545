/** What of a swarm a bare request is not enough for: changes by version, and data in base64. */
import { type CallOptions, onlyCall, withinDeadline } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { isResponseError, ProtocolError } from "./errors.ts";
import type { OperationBody, OperationKey } from "./operations.ts";
import { encodeRegistryAuth, type RegistryAuth } from "./registry-auth.ts";

/** What a service is to be: what `POST /services/create` takes. */
export type ServiceSpec = OperationBody<"POST /services/create">;

/** Role, availability and labels of a node. */
export type NodeSpec = OperationBody<"POST /nodes/{id}/update">;

/** Settings of a swarm. */
export type SwarmSpec = OperationBody<"POST /swarm/update">;

/** A secret or a config to be. */
export interface SwarmData {
  readonly name: string;
  /** Text is sent as UTF-8. The Engine takes at most 500 KiB of a secret and 1000 KiB of a config. */
  readonly data: Uint8Array | string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Makes a new specification of the present one, of which it gets a copy; is called again where somebody else was quicker. */
export type Change<Spec> = (spec: Spec) => Spec;

/** A new service's id, and what the Engine warns of. */
export interface CreatedService {
  readonly id: string;
  readonly warnings: readonly string[];
}

/** Who one is to the registry of a service's image. */
export interface ServiceOptions extends CallOptions {
  /**
   * Is kept in the swarm and given to the nodes, so it is sent only where given; `readRegistryAuth` finds what `docker login` left. An
   * update without it keeps what there is.
   */
  readonly auth?: RegistryAuth;
}

/**
 * Creates a service.
 *
 * @throws ResponseError 409 for a name in use, 503 where the Engine is no manager of a swarm.
 * @example
 * const { id } = await createService(client, {
 *   Name: "web",
 *   Mode: { Replicated: { Replicas: 2 } },
 *   TaskTemplate: { ContainerSpec: { Image: "nginx:1" } },
 * });
 */
export async function createService(
  client: EngineClient,
  spec: ServiceSpec,
  options: ServiceOptions = {},
): Promise<CreatedService> {
  const headers = authHeader(options);
  const answer = await client.request("POST /services/create", { headers, body: spec, ...onlyCall(options) });
  if (typeof answer?.ID !== "string") throw new ProtocolError("POST /services/create answered without an id");
  return { id: answer.ID, warnings: answer.Warnings ?? [] };
}

/**
 * Changes a service, by the version that was read last: nobody's change in between is lost.
 *
 * @returns what the Engine warns of.
 * @throws ResponseError 404 for an unknown one; 500 "update out of sequence" where others were quicker five times.
 * @example
 * await updateService(client, "web", (spec) => ({ ...spec, Mode: { Replicated: { Replicas: 3 } } }));
 */
export function updateService(
  client: EngineClient,
  id: string,
  change: Change<ServiceSpec>,
  options: ServiceOptions = {},
): Promise<readonly string[]> {
  const path = { id };
  const headers = authHeader(options);
  return changeByVersion("POST /services/{id}/update", options, {
    read: (call) => client.request("GET /services/{id}", { path, ...call }),
    change,
    async write(query, body, call) {
      const request = { path, query, headers, body, ...call };
      return (await client.request("POST /services/{id}/update", request))?.Warnings ?? [];
    },
  });
}

/** Changes a node's role, availability or labels, in the same way. @throws ResponseError 404 for an unknown one. */
export function updateNode(
  client: EngineClient,
  id: string,
  change: Change<NodeSpec>,
  options: CallOptions = {},
): Promise<void> {
  const path = { id };
  return changeByVersion("POST /nodes/{id}/update", options, {
    read: (call) => client.request("GET /nodes/{id}", { path, ...call }),
    change,
    write: (query, body, call) => client.request("POST /nodes/{id}/update", { path, query, body, ...call }),
  });
}

/** Changes the settings of the swarm, in the same way. Tokens are rotated by a bare `POST /swarm/update`. */
export function updateSwarm(
  client: EngineClient,
  change: Change<SwarmSpec>,
  options: CallOptions = {},
): Promise<void> {
  return changeByVersion("POST /swarm/update", options, {
    read: (call) => client.request("GET /swarm", call),
    change,
    write: (query, body, call) => client.request("POST /swarm/update", { query, body, ...call }),
  });
}

/** Creates a secret, and resolves with its id. What is in it cannot be read back. @throws ResponseError 409 for a name in use. */
export async function createSecret(
  client: EngineClient,
  secret: SwarmData,
  options: CallOptions = {},
): Promise<string> {
  return (await client.request("POST /secrets/create", dataRequest(secret, options))).ID;
}

/** Creates a config, and resolves with its id. @throws ResponseError 409 for a name in use. */
export async function createConfig(
  client: EngineClient,
  config: SwarmData,
  options: CallOptions = {},
): Promise<string> {
  return (await client.request("POST /configs/create", dataRequest(config, options))).ID;
}

/** What is in a config. @throws ResponseError 404 for an unknown one. */
export async function readConfig(
  client: EngineClient,
  id: string,
  options: CallOptions = {},
): Promise<Uint8Array> {
  const { Spec } = await client.request("GET /configs/{id}", { path: { id }, ...onlyCall(options) });
  return new Uint8Array(Buffer.from(Spec?.Data ?? "", "base64"));
}

/** Changes the labels of a secret; nothing else of one can be changed. @throws ResponseError 404 for an unknown one. */
export function labelSecret(
  client: EngineClient,
  id: string,
  labels: Readonly<Record<string, string>>,
  options: CallOptions = {},
): Promise<void> {
  const path = { id };
  return changeByVersion("POST /secrets/{id}/update", options, {
    read: (call) => client.request("GET /secrets/{id}", { path, ...call }),
    change: (spec) => ({ ...spec, Labels: { ...labels } }),
    write: (query, body, call) => client.request("POST /secrets/{id}/update", { path, query, body, ...call }),
  });
}

/** Changes the labels of a config; nothing else of one can be changed. @throws ResponseError 404 for an unknown one. */
export function labelConfig(
  client: EngineClient,
  id: string,
  labels: Readonly<Record<string, string>>,
  options: CallOptions = {},
): Promise<void> {
  const path = { id };
  return changeByVersion("POST /configs/{id}/update", options, {
    read: (call) => client.request("GET /configs/{id}", { path, ...call }),
    change: (spec) => ({ ...spec, Labels: { ...labels } }),
    write: (query, body, call) => client.request("POST /configs/{id}/update", { path, query, body, ...call }),
  });
}

/** The API's description says base64 with the URL's letters; the Engine refuses those. */
function dataRequest(
  { name, data, labels = {} }: SwarmData,
  options: CallOptions,
): CallOptions & { body: { Name: string; Labels: Record<string, string>; Data: string } } {
  const Data = Buffer.from(data as string).toString("base64");
  return { body: { Name: name, Labels: { ...labels }, Data }, ...onlyCall(options) };
}

function authHeader({ auth }: ServiceOptions): { readonly "X-Registry-Auth"?: string } {
  return auth === undefined ? {} : { "X-Registry-Auth": encodeRegistryAuth(auth) };
}

interface Versioned<Spec> {
  readonly Version?: { readonly Index?: number | null | undefined } | null | undefined;
  readonly Spec?: Spec | null | undefined;
}

interface Steps<Spec, Result> {
  read(call: CallOptions): Promise<Versioned<Spec>>;
  readonly change: Change<Spec>;
  write(query: { version: number }, spec: Spec, call: CallOptions): Promise<Result>;
}

const mostAttempts = 5;

/** The Engine takes a change only with the version that it is made of; where another one came first, it is made anew. */
function changeByVersion<Spec, Result>(
  operation: OperationKey,
  options: CallOptions,
  { read, change, write }: Steps<Spec, Result>,
): Promise<Result> {
  return withinDeadline(operation, options, async (call) => {
    for (let left = mostAttempts - 1; ; left--) {
      const { Version, Spec } = await read(call);
      if (typeof Version?.Index !== "number" || Spec === null || Spec === undefined)
        throw new ProtocolError(`${operation}: what is to be changed has no version`);
      try {
        return await write({ version: Version.Index }, change(structuredClone(Spec)), call);
      } catch (error) {
        if (left === 0 || !isOutOfSequence(error)) throw error;
      }
    }
  });
}

/** Engine 20.10 answers 500, with these words. */
function isOutOfSequence(error: unknown): boolean {
  return isResponseError(error) && error.engineMessage.includes("update out of sequence");
}
