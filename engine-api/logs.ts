import { type CallOptions, withSignal } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { inspectContainer } from "./containers.ts";
import type { OutputChunk } from "./frames.ts";
import { readLines } from "./lines.ts";
import type { RequestOptions } from "./operations.ts";
import { streamOutput } from "./output-stream.ts";

/** Options of {@link containerLogs}. */
export interface LogOptions extends CallOptions {
  /** Goes on with what comes, until the container ends. @default false */
  readonly follow?: boolean;
  /** @default true */
  readonly stdout?: boolean;
  /** @default true */
  readonly stderr?: boolean;
  /** Only what was written from then on: a date, or seconds since 1970. */
  readonly since?: Date | number;
  /** Only what was written before. */
  readonly until?: Date | number;
  /** So many lines from the end; all unless given. */
  readonly tail?: number;
  /** Puts the time before each line, as RFC 3339 with nanoseconds and a blank. @default false */
  readonly timestamps?: boolean;
  /** Whether the container has a terminal, if that is known: else it is asked for. */
  readonly tty?: boolean;
}

/** A line of a container's log. */
export interface LogLine {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** When it was written, as RFC 3339 with nanoseconds. */
  readonly time: string;
}

type LogQuery = NonNullable<RequestOptions<"GET /containers/{id}/logs">["query"]>;

/**
 * What a container wrote, as its log driver kept it. Leaving the loop closes the connection.
 *
 * @throws ResponseError 404 for an unknown container, 501 where its log driver cannot be read.
 * @example
 * for await (const { stream, bytes } of containerLogs(client, "web", { follow: true, tail: 10 })) process[stream].write(bytes);
 */
export function containerLogs(
  client: EngineClient,
  id: string,
  options: LogOptions = {},
): AsyncGenerator<OutputChunk, void, undefined> {
  return streamOutput(async () => {
    const { signal } = options;
    const tty = options.tty ?? (await hasTerminal(client, id, signal));
    const { body } = await client.stream("GET /containers/{id}/logs", {
      path: { id },
      query: toQuery(options),
      ...withSignal(signal),
    });
    return { pieces: body[Symbol.asyncIterator](), isFramed: !tty };
  });
}

/**
 * The same by lines, each with its time.
 *
 * @throws ProtocolError for a line over 1 MiB.
 */
export async function* containerLogLines(
  client: EngineClient,
  id: string,
  options: Omit<LogOptions, "timestamps"> = {},
): AsyncGenerator<LogLine, void, undefined> {
  const chunks = containerLogs(client, id, { ...options, timestamps: true });
  for await (const { stream, text } of readLines(chunks)) {
    const blank = text.indexOf(" ");
    const end = blank === -1 ? text.length : blank;
    yield { stream, time: text.slice(0, end), text: text.slice(end + 1) };
  }
}

async function hasTerminal(
  client: EngineClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { Config } = await inspectContainer(client, id, withSignal(signal));
  return Config?.Tty === true;
}

function toQuery({ follow, stdout, stderr, timestamps, tail, since, until }: LogOptions): LogQuery {
  return {
    follow: follow ?? false,
    stdout: stdout ?? true,
    stderr: stderr ?? true,
    timestamps: timestamps ?? false,
    ...(tail !== undefined && { tail: String(tail) }),
    ...(since !== undefined && { since: seconds(since) }),
    ...(until !== undefined && { until: seconds(until) }),
  };
}

/** The Engine takes seconds with a fraction. */
function seconds(time: Date | number): number {
  return time instanceof Date ? time.getTime() / 1000 : time;
}
