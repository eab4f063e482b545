import type { Duplex } from "node:stream";
import { ProtocolError } from "./errors.ts";
import { createDemultiplexer, type OutputChunk } from "./frames.ts";

/** Puts what a socket fails with into the caller's words. */
export type Explain = (error: unknown) => unknown;

const nothing = new Uint8Array(0);

/** The output of a container without a TTY. The socket is destroyed at the end of output, since its close may never come. */
export function demultiplexed(
  socket: Duplex,
  explain: Explain,
): AsyncGenerator<OutputChunk, void, undefined> {
  return demultiplexedBody(pieces(socket, explain));
}

/** The same of an answer's body. */
export async function* demultiplexedBody(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<OutputChunk, void, undefined> {
  const demultiplexer = createDemultiplexer();
  for await (const piece of body) {
    yield* demultiplexer.push(piece);
    // A bad frame behind good output shows at the next push, which may be long in coming.
    demultiplexer.push(nothing);
  }
  demultiplexer.end();
}

/** The output of a container with a TTY: one stream, not framed. */
export function rawOutput(socket: Duplex, explain: Explain): AsyncGenerator<OutputChunk, void, undefined> {
  return rawBody(pieces(socket, explain));
}

/** The same of an answer's body. */
export async function* rawBody(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<OutputChunk, void, undefined> {
  for await (const bytes of body) yield { stream: "stdout", bytes };
}

/** Writes, and waits for the socket to drain where it is full. @throws ProtocolError where the connection is closed. */
export function writeWithBackpressure(socket: Duplex, bytes: Uint8Array): Promise<void> {
  if (socket.destroyed || socket.writableEnded) {
    return Promise.reject(new ProtocolError("the attached connection is closed: stdin cannot be written"));
  }
  if (socket.write(bytes)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      socket.off("drain", settle).off("close", onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onClose = () =>
      settle(new ProtocolError("the attached connection closed while stdin was being written"));
    socket.once("drain", settle).once("close", onClose);
  });
}

async function* pieces(socket: Duplex, explain: Explain): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of socket) yield piece as Uint8Array;
  } catch (error) {
    throw explain(error);
  } finally {
    socket.destroy();
  }
}
