import { abandonOnAbort } from "./abort.ts";
import type { ResponseBody } from "./bodies.ts";
import { type CallOptions, onlyCall } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { type ImageProgress, readProgress } from "./image-progress.ts";
import type { ByteStream } from "./images.ts";
import { encodeRegistryAuth, type RegistryAuth, readRegistryAuth } from "./registry-auth.ts";

/** Options of {@link pullImage} and {@link pushImage}. */
export interface TransferOptions extends CallOptions {
  /** Who one is to the registry; what `docker login` left unless given, and nobody where this is null. */
  readonly auth?: RegistryAuth | null;
  /** For example `linux/arm64`; the Engine's own unless given. */
  readonly platform?: string;
}

/**
 * Fetches an image from its registry, layer by layer.
 *
 * @param name with a tag or a digest; `latest` unless given, and never all tags.
 * @throws ImageError where it fails on the way, ResponseError 404 for an image that the registry does not have or does not show, 500 with
 * the registry's own words where it does not let one in or cannot be reached.
 * @example
 * for await (const { subject, text, currentBytes } of pullImage(client, "debian:12")) console.log(subject, text, currentBytes);
 */
export async function* pullImage(
  client: EngineClient,
  name: string,
  options: TransferOptions = {},
): AsyncGenerator<ImageProgress, void, undefined> {
  const { platform } = options;
  const { repository, reference } = splitName(name);
  const query = {
    fromImage: repository,
    tag: reference,
    ...(platform !== undefined && { platform }),
  };
  const headers = await authHeaders(name, options);
  const request = { query, headers, ...onlyCall(options) };
  yield* readProgress(await client.stream("POST /images/create", request));
}

/**
 * Sends an image to its registry, layer by layer.
 *
 * @throws ImageError for an image that the Engine does not have, where the registry does not let one in or write to that name, and where it
 * fails on the way.
 */
export async function* pushImage(
  client: EngineClient,
  name: string,
  options: TransferOptions = {},
): AsyncGenerator<ImageProgress, void, undefined> {
  const { platform } = options;
  const { repository, reference } = splitName(name);
  const query = { tag: reference, ...(platform !== undefined && { platform }) };
  const headers = { "X-Registry-Auth": encodeRegistryAuth({}), ...(await authHeaders(name, options)) };
  const request = { path: { name: repository }, query, headers, ...onlyCall(options) };
  yield* readProgress(await client.stream("POST /images/{name}/push", request));
}

/** Images with their layers and names as a tar stream; must be read or destroyed. @throws ResponseError 404 for an unknown one. */
export async function saveImages(
  client: EngineClient,
  names: readonly string[],
  options: CallOptions = {},
): Promise<ResponseBody> {
  const request = { query: { names }, ...onlyCall(options) };
  return (await client.stream("GET /images/get", request)).body;
}

/** Takes images from such a tar stream. @throws ImageError where it holds none, or a broken one. */
export async function* loadImages(
  client: EngineClient,
  tar: ByteStream,
  options: CallOptions & { readonly quiet?: boolean } = {},
): AsyncGenerator<ImageProgress, void, undefined> {
  const request = { query: { quiet: options.quiet ?? false }, body: tar, ...onlyCall(options) };
  yield* readProgress(await client.stream("POST /images/load", request));
}

/** Gives an image a further name. @param target for example `registry.example.com/team/app:1`. */
export async function tagImage(
  client: EngineClient,
  name: string,
  target: string,
  options: CallOptions = {},
): Promise<void> {
  const { repository, reference } = splitName(target);
  const query = { repo: repository, tag: reference };
  await client.request("POST /images/{name}/tag", { path: { name }, query, ...onlyCall(options) });
}

/** The colon of a port is no tag's. */
function splitName(name: string): { readonly repository: string; readonly reference: string } {
  const at = name.indexOf("@");
  if (at !== -1) return { repository: name.slice(0, at), reference: name.slice(at + 1) };
  const colon = name.lastIndexOf(":");
  if (colon <= name.lastIndexOf("/")) return { repository: name, reference: "latest" };
  return { repository: name.slice(0, colon), reference: name.slice(colon + 1) };
}

/** The header for an image's registry; none where nothing is known of it. */
export async function authHeaders(
  name: string,
  { auth, signal }: Pick<TransferOptions, "auth" | "signal">,
): Promise<{ readonly "X-Registry-Auth"?: string }> {
  const known = auth === undefined ? await abandonOnAbort(readRegistryAuth(name), signal) : auth;
  return known === null ? {} : { "X-Registry-Auth": encodeRegistryAuth(known) };
}
