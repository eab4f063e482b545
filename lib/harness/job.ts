import { frameHeaderBytes, type JobHeader, maxJobHeaderBytes, protocolVersion } from "./protocol.ts";

/** A job's parts, before they become bytes. */
export interface Job {
  /** Without the counts, which follow from the parts. */
  readonly header: Omit<JobHeader, "protocol" | "inputBytes" | "files">;
  /** The encoded input values, in pieces; none where nothing goes in. */
  readonly inputs: readonly Uint8Array[];
  /** Files to lay below `/tmp/in`, by relative path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * The bytes of a job in the order in which the supervisor reads them. Inputs and files are handed on, not copied.
 *
 * @throws RangeError for a header, with the code in it, that the supervisor would not read.
 */
export function encodeJob({ header, inputs, files }: Job): readonly Uint8Array[] {
  const full: JobHeader = {
    ...header,
    protocol: protocolVersion,
    inputBytes: inputs.reduce((sum, { length }) => sum + length, 0),
    files: [...files].map(([path, bytes]) => ({ path, bytes: bytes.length })),
  };
  const text = JSON.stringify(full);
  const textBytes = Buffer.byteLength(text);
  if (textBytes > maxJobHeaderBytes)
    throw new RangeError(`the job's header is over ${maxJobHeaderBytes} bytes; send less code`);
  // In one piece, since each is passed on from process to process by itself.
  const frame = Buffer.allocUnsafe(frameHeaderBytes + textBytes);
  frame.write("J", 0, "ascii");
  frame.writeUInt32BE(textBytes, 1);
  frame.write(text, frameHeaderBytes, "utf8");
  return [frame, ...inputs, ...files.values()];
}
