import type { FileHandle } from "node:fs/promises";

/** A line of a file, without its end. */
export interface FileLine {
  /** From 1 on. */
  readonly number: number;
  /** Where it begins in the file, bytes. */
  readonly start: number;
  /** Its length without its end, bytes. */
  readonly length: number;
  /** Its beginning, up to as much as was asked for. */
  readonly head: Uint8Array;
  /** Its last byte; null for an empty line. */
  readonly last: number | null;
  /** False where the file ends before the line does. */
  readonly isWhole: boolean;
}

const lineFeed = 0x0a;
const pieceBytes = 256 * 1024;

/**
 * The lines of a file from its beginning, one after another, however long they are.
 *
 * @param headBytes how much of each line is kept.
 */
export async function* readFileLines(
  file: FileHandle,
  headBytes: number,
): AsyncGenerator<FileLine, void, undefined> {
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let line = createOpenLine(1, 0, headBytes);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, pieceBytes, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let from = 0;
    for (let end = buffer.indexOf(lineFeed); end !== -1 && end < bytesRead; ) {
      line.add(buffer.subarray(from, end));
      const whole = line.close(true);
      yield whole;
      line = createOpenLine(whole.number + 1, whole.start + whole.length + 1, headBytes);
      from = end + 1;
      end = buffer.indexOf(lineFeed, from);
    }
    line.add(buffer.subarray(from, bytesRead));
  }
  const rest = line.close(false);
  if (rest.length > 0) yield rest;
}

interface OpenLine {
  add(bytes: Uint8Array): void;
  close(isWhole: boolean): FileLine;
}

function createOpenLine(number: number, start: number, headBytes: number): OpenLine {
  const pieces: Buffer[] = [];
  let kept = 0;
  let length = 0;
  let last: number | null = null;
  return {
    add(bytes) {
      length += bytes.length;
      last = bytes.at(-1) ?? last;
      // A copy, since the buffer is read into again.
      const piece = Buffer.from(bytes.subarray(0, headBytes - kept));
      kept += piece.length;
      if (piece.length > 0) pieces.push(piece);
    },
    close: (isWhole) => ({ number, start, length, head: Buffer.concat(pieces), last, isWhole }),
  };
}
