import { atEnd, type ResponseBody } from "./bodies.ts";
import type { CallOptions } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { inspectContainer } from "./containers.ts";
import { createDeadline } from "./deadline.ts";
import type { OutputChunk } from "./frames.ts";
import { readLines } from "./lines.ts";
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
  return streamLogs("GET /containers/{id}/logs", options, async (call) => {
    const tty = options.tty ?? (await hasTerminal(client, id, call));
    const query = {
      ...toLogQuery(options),
      ...(options.until !== undefined && { until: toSeconds(options.until) }),
    };
    const { body } = await client.stream("GET /containers/{id}/logs", { path: { id }, query, ...call });
    return { body, tty };
  });
}

/** A log that is opened at its first step; one time limit holds for all of it. */
export function streamLogs(
  operation: string,
  options: CallOptions,
  open: (call: CallOptions) => Promise<{ readonly body: ResponseBody; readonly tty: boolean }>,
): AsyncGenerator<OutputChunk, void, undefined> {
  return streamOutput(async () => {
    const { signal, lift } = createDeadline(operation, options);
    try {
      const { body, tty } = await open(signal === undefined ? {} : { signal });
      const limited = options.timeoutMs === undefined ? body : atEnd(body, lift);
      return { pieces: limited[Symbol.asyncIterator](), isFramed: !tty };
    } catch (error) {
      lift();
      throw error;
    }
  });
}

/** The part of a log's query that containers, services and tasks share. */
export function toLogQuery(options: Omit<LogOptions, "until">): {
  readonly follow: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: boolean;
  readonly tail?: string;
  readonly since?: number;
} {
  const { follow = false, stdout = true, stderr = true, timestamps = false } = options;
  return {
    follow,
    stdout,
    stderr,
    timestamps,
    ...(options.tail !== undefined && { tail: String(options.tail) }),
    ...(options.since !== undefined && { since: toSeconds(options.since) }),
  };
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

async function hasTerminal(client: EngineClient, id: string, call: CallOptions): Promise<boolean> {
  const { Config } = await inspectContainer(client, id, call);
  return Config?.Tty === true;
}

/** The Engine takes seconds with a fraction. */
function toSeconds(time: Date | number): number {
  return time instanceof Date ? time.getTime() / 1000 : time;
}
