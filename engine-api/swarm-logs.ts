import type { CallOptions } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import type { OutputChunk } from "./frames.ts";
import { readLines } from "./lines.ts";
import { type LogLine, type LogOptions, streamLogs, toLogQuery } from "./logs.ts";

/** Options of {@link serviceLogs} and {@link taskLogs}. */
export type SwarmLogOptions = Omit<LogOptions, "until">;

/** A line that a task of a service wrote. */
export interface ServiceLogLine extends LogLine {
  readonly taskId: string;
  readonly nodeId: string;
}

/**
 * What the tasks of a service wrote, mixed as it comes; {@link serviceLogLines} tells who wrote what. Leaving the loop closes the connection.
 *
 * @throws ResponseError 404 for an unknown service.
 */
export function serviceLogs(
  client: EngineClient,
  id: string,
  options: SwarmLogOptions = {},
): AsyncGenerator<OutputChunk, void, undefined> {
  return readService(client, id, { ...options, details: false });
}

/**
 * The same by lines, each with its time, its task and its node.
 *
 * @throws ProtocolError for a line over 1 MiB.
 * @example
 * for await (const { taskId, text } of serviceLogLines(client, "web", { follow: true })) console.log(taskId, text);
 */
export async function* serviceLogLines(
  client: EngineClient,
  id: string,
  options: Omit<SwarmLogOptions, "timestamps"> = {},
): AsyncGenerator<ServiceLogLine, void, undefined> {
  const chunks = readService(client, id, { ...options, timestamps: true, details: true });
  for await (const { stream, text } of readLines(chunks)) {
    const [time = "", details = "", ...words] = text.split(" ");
    const origin = readDetails(details);
    const taskId = origin.get("com.docker.swarm.task.id") ?? "";
    const nodeId = origin.get("com.docker.swarm.node.id") ?? "";
    yield { stream, time, taskId, nodeId, text: words.join(" ") };
  }
}

/** What one task wrote. @throws ResponseError 404 for an unknown one. */
export function taskLogs(
  client: EngineClient,
  id: string,
  options: SwarmLogOptions = {},
): AsyncGenerator<OutputChunk, void, undefined> {
  return streamLogs("GET /tasks/{id}/logs", options, async (call) => {
    const path = { id };
    const tty = options.tty ?? (await taskHasTerminal(client, id, call));
    const query = toLogQuery(options);
    const { body } = await client.stream("GET /tasks/{id}/logs", { path, query, ...call });
    return { body, tty };
  });
}

function readService(
  client: EngineClient,
  id: string,
  options: SwarmLogOptions & { readonly details: boolean },
): AsyncGenerator<OutputChunk, void, undefined> {
  return streamLogs("GET /services/{id}/logs", options, async (call) => {
    const path = { id };
    const tty = options.tty ?? (await serviceHasTerminal(client, id, call));
    const query = { ...toLogQuery(options), details: options.details };
    const { body } = await client.stream("GET /services/{id}/logs", { path, query, ...call });
    return { body, tty };
  });
}

async function serviceHasTerminal(client: EngineClient, id: string, call: CallOptions): Promise<boolean> {
  const { Spec } = await client.request("GET /services/{id}", { path: { id }, ...call });
  return Spec?.TaskTemplate?.ContainerSpec?.TTY === true;
}

async function taskHasTerminal(client: EngineClient, id: string, call: CallOptions): Promise<boolean> {
  const { Spec } = await client.request("GET /tasks/{id}", { path: { id }, ...call });
  return Spec?.ContainerSpec?.TTY === true;
}

/** `name=value` pairs with commas between them, both as in a URL. */
function readDetails(text: string): ReadonlyMap<string, string> {
  return new Map(new URLSearchParams(text.replaceAll(",", "&")));
}
