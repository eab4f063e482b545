import { ValueDecodingError } from "./errors.ts";
import { formatVersion, type WireHeader, type WireNode } from "./format.ts";

/** A blob taken apart: the tree, and its buffers as views. */
export interface Blob {
  readonly values: Readonly<Record<string, WireNode>>;
  /** @throws ValueDecodingError for a number that no buffer has. */
  buffer(number: unknown): Uint8Array;
}

const maxHeaderBytes = 512 * 1024 * 1024;

/** Takes a blob apart. Everything in it is untrusted. @throws ValueDecodingError */
export function readBlob(given: Uint8Array): Blob {
  // What comes out of a Buffer would be Buffers, whose methods differ.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.length < 4) throw new ValueDecodingError("too short for encoded values");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(0, true);
  if (headerBytes > bytes.length - 4 || headerBytes > maxHeaderBytes)
    throw new ValueDecodingError("the header is longer than the whole");
  const header = parseHeader(bytes.subarray(4, 4 + headerBytes));
  const buffers = sliceBuffers(bytes, 4 + headerBytes, header.buffers);
  return {
    values: header.values,
    buffer(number) {
      const found = typeof number === "number" ? buffers[number] : undefined;
      if (found === undefined) throw new ValueDecodingError("a node refers to a buffer that is not there");
      return found;
    },
  };
}

function parseHeader(bytes: Uint8Array): WireHeader {
  let header: Partial<WireHeader> | null;
  try {
    header = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"));
  } catch {
    throw new ValueDecodingError("the header is not JSON");
  }
  if (typeof header !== "object" || header === null || header.v !== formatVersion)
    throw new ValueDecodingError(`the format is not number ${formatVersion}`);
  const { values, buffers } = header;
  if (typeof values !== "object" || values === null || Array.isArray(values) || !Array.isArray(buffers)) {
    throw new ValueDecodingError("the header lacks its values or buffers");
  }
  return { v: formatVersion, values, buffers };
}

function sliceBuffers(bytes: Uint8Array, start: number, sizes: readonly unknown[]): Uint8Array[] {
  let position = start;
  return sizes.map((size) => {
    if (
      typeof size !== "number" ||
      !Number.isSafeInteger(size) ||
      size < 0 ||
      size > bytes.length - position
    ) {
      throw new ValueDecodingError("a buffer reaches beyond the end");
    }
    const buffer = bytes.subarray(position, position + size);
    position = Math.min(bytes.length, position + size + ((8 - (size % 8)) % 8));
    return buffer;
  });
}
