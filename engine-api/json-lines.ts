import { ProtocolError } from "./errors.ts";

/**
 * The objects of a stream of JSON texts, one a line, however the chunks fall: progress of pull, build and push, events.
 *
 * @param options.maxLineBytes the longest line that is believed, default 16 MiB.
 * @throws ProtocolError for a line that is not JSON, or too long.
 */
export async function* decodeJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly maxLineBytes?: number } = {},
): AsyncGenerator<unknown, void, undefined> {
  const maxLineBytes = options.maxLineBytes ?? 16 * 1024 * 1024;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      checkLength(pendingBytes + end - start, maxLineBytes);
      pending.push(chunk.subarray(start, end));
      start = end + 1;
      yield* parseLine(pending);
      pending = [];
      pendingBytes = 0;
    }
    pendingBytes += chunk.length - start;
    checkLength(pendingBytes, maxLineBytes);
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  yield* parseLine(pending);
}

function checkLength(lineBytes: number, maxLineBytes: number): void {
  if (lineBytes > maxLineBytes) throw new ProtocolError(`a JSON line over the cap of ${maxLineBytes} bytes`);
}

function* parseLine(pieces: readonly Uint8Array[]): Generator<unknown, void, undefined> {
  const text = Buffer.concat(pieces).toString("utf8").trim();
  if (text === "") return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolError(`expected a line of JSON from the Engine, got: ${text.slice(0, 200)}`);
  }
  yield value;
}
