import { type CallOptions, eachWithinDeadline, onlyCall } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { EngineError } from "./errors.ts";
import { type ImageProgress, readProgress } from "./image-progress.ts";
import { authHeaders } from "./image-transfer.ts";
import type { Answer } from "./operations.ts";
import type { RegistryAuth } from "./registry-auth.ts";

/** Something of the Engine's machine that a plugin asks for. */
export type PluginPrivilege = Answer<"GET /plugins/privileges">[number];

/** Options of {@link installPlugin} and {@link upgradePlugin}. */
export interface PluginOptions extends CallOptions {
  /**
   * Sees what the plugin asks for of the machine, such as devices and mounts, and says whether it may have all of it. A plugin runs as root
   * beside the Engine. Where the Engine cannot ask the registry this is called with none, and the plugin is not fetched: the Engine compares
   * what was granted with what the plugin asks for.
   */
  readonly accept: (privileges: readonly PluginPrivilege[]) => boolean | Promise<boolean>;
  /** The name that it gets here; its name at the registry unless given. */
  readonly name?: string;
  /** Who one is to the registry; what `docker login` left unless given, and nobody where this is null. */
  readonly auth?: RegistryAuth | null;
}

/**
 * Fetches a plugin from its registry. It is not enabled yet: `POST /plugins/{name}/enable` does that.
 *
 * @throws EngineError where `accept` refuses; ImageError where it fails on the way; ResponseError 500 where the registry does not have it,
 * does not let one in or cannot be reached, 400 where there is one of that name.
 * @example
 * const progress = installPlugin(client, "vieux/sshfs:latest", { accept: (privileges) => privileges.length === 0 });
 * for await (const { subject, text } of progress) console.log(subject, text);
 */
export function installPlugin(
  client: EngineClient,
  remote: string,
  options: PluginOptions,
): AsyncGenerator<ImageProgress, void, undefined> {
  return eachWithinDeadline("POST /plugins/pull", options, async function* (call) {
    const { headers, body } = await agree(client, remote, options, call);
    const query = { remote, ...(options.name !== undefined && { name: options.name }) };
    yield* readProgress(await client.stream("POST /plugins/pull", { query, headers, body, ...call }));
  });
}

/** Replaces a disabled plugin by another version of it. @throws like {@link installPlugin}; ResponseError 404 for an unknown one. */
export function upgradePlugin(
  client: EngineClient,
  name: string,
  remote: string,
  options: Omit<PluginOptions, "name">,
): AsyncGenerator<ImageProgress, void, undefined> {
  return eachWithinDeadline("POST /plugins/{name}/upgrade", options, async function* (call) {
    const { headers, body } = await agree(client, remote, options, call);
    const request = { path: { name }, query: { remote }, headers, body, ...call };
    yield* readProgress(await client.stream("POST /plugins/{name}/upgrade", request));
  });
}

/** Sends a plugin to its registry. @throws ImageError where it fails on the way; ResponseError 404 for an unknown one. */
export async function* pushPlugin(
  client: EngineClient,
  name: string,
  options: CallOptions & Pick<PluginOptions, "auth"> = {},
): AsyncGenerator<ImageProgress, void, undefined> {
  const headers = await authHeaders(name, options);
  const request = { path: { name }, headers, ...onlyCall(options) };
  yield* readProgress(await client.stream("POST /plugins/{name}/push", request));
}

/** The Engine wants back what it was asked to grant, word for word. */
async function agree(
  client: EngineClient,
  remote: string,
  { accept, auth }: PluginOptions,
  call: CallOptions,
): Promise<{ readonly headers: { "X-Registry-Auth"?: string }; readonly body: PluginPrivilege[] }> {
  const headers = await authHeaders(remote, { ...call, ...(auth !== undefined && { auth }) });
  const body =
    (await client.request("GET /plugins/privileges", { query: { remote }, headers, ...call })) ?? [];
  if (!(await accept(body))) throw new EngineError(`the plugin ${remote} was not granted what it asks for`);
  return { headers, body };
}
