/** What was recorded from a real Engine: the shape of the files in `spec/fixtures/api-*`. */
import { packTar } from "modern-tar";
import { frame } from "../../../engine-api/testing/mod.ts";

/** One call, as the client was asked to make it and as it went over the wire, and what the Engine answered. */
export interface Recording {
  /** Method and path template. */
  readonly operation: string;
  /** Which of the client's ways: a whole answer, a stream, or a connection that is handed over. */
  readonly how: "request" | "stream" | "upgrade";
  readonly request: RecordedRequest;
  readonly answer: RecordedAnswer;
}

/** The options that the client was given, and the address that it made of them. */
export interface RecordedRequest {
  /** Percent-encoded, with version and query. */
  readonly url: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; bytes stand in `archive`. */
  readonly body?: unknown;
  /** The entries of the tar archive that was the body. */
  readonly archive?: readonly ArchiveEntry[];
  /** What was written to the connection that was handed over, before that side was closed. */
  readonly input?: string;
}

/** What the Engine answered. At most one of the bodies is there. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  /** JSON texts, one a line. */
  readonly lines?: readonly unknown[];
  /** Frames of a container's output. */
  readonly frames?: readonly (readonly [stream: "stdout" | "stderr", text: string])[];
  readonly archive?: readonly ArchiveEntry[];
}

/** An entry of a tar archive; contents stand only where they are text and short. */
export interface ArchiveEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "symlink";
  readonly text?: string;
}

/** A file in `spec/fixtures/api-*`. */
export interface RecordingFile {
  /** The Engine that was recorded. */
  readonly engine: string;
  readonly api: string;
  readonly recordings: readonly Recording[];
}

/** The bytes of an answer's body, as they would come over the wire. */
export async function answerBytes(answer: RecordedAnswer): Promise<Uint8Array> {
  if (answer.json !== undefined) return Buffer.from(`${JSON.stringify(answer.json)}\n`);
  if (answer.lines !== undefined)
    return Buffer.from(answer.lines.map((line) => `${JSON.stringify(line)}\r\n`).join(""));
  if (answer.frames !== undefined)
    return Buffer.concat(answer.frames.map(([stream, text]) => frame(stream, text)));
  if (answer.archive !== undefined) return packEntries(answer.archive);
  return Buffer.from(answer.text ?? "");
}

/** The same entries always make the same bytes. */
export function packEntries(entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  return packTar(
    entries.map(({ name, type, text }) => ({
      header: {
        name,
        type,
        size: Buffer.byteLength(text ?? ""),
        mode: type === "directory" ? 0o755 : 0o644,
        mtime: new Date(0),
        ...(type === "symlink" && { linkname: "hello.txt" }),
      },
      ...(text !== undefined && { body: text }),
    })),
  );
}
