import type { Duplex } from "node:stream";
import { type ByteReader, createByteQueue } from "./byte-queue.ts";
import { ProtocolError, prematureClose } from "./errors.ts";
import type { OutputChunk } from "./frames.ts";
import { streamOutput } from "./output-stream.ts";

/** Puts what a socket fails with into the caller's words. */
export type Explain = (error: unknown) => unknown;

/** The output of a container. The socket is destroyed at its end, since its close may never come. */
export function readOutput(
  socket: Duplex,
  options: { readonly tty: boolean; readonly explain: Explain },
): AsyncGenerator<OutputChunk, void, undefined> {
  return streamOutput(async () => ({ pieces: readSocket(socket, options.explain), isFramed: !options.tty }));
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

/** What a socket gives, to one reader. Nothing was taken from it before, so that it held its writer back. */
function readSocket(socket: Duplex, explain: Explain): ByteReader {
  const { reader, push, end, fail } = createByteQueue(
    { pause: () => socket.pause(), resume: () => socket.resume(), abort: () => socket.destroy() },
    { explain },
  );
  socket.once("end", () => {
    end();
    socket.destroy();
  });
  socket.once("error", fail);
  socket.once("close", () => fail(prematureClose()));
  if (socket.readableEnded) end();
  else if (socket.destroyed) fail(socket.errored ?? prematureClose());
  socket.on("data", push);
  return reader;
}
