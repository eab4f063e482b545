import type { EngineClient, StreamedAnswer } from "./client.ts";
import type { CallOptions } from "./containers.ts";
import { EngineError } from "./errors.ts";
import { decodeJsonLines } from "./json-lines.ts";
import type { Answer } from "./operations.ts";

/** A stream of bytes that is sent as it is read, for example a tar archive. */
export type ByteStream = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | Uint8Array;

/** One step of a build, an import, or a pull. */
export interface ImageProgress {
  /** A line of output, or a step's status. */
  readonly text: string;
  /** The image's id, in the message that tells it; else null. */
  readonly imageId: string | null;
  /** Bytes done and to do, where the Engine tells them. */
  readonly currentBytes: number | null;
  readonly totalBytes: number | null;
}

/** The Engine started to build, import or pull, and failed on the way. */
export class ImageError extends EngineError {
  override readonly name = "ImageError";
}

/** Options of {@link buildImage}. */
export interface BuildOptions extends CallOptions {
  /** For example `brigbox/python:3.12`. */
  readonly tag: string;
  /** Path of the Dockerfile inside the context. @default "Dockerfile" */
  readonly dockerfile?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
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

const longestText = 4096;

/**
 * Builds an image from a tar archive that holds a Dockerfile. Progress comes as the Engine tells it.
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
  const { tag, dockerfile = "Dockerfile", buildArgs = {}, labels = {}, network, signal } = options;
  const query = {
    t: tag,
    dockerfile,
    rm: true,
    forcerm: true,
    buildargs: JSON.stringify(buildArgs),
    labels: JSON.stringify(labels),
    ...(network !== undefined && { networkmode: network }),
  };
  const answer = await client.stream("POST /build", { query, body: context, ...(signal && { signal }) });
  yield* readProgress(answer);
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
  const { repository, tag, changes = [], message, signal } = options;
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
    ...(signal && { signal }),
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

async function* readProgress(answer: StreamedAnswer): AsyncGenerator<ImageProgress, void, undefined> {
  for await (const message of decodeJsonLines(answer.body)) yield toProgress(message);
}

interface ProgressMessage {
  readonly stream?: unknown;
  readonly status?: unknown;
  readonly aux?: { readonly ID?: unknown } | null;
  readonly error?: unknown;
  readonly errorDetail?: { readonly message?: unknown } | null;
  readonly progressDetail?: { readonly current?: unknown; readonly total?: unknown } | null;
}

/** Failures come inside a stream whose status was 200. */
function toProgress(raw: unknown): ImageProgress {
  const message = (typeof raw === "object" && raw !== null ? raw : {}) as ProgressMessage;
  const failure = failureText(message);
  if (failure !== null) throw new ImageError(failure.slice(0, longestText));
  const text = String(message.stream ?? message.status ?? "").slice(0, longestText);
  const id = message.aux?.ID ?? (text.startsWith("sha256:") ? text : null);
  return {
    text,
    imageId: typeof id === "string" ? id.trim() : null,
    currentBytes: numberOrNull(message.progressDetail?.current),
    totalBytes: numberOrNull(message.progressDetail?.total),
  };
}

/** Either field marks a failure, with or without words in it. */
function failureText({ error, errorDetail }: ProgressMessage): string | null {
  const hasFailed = (errorDetail !== null && errorDetail !== undefined) || (error ?? "") !== "";
  if (!hasFailed) return null;
  const words = [errorDetail?.message, error].find((text) => typeof text === "string" && text !== "");
  return typeof words === "string" ? words : "the Engine reports a failure without words";
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
