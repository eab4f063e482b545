import { readOutput, writeWithBackpressure } from "./attachment-streams.ts";
import { explainFailure } from "./bodies.ts";
import { type CallOptions, onlyCall } from "./call-options.ts";
import { describeEndpoint, type EngineClient } from "./client.ts";
import { ProtocolError } from "./errors.ts";
import type { OutputChunk } from "./frames.ts";
import type { UpgradedConnection } from "./transport.ts";

/** Streams of {@link attachContainer}. */
export interface AttachOptions extends CallOptions {
  /** @default false */
  readonly stdin?: boolean;
  /** @default true */
  readonly stdout?: boolean;
  /** @default true */
  readonly stderr?: boolean;
  /** True for a container with a TTY, whose output is not framed and comes all as stdout. @default false */
  readonly tty?: boolean;
}

/** A container's streams. */
export interface Attachment {
  /** Output as it comes, until the container closes it. Can be read once; leaving the loop closes the connection. */
  readonly output: AsyncIterable<OutputChunk>;
  /** Resolves once the bytes may be followed by more (backpressure). @throws ProtocolError where stdin cannot be written (any more). */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends stdin; output goes on where the container was made with OpenStdin, StdinOnce and no TTY. */
  endInput(): void;
  /** Closes the connection at once. An output that is being read rejects with a ConnectionError. */
  destroy(): void;
}

/**
 * Takes hold of a container's streams. Attach before the start, or early output is missed. Where the container has ended already the Engine
 * never ends the output: read its logs instead.
 *
 * @throws ResponseError where the Engine refuses; ProtocolError where stdin is asked for and something between refuses the upgrade.
 */
export async function attachContainer(
  client: EngineClient,
  id: string,
  options: AttachOptions = {},
): Promise<Attachment> {
  const { stdin = false, stdout = true, stderr = true, tty = false, signal } = options;
  const query = { stream: true, stdin, stdout, stderr };
  const connection = await client.upgrade("POST /containers/{id}/attach", {
    path: { id },
    query,
    ...onlyCall(options),
  });
  return toAttachment(client, connection, { stdin, tty, signal });
}

/** The streams behind an upgraded connection. @throws ProtocolError where stdin is wanted and cannot be sent. */
export function toAttachment(
  client: EngineClient,
  { socket, isWritable }: UpgradedConnection,
  options: { readonly stdin: boolean; readonly tty: boolean; readonly signal?: AbortSignal | undefined },
): Attachment {
  if (options.stdin && !isWritable) {
    socket.destroy();
    throw noStdin();
  }
  const explain = (error: unknown) => explainFailure(error, describeEndpoint(client), options.signal);
  return {
    output: readOutput(socket, { tty: options.tty, explain }),
    write: (bytes) => (isWritable ? writeWithBackpressure(socket, bytes) : Promise.reject(noStdin())),
    endInput: () => void (isWritable && socket.end()),
    destroy: () => void socket.destroy(),
  };
}

function noStdin(): ProtocolError {
  return new ProtocolError(
    "the connection was not upgraded, so stdin cannot be sent: is there a proxy before the Engine?",
  );
}
