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
  const text = Buffer.from(JSON.stringify(full), "utf8");
  if (text.length > maxJobHeaderBytes)
    throw new RangeError(`the job's header is over ${maxJobHeaderBytes} bytes; send less code`);
  const head = Buffer.alloc(frameHeaderBytes);
  head.write("J", 0, "ascii");
  head.writeUInt32BE(text.length, 1);
  return [head, text, ...inputs, ...files.values()];
}
