import { readBody } from "./bodies.ts";
import { type CallOptions, onlyCall } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { isConflict, isNotFound, ProtocolError } from "./errors.ts";
import type { Answer, OperationBody } from "./operations.ts";

/** What `POST /containers/create` takes: the container's configuration with `HostConfig`. */
export type ContainerSpec = OperationBody<"POST /containers/create">;

/** A new container's id, and what the Engine warns of. */
export interface CreatedContainer {
  readonly id: string;
  readonly warnings: readonly string[];
}

/** How a container ended. */
export interface ContainerExit {
  readonly exitCode: number;
  /** What the Engine could not do while it waited; null, as nearly always, where nothing went wrong. */
  readonly error: string | null;
}

/** A wait that the Engine has registered: the exit cannot be missed any more. */
export interface RegisteredWait {
  /** Resolves at the exit. Rejects where the connection is lost; a rejection that nobody hears is not an error. */
  readonly exit: Promise<ContainerExit>;
}

const maxWaitBytes = 64 * 1024;

/**
 * Creates a container. Choose the name yourself: a create that is aborted may leave its container behind.
 *
 * @throws ResponseError 404 for an unknown image, 409 for a name in use, 400 for a bad configuration.
 */
export async function createContainer(
  client: EngineClient,
  spec: ContainerSpec,
  options: CallOptions & { readonly name?: string; readonly platform?: string } = {},
): Promise<CreatedContainer> {
  const { name, platform } = options;
  const query = { ...(name !== undefined && { name }), ...(platform !== undefined && { platform }) };
  const answer = await client.request("POST /containers/create", {
    query,
    body: spec,
    ...onlyCall(options),
  });
  if (typeof answer?.Id !== "string")
    throw new ProtocolError("POST /containers/create answered without an id");
  return { id: answer.Id, warnings: answer.Warnings ?? [] };
}

/** All that the Engine knows of a container. @throws ResponseError 404 for an unknown one. */
export function inspectContainer(
  client: EngineClient,
  id: string,
  options: CallOptions = {},
): Promise<Answer<"GET /containers/{id}/json">> {
  return client.request("GET /containers/{id}/json", { path: { id }, ...onlyCall(options) });
}

/**
 * Containers, newest first.
 *
 * @param options.all stopped ones too, default false.
 * @param options.filters for example `{ label: ["com.example=1"] }`.
 */
export function listContainers(
  client: EngineClient,
  options: CallOptions & {
    readonly all?: boolean;
    readonly filters?: Readonly<Record<string, readonly string[]>>;
  } = {},
): Promise<Answer<"GET /containers/json">> {
  const { all = false, filters = {} } = options;
  return client.request("GET /containers/json", { query: { all, filters }, ...onlyCall(options) });
}

/** Starts a container. One that runs already is fine. */
export async function startContainer(
  client: EngineClient,
  id: string,
  options: CallOptions = {},
): Promise<void> {
  await client.request("POST /containers/{id}/start", { path: { id }, ...onlyCall(options) });
}

/**
 * Stops a container: its stop signal, then SIGKILL. One that is stopped already is fine. Aborting the call does not cancel the stop.
 *
 * @param options.graceSeconds how long the Engine waits before SIGKILL; its default is 10.
 */
export async function stopContainer(
  client: EngineClient,
  id: string,
  options: CallOptions & { readonly graceSeconds?: number } = {},
): Promise<void> {
  const query = options.graceSeconds === undefined ? {} : { t: options.graceSeconds };
  await client.request("POST /containers/{id}/stop", { path: { id }, query, ...onlyCall(options) });
}

/**
 * Sends a signal to a container's PID 1, SIGKILL unless told otherwise. Resolves with false where it does not run (any more).
 *
 * @throws ResponseError 404 for an unknown container.
 */
export async function killContainer(
  client: EngineClient,
  id: string,
  options: CallOptions & { readonly signalName?: string } = {},
): Promise<boolean> {
  const query = { signal: options.signalName ?? "SIGKILL" };
  try {
    await client.request("POST /containers/{id}/kill", {
      path: { id },
      query,
      ...onlyCall(options),
    });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** What {@link updateContainer} can change of a container that exists. */
export type ContainerChange = OperationBody<"POST /containers/{id}/update">;

/**
 * Changes limits of a container, also of one that runs; what is not named stays as it is. Resolves with the Engine's warnings.
 *
 * @throws ResponseError 404 for an unknown container, 400 or 500 for limits that cannot be had.
 * @example
 * await updateContainer(client, id, { NanoCpus: 500_000_000 });
 */
export async function updateContainer(
  client: EngineClient,
  id: string,
  change: ContainerChange,
  options: CallOptions = {},
): Promise<readonly string[]> {
  const answer = await client.request("POST /containers/{id}/update", {
    path: { id },
    body: change,
    ...onlyCall(options),
  });
  return answer.Warnings ?? [];
}

/**
 * Removes a container. That it is gone is not certain before an inspect answers 404.
 *
 * @param options.force kills it first where it runs, default false.
 * @param options.volumes removes its anonymous volumes too, default true.
 * @throws ResponseError 404 where there is none, 409 where it runs or its removal is in progress.
 */
export async function removeContainer(
  client: EngineClient,
  id: string,
  options: CallOptions & { readonly force?: boolean; readonly volumes?: boolean } = {},
): Promise<void> {
  const query = { force: options.force ?? false, v: options.volumes ?? true };
  await client.request("DELETE /containers/{id}", { path: { id }, query, ...onlyCall(options) });
}

/** True while the Engine knows a container by this id or name. */
export async function containerExists(
  client: EngineClient,
  id: string,
  options: CallOptions = {},
): Promise<boolean> {
  try {
    await inspectContainer(client, id, options);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/**
 * Registers a wait and resolves at the head of the answer, when the Engine has registered it; only then start the container.
 *
 * @param options.condition default `next-exit`; `not-running` answers at once for a container that was never started.
 * @example
 * const wait = await waitContainer(client, id);
 * await startContainer(client, id);
 * const { exitCode } = await wait.exit;
 */
export async function waitContainer(
  client: EngineClient,
  id: string,
  options: CallOptions & { readonly condition?: "next-exit" | "not-running" | "removed" } = {},
): Promise<RegisteredWait> {
  const condition = options.condition ?? "next-exit";
  const answer = await client.stream("POST /containers/{id}/wait", {
    path: { id },
    query: { condition },
    ...onlyCall(options),
  });
  const exit = readBody(answer.body, maxWaitBytes).then((bytes) => parseExit(bytes.toString("utf8")));
  exit.catch(() => undefined);
  return { exit };
}

function parseExit(text: string): ContainerExit {
  let answer: { StatusCode?: unknown; Error?: { Message?: unknown } | null } | null;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ProtocolError("the answer of a wait was cut before the exit: the outcome is unknown");
  }
  if (typeof answer?.StatusCode !== "number")
    throw new ProtocolError("the answer of a wait holds no exit code");
  const message = answer.Error?.Message;
  return {
    exitCode: answer.StatusCode,
    error: typeof message === "string" && message !== "" ? message : null,
  };
}
