import type { OutputChunk } from "./frames.ts";

/** What was written to both streams, as text; what is not UTF-8 shows as U+FFFD. */
export interface CollectedOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** True where more was written than was kept. */
  readonly isTruncated: boolean;
}

const defaultMaxBytes = 16 * 1024 * 1024;

/** Reads output to its end. @param maxBytes the most that is kept of each stream; the rest is read and dropped. */
export async function collectOutput(
  output: AsyncIterable<OutputChunk>,
  maxBytes: number = defaultMaxBytes,
): Promise<CollectedOutput> {
  const kept = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  const left = { stdout: maxBytes, stderr: maxBytes };
  let isTruncated = false;
  for await (const { stream, bytes } of output) {
    const part = bytes.subarray(0, left[stream]);
    isTruncated ||= part.length < bytes.length;
    left[stream] -= part.length;
    if (part.length > 0) kept[stream].push(part);
  }
  const text = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString("utf8");
  return { stdout: text(kept.stdout), stderr: text(kept.stderr), isTruncated };
}
