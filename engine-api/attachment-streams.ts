import type { Duplex } from "node:stream";
import { createByteQueue } from "./byte-queue.ts";
import { ProtocolError, prematureClose } from "./errors.ts";
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
    for (const chunk of demultiplexer.push(piece)) yield chunk;
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

/** What a socket gives, to one reader. Nothing is taken from it before the first is asked for, so that it holds its writer back. */
function pieces(socket: Duplex, explain: Explain): AsyncIterable<Uint8Array> {
  const { reader, ...queue } = createByteQueue(
    { pause: () => socket.pause(), resume: () => socket.resume(), stop: () => socket.destroy() },
    { explain },
  );
  return {
    [Symbol.asyncIterator]() {
      socket.once("end", () => {
        queue.end();
        socket.destroy();
      });
      socket.once("error", queue.fail);
      socket.once("close", () => queue.fail(prematureClose()));
      if (socket.readableEnded) queue.end();
      else if (socket.destroyed) queue.fail(socket.errored ?? prematureClose());
      socket.on("data", queue.push);
      return reader;
    },
  };
}
