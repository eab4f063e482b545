import { ProtocolError } from "./errors.ts";
import type { OutputChunk } from "./frames.ts";

/** A line of a container's output, without its end. */
export interface OutputLine {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

const defaultMaxLineBytes = 1024 * 1024;
const lineFeed = 0x0a;
const nothing = new Uint8Array(0);

/**
 * Output as lines, each as soon as it is whole; the last one may lack its end. Letters that were cut into chunks are put together.
 *
 * @param options.maxLineBytes the longest line that is put together, default 1 MiB.
 * @throws ProtocolError for a longer one.
 * @example
 * for await (const { stream, text } of readLines(attachment.output)) console.log(stream, text);
 */
export async function* readLines(
  output: AsyncIterable<OutputChunk>,
  options: { readonly maxLineBytes?: number } = {},
): AsyncGenerator<OutputLine, void, undefined> {
  const maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
  const open = { stdout: createOpenLine(maxLineBytes), stderr: createOpenLine(maxLineBytes) };
  for await (const { stream, bytes } of output) {
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      yield { stream, text: open[stream].finish(bytes.subarray(start, end)) };
      start = end + 1;
    }
    open[stream].add(bytes.subarray(start));
  }
  for (const stream of ["stdout", "stderr"] as const)
    if (!open[stream].isEmpty()) yield { stream, text: open[stream].finish(nothing) };
}

function createOpenLine(maxBytes: number): {
  add(part: Uint8Array): void;
  /** The whole line, of which this is the last part. */
  finish(last: Uint8Array): string;
  isEmpty(): boolean;
} {
  let parts: Uint8Array[] = [];
  let length = 0;
  function count(part: Uint8Array): void {
    length += part.length;
    if (length > maxBytes) throw new ProtocolError(`a line over the cap of ${maxBytes} bytes`);
  }
  return {
    add(part) {
      count(part);
      // A copy, since the chunk is a view of a buffer that may be used again.
      if (part.length > 0) parts.push(part.slice());
    },
    finish(last) {
      count(last);
      const whole = parts.length === 0 ? last : Buffer.concat([...parts, last]);
      const text = Buffer.from(whole.buffer, whole.byteOffset, whole.length).toString("utf8");
      parts = [];
      length = 0;
      return text.endsWith("\r") ? text.slice(0, -1) : text;
    },
    isEmpty: () => length === 0,
  };
}
