import { ProtocolError } from "./errors.ts";
import type { OutputChunk } from "./frames.ts";

/** A line of a container's output, without its end. */
export interface OutputLine {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

const defaultMaxLineBytes = 1024 * 1024;
const lineFeed = 0x0a;

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
      open[stream].add(bytes.subarray(start, end));
      yield { stream, text: open[stream].take() };
      start = end + 1;
    }
    open[stream].add(bytes.subarray(start));
  }
  for (const stream of ["stdout", "stderr"] as const)
    if (!open[stream].isEmpty()) yield { stream, text: open[stream].take() };
}

function createOpenLine(maxBytes: number): {
  add(part: Uint8Array): void;
  take(): string;
  isEmpty(): boolean;
} {
  let parts: Uint8Array[] = [];
  let length = 0;
  return {
    add(part) {
      length += part.length;
      if (length > maxBytes) throw new ProtocolError(`a line over the cap of ${maxBytes} bytes`);
      // A copy, since the chunk is a view of a buffer that may be used again.
      if (part.length > 0) parts.push(part.slice());
    },
    take() {
      const text = Buffer.concat(parts).toString("utf8");
      parts = [];
      length = 0;
      return text.endsWith("\r") ? text.slice(0, -1) : text;
    },
    isEmpty: () => length === 0,
  };
}
