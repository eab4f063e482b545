import type { OutputPiece } from "../../run/output-log.ts";
import type { CliContext } from "../context.ts";
import { printable } from "./printable.ts";
import type { Output } from "./terminal.ts";

/** Passes on what the code writes, as it comes. On a terminal its control characters are made visible; elsewhere bytes stay bytes. */
export async function relayOutput(
  pieces: AsyncIterable<OutputPiece>,
  { out, err }: CliContext,
): Promise<void> {
  const writers = { stdout: createRelay(out), stderr: createRelay(err) };
  for await (const { stream, bytes } of pieces) await writers[stream](bytes);
}

function createRelay(output: Output): (bytes: Uint8Array) => Promise<void> {
  if (!output.isTerminal) return (bytes) => output.write(bytes);
  // A letter may be split between two pieces.
  const decoder = new TextDecoder();
  return (bytes) => output.write(printable(decoder.decode(bytes, { stream: true }).replaceAll("\r\n", "\n")));
}
