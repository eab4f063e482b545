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

const firstRoomBytes = 4096;

/**
 * What came is kept in one buffer, and of each piece where it ends and whose it is: code that writes a million times one letter must not
 * make a million objects.
 *
 * @param caps the most that is kept of each stream, bytes.
 */
export function createOutputLog(caps: {
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}): OutputLog {
  let kept = new Uint8Array(firstRoomBytes);
  /** Where each piece ends; negative for those of stderr. */
  const ends: number[] = [];
  const bytes = { stdout: 0, stderr: 0 };
  let isEnded = false;
  let wake: Deferred<void> = createDeferred();

  const signalReaders = () => {
    wake.resolve();
    wake = createDeferred();
  };

  function append(part: Uint8Array, stream: OutputPiece["stream"]): void {
    const from = bytes.stdout + bytes.stderr;
    const to = from + part.length;
    if (to > kept.length) {
      const larger = new Uint8Array(Math.max(to, kept.length * 2));
      larger.set(kept.subarray(0, from));
      kept = larger;
    }
    kept.set(part, from);
    bytes[stream] += part.length;
    ends.push(stream === "stderr" ? -to : to);
  }

  function pieceAt(index: number): { readonly stream: OutputPiece["stream"]; readonly view: Uint8Array } {
    const end = ends[index] ?? 0;
    const view = kept.subarray(Math.abs(ends[index - 1] ?? 0), Math.abs(end));
    return { stream: end < 0 ? "stderr" : "stdout", view };
  }

  async function* read(): AsyncGenerator<OutputPiece, void, undefined> {
    for (let index = 0; ; index++) {
      while (index >= ends.length && !isEnded) await wake.promise;
      if (index >= ends.length) return;
      const { stream, view } = pieceAt(index);
      yield { stream, bytes: view.slice() };
    }
  }

  return {
    add({ stream, bytes: added }) {
      const cap = stream === "stdout" ? caps.stdoutBytes : caps.stderrBytes;
      const room = cap - bytes[stream];
      const part = added.subarray(0, room);
      if (part.length > 0) {
        append(part, stream);
        signalReaders();
      }
      return added.length > room ? stream : null;
    },
    end() {
      isEnded = true;
      signalReaders();
    },
    text(stream) {
      const all = Buffer.alloc(bytes[stream]);
      let fill = 0;
      for (let index = 0; index < ends.length; index++) {
        const piece = pieceAt(index);
        if (piece.stream !== stream) continue;
        all.set(piece.view, fill);
        fill += piece.view.length;
      }
      return all.toString("utf8");
    },
    keptBytes: (stream) => bytes[stream],
    pieces: { [Symbol.asyncIterator]: read },
  };
}
