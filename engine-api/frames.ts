import { ProtocolError } from "./errors.ts";

/** Output of a container, with the stream that it was written to. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  /** A view of the received bytes, not a copy. A long frame comes as several chunks. */
  readonly bytes: Uint8Array;
}

/** Takes the multiplexed stream apart as it comes. */
export interface Demultiplexer {
  /**
   * The output in this piece of the stream. Output before a bad frame is handed out first; the next call then throws, as does every
   * call after it.
   *
   * @throws ProtocolError for what is no frame, and for an error that the Engine reports in the stream.
   */
  push(piece: Uint8Array): OutputChunk[];
  /** Call at the end of the stream. @throws ProtocolError where the stream ended inside a frame. */
  end(): void;
}

const headerBytes = 8;
const daemonErrorType = 3;
const maxDaemonErrorLength = 4096;

/**
 * A demultiplexer for the stream of a container without a TTY: frames of a type byte (0 and 1 stdout, 2 stderr, 3 an error
 * of the daemon), three zero bytes, an unsigned 32-bit big-endian length, and the payload.
 * See https://docs.docker.com/reference/api/engine/ (Attach to a container, stream format).
 *
 * @param options.maxFrameBytes the longest frame that is believed, default 4 GiB - 1, the format's own limit; chunks
 * are handed on as they come, so a long frame costs no memory.
 */
export function createDemultiplexer(options: { readonly maxFrameBytes?: number } = {}): Demultiplexer {
  const maxFrameBytes = options.maxFrameBytes ?? 0xffff_ffff;
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  const daemonError = createDaemonError();
  let headerFill = 0;
  let type = 0;
  let remaining = 0;
  let failure: unknown = null;

  function readHeader(piece: Uint8Array, start: number): number {
    const taken = Math.min(headerBytes - headerFill, piece.length - start);
    header.set(piece.subarray(start, start + taken), headerFill);
    headerFill += taken;
    if (headerFill === headerBytes) {
      ({ type, length: remaining } = parseHeader(view, maxFrameBytes));
      if (remaining === 0) endFrame();
    }
    return start + taken;
  }

  function readPayload(piece: Uint8Array, start: number, into: OutputChunk[]): number {
    const bytes = piece.subarray(start, start + remaining);
    remaining -= bytes.length;
    if (type === daemonErrorType) daemonError.add(bytes);
    else into.push({ stream: type === 2 ? "stderr" : "stdout", bytes });
    if (remaining === 0) endFrame();
    return start + bytes.length;
  }

  function endFrame(): void {
    if (type === daemonErrorType) throw daemonError.toError();
    headerFill = 0;
  }

  function readAll(piece: Uint8Array, into: OutputChunk[]): void {
    let position = 0;
    while (position < piece.length) {
      const isInPayload = headerFill === headerBytes;
      position = isInPayload ? readPayload(piece, position, into) : readHeader(piece, position);
    }
  }

  return {
    push(piece) {
      const chunks: OutputChunk[] = [];
      try {
        if (failure === null) readAll(piece, chunks);
      } catch (error) {
        failure = error;
      }
      if (failure !== null && chunks.length === 0) throw failure;
      return chunks;
    },
    end() {
      if (failure !== null) throw failure;
      if (headerFill === headerBytes && type === daemonErrorType) throw daemonError.toError();
      if (headerFill > 0) throw new ProtocolError("the stream ended in the middle of a frame");
    },
  };
}

function createDaemonError(): { add(bytes: Uint8Array): void; toError(): ProtocolError } {
  const decoder = new TextDecoder();
  let text = "";
  return {
    add(bytes) {
      text = (text + decoder.decode(bytes, { stream: true })).slice(0, maxDaemonErrorLength);
    },
    toError: () =>
      new ProtocolError(`the Engine reports an error in the stream: ${text === "" ? "(no text)" : text}`),
  };
}

function parseHeader(view: DataView, maxFrameBytes: number): { type: number; length: number } {
  const type = view.getUint8(0);
  const padding = view.getUint32(0) & 0x00ff_ffff;
  const length = view.getUint32(4);
  if (type > daemonErrorType || padding !== 0) {
    throw new ProtocolError(
      `not a frame of a multiplexed stream (first byte ${type}): has the container a TTY?`,
    );
  }
  if (length > maxFrameBytes)
    throw new ProtocolError(`a frame of ${length} bytes, over the cap of ${maxFrameBytes}`);
  return { type, length };
}
