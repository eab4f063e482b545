import type { StreamedAnswer } from "./client.ts";
import { EngineError } from "./errors.ts";
import { decodeJsonLines } from "./json-lines.ts";

/** One step of a build, an import, a pull, a push or a load, of images and plugins. */
export interface ImageProgress {
  /** A line of output, or a step's status. */
  readonly text: string;
  /** What it is about, such as a layer; empty where it is about all. */
  readonly subject: string;
  /** The image's id, in the message that tells it; else null. */
  readonly imageId: string | null;
  /** By what the registry knows the image or the plugin, `sha256:...`, in the message of a pull or a push that tells it; else null. */
  readonly digest: string | null;
  /** Bytes done and to do, where the Engine tells them. */
  readonly currentBytes: number | null;
  readonly totalBytes: number | null;
}

/** The Engine began to do what was asked, and failed on the way. */
export class ImageError extends EngineError {
  override readonly name = "ImageError";
}

/** True for a failure that the Engine told in its progress. */
export function isImageError(error: unknown): error is ImageError {
  return error instanceof ImageError;
}

const longestText = 4096;

/** The progress in an answer's body. @throws ImageError for a failure that the Engine tells in it. */
export async function* readProgress(answer: StreamedAnswer): AsyncGenerator<ImageProgress, void, undefined> {
  for await (const message of decodeJsonLines(answer.body)) yield toProgress(message);
}

interface ProgressMessage {
  readonly id?: unknown;
  readonly stream?: unknown;
  readonly status?: unknown;
  readonly aux?: { readonly ID?: unknown; readonly Digest?: unknown } | null;
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
    subject: typeof message.id === "string" ? message.id.slice(0, longestText) : "",
    imageId: typeof id === "string" ? id.trim() : null,
    digest: digestIn(message, text),
    currentBytes: numberOrNull(message.progressDetail?.current),
    totalBytes: numberOrNull(message.progressDetail?.total),
  };
}

/** A push tells it in a message without words, a pull in words. */
function digestIn({ aux }: ProgressMessage, text: string): string | null {
  const digest = aux?.Digest ?? /^Digest: (sha256:[0-9a-f]{64})$/.exec(text)?.[1];
  return typeof digest === "string" ? digest.slice(0, longestText) : null;
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
