import { type CallOptions, onlyCall } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { type ImageProgress, readProgress } from "./image-progress.ts";
import type { Answer, RequestOptions } from "./operations.ts";
import { encodeHeader, type RegistryAuth } from "./registry-auth.ts";

/** A stream of bytes that is sent as it is read, for example a tar archive. */
export type ByteStream = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | Uint8Array;

/** Options of {@link buildImage}. */
export interface BuildOptions extends CallOptions {
  /** One name or several, for example `brigbox/python:3.12`. */
  readonly tag: string | readonly string[];
  /** Path of the Dockerfile inside the context. @default "Dockerfile" */
  readonly dockerfile?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** The stage at which a Dockerfile of several ends; the last one unless given. */
  readonly target?: string;
  /** For example `linux/arm64`; the Engine's own unless given. */
  readonly platform?: string;
  /** Does every step anew. @default false */
  readonly noCache?: boolean;
  /** Asks the registries for newer base images, though older ones are there. @default false */
  readonly pull?: boolean;
  /** Images whose layers may serve as cached steps. */
  readonly cacheFrom?: readonly string[];
  /**
   * Who one is to the registries of base images, by their hosts, for example `registry.example.com`, or `https://index.docker.io/v1/` for
   * Docker Hub. What `docker login` left is not looked at; `readRegistryAuth` finds it.
   */
  readonly registries?: Readonly<Record<string, RegistryAuth>>;
  /** Network of the build's steps; the Engine's default unless given. */
  readonly network?: string;
}

/** Options of {@link importImage}. */
export interface ImportOptions extends CallOptions {
  readonly repository: string;
  readonly tag: string;
  /** Dockerfile instructions to apply, for example `ENV PATH=/usr/bin`. */
  readonly changes?: readonly string[];
  readonly message?: string;
}

/**
 * Builds an image from a tar archive that holds a Dockerfile, by the Engine's own builder; BuildKit, which needs a session of gRPC, is
 * not used. Progress comes as the Engine tells it.
 *
 * @throws ImageError where a step fails, with the Engine's words; ResponseError where the build is refused outright.
 * @example
 * for await (const { text } of buildImage(client, context, { tag: "mine:1" })) process.stdout.write(text);
 */
export async function* buildImage(
  client: EngineClient,
  context: ByteStream,
  options: BuildOptions,
): AsyncGenerator<ImageProgress, void, undefined> {
  const query = toBuildQuery(options);
  const headers =
    options.registries === undefined ? {} : { "X-Registry-Config": encodeHeader(options.registries) };
  const answer = await client.stream("POST /build", { query, headers, body: context, ...onlyCall(options) });
  yield* readProgress(answer);
}

function toBuildQuery(options: BuildOptions): NonNullable<RequestOptions<"POST /build">["query"]> {
  const { tag, dockerfile = "Dockerfile", buildArgs = {}, labels = {}, noCache, pull, cacheFrom } = options;
  return {
    t: tag,
    dockerfile,
    rm: true,
    forcerm: true,
    buildargs: JSON.stringify(buildArgs),
    labels: JSON.stringify(labels),
    networkmode: options.network,
    target: options.target,
    platform: options.platform,
    nocache: noCache,
    pull: pull === undefined ? undefined : String(pull),
    cachefrom: cacheFrom === undefined ? undefined : JSON.stringify(cacheFrom),
  };
}

/**
 * Makes an image of one layer from a tar archive of a root file system.
 *
 * @throws ImageError where the archive cannot be used.
 */
export async function* importImage(
  client: EngineClient,
  archive: ByteStream,
  options: ImportOptions,
): AsyncGenerator<ImageProgress, void, undefined> {
  const { repository, tag, changes = [], message } = options;
  const query = {
    fromSrc: "-",
    repo: repository,
    tag,
    changes: [...changes],
    ...(message !== undefined && { message }),
  };
  const answer = await client.stream("POST /images/create", {
    query,
    body: archive,
    ...onlyCall(options),
  });
  yield* readProgress(answer);
}

/** All that the Engine knows of an image. @throws ResponseError 404 for an unknown one. */
export function inspectImage(
  client: EngineClient,
  name: string,
  options: CallOptions = {},
): Promise<Answer<"GET /images/{name}/json">> {
  return client.request("GET /images/{name}/json", { path: { name }, ...options });
}

/** Images, newest first. @param options.filters for example `{ label: ["com.example=1"] }`. */
export function listImages(
  client: EngineClient,
  options: CallOptions & { readonly filters?: Readonly<Record<string, readonly string[]>> } = {},
): Promise<Answer<"GET /images/json">> {
  const { filters = {}, ...rest } = options;
  return client.request("GET /images/json", { query: { filters }, ...rest });
}

/**
 * Removes an image by name or id, or only the name where others are left.
 *
 * @param options.force removes it though stopped containers use it, default false.
 * @throws ResponseError 404 for an unknown one, 409 while a container uses it.
 */
export async function removeImage(
  client: EngineClient,
  name: string,
  options: CallOptions & { readonly force?: boolean } = {},
): Promise<void> {
  const { force = false, ...rest } = options;
  await client.request("DELETE /images/{name}", { path: { name }, query: { force }, ...rest });
}
