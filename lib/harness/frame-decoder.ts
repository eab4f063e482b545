import { HarnessProtocolError } from "./errors.ts";
import { type FrameKind, frameHeaderBytes, frameKinds, maxFrameBytes } from "./protocol.ts";

/** A frame of the supervisor. */
export interface HarnessFrame {
  readonly kind: FrameKind;
  /** Whole for most kinds; of a frame of raw bytes it may be a part, and the rest follows as further frames. */
  readonly payload: Uint8Array;
}

/** Takes the supervisor's stream apart as it comes. */
export interface FrameDecoder {
  /** The frames in this piece of the stream. @throws HarnessProtocolError for what is no frame. */
  push(piece: Uint8Array): HarnessFrame[];
  /** @throws HarnessProtocolError where the stream ended inside a frame. */
  end(): void;
}

/** Kinds whose payload is bytes, which may be handed on in parts; all others are handed on whole. */
const rawKinds: ReadonlySet<FrameKind> = new Set<FrameKind>([
  "stdout",
  "stderr",
  "outcome",
  "artifact-bytes",
]);

/** A decoder of frames. Its memory is bounded by the longest frame, 1 MiB; raw bytes are handed on as views of what came. */
export function createFrameDecoder(): FrameDecoder {
  const header = Buffer.alloc(frameHeaderBytes);
  let headerFill = 0;
  let kind: FrameKind = "ready";
  let remaining = 0;
  let parts: Uint8Array[] = [];

  function readHeader(piece: Uint8Array, start: number, into: HarnessFrame[]): number {
    const taken = Math.min(frameHeaderBytes - headerFill, piece.length - start);
    header.set(piece.subarray(start, start + taken), headerFill);
    headerFill += taken;
    if (headerFill === frameHeaderBytes) {
      ({ kind, length: remaining } = parseHeader(header));
      if (remaining === 0) finish(into);
    }
    return start + taken;
  }

  function readPayload(piece: Uint8Array, start: number, into: HarnessFrame[]): number {
    const payload = piece.subarray(start, start + remaining);
    remaining -= payload.length;
    if (rawKinds.has(kind)) into.push({ kind, payload });
    else parts.push(payload);
    if (remaining === 0) finish(into);
    return start + payload.length;
  }

  function finish(into: HarnessFrame[]): void {
    if (!rawKinds.has(kind))
      into.push({ kind, payload: parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts) });
    parts = [];
    headerFill = 0;
  }

  return {
    push(piece) {
      const frames: HarnessFrame[] = [];
      let position = 0;
      while (position < piece.length) {
        const isInPayload = headerFill === frameHeaderBytes;
        position = isInPayload ? readPayload(piece, position, frames) : readHeader(piece, position, frames);
      }
      return frames;
    },
    end() {
      if (headerFill > 0)
        throw new HarnessProtocolError("the supervisor's stream ended in the middle of a frame");
    },
  };
}

function parseHeader(header: Buffer): { kind: FrameKind; length: number } {
  const kind = frameKinds[header.toString("latin1", 0, 1)];
  const length = header.readUInt32BE(1);
  if (kind === undefined)
    throw new HarnessProtocolError(`the supervisor sent a frame of unknown kind ${header[0]}`);
  if (length > maxFrameBytes)
    throw new HarnessProtocolError(
      `the supervisor sent a frame of ${length} bytes, over the cap of ${maxFrameBytes}`,
    );
  return { kind, length };
}
