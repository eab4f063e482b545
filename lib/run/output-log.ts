import { createDeferred, type Deferred } from "./deferred.ts";

/** A piece of what the code wrote, as it came. */
export interface OutputPiece {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

/** What the code wrote so far, capped, and readable by any number of readers from the start. */
export interface OutputLog {
  /** Keeps at most what the caps allow. Returns the stream whose cap was passed, or null. */
  add(piece: OutputPiece): "stdout" | "stderr" | null;
  /** No more will come: readers end. */
  end(): void;
  /** All that was kept of a stream, as text; what is not UTF-8 becomes U+FFFD. */
  text(stream: "stdout" | "stderr"): string;
  /** Bytes that were kept. */
  keptBytes(stream: "stdout" | "stderr"): number;
  readonly pieces: AsyncIterable<OutputPiece>;
}

/** @param caps the most that is kept of each stream, bytes. */
export function createOutputLog(caps: {
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}): OutputLog {
  const kept: OutputPiece[] = [];
  const bytes = { stdout: 0, stderr: 0 };
  let isEnded = false;
  let wake: Deferred<void> = createDeferred();

  const signalReaders = () => {
    wake.resolve();
    wake = createDeferred();
  };

  async function* read(): AsyncGenerator<OutputPiece, void, undefined> {
    for (let index = 0; ; index++) {
      while (index >= kept.length && !isEnded) await wake.promise;
      const piece = kept[index];
      if (piece === undefined) return;
      yield piece;
    }
  }

  return {
    add({ stream, bytes: added }) {
      const cap = stream === "stdout" ? caps.stdoutBytes : caps.stderrBytes;
      const room = cap - bytes[stream];
      // A copy, since the received buffer may be far larger than this view of it and would stay alive as a whole.
      const part = new Uint8Array(added.subarray(0, room));
      if (part.length > 0) {
        kept.push({ stream, bytes: part });
        bytes[stream] += part.length;
        signalReaders();
      }
      return added.length > room ? stream : null;
    },
    end() {
      isEnded = true;
      signalReaders();
    },
    text: (stream) =>
      Buffer.concat(kept.filter((piece) => piece.stream === stream).map((piece) => piece.bytes)).toString(
        "utf8",
      ),
    keptBytes: (stream) => bytes[stream],
    pieces: { [Symbol.asyncIterator]: read },
  };
}
