import { ValueDecodingError } from "./errors.ts";
import { alignmentBytes, formatVersion, freeLabels, type WireHeader, type WireNode } from "./format.ts";

/** A blob taken apart: the tree, and its buffers as views. */
export interface Blob {
  readonly values: Readonly<Record<string, WireNode>>;
  /** Labels that a range may have, since they take no bytes. */
  readonly maxLabels: number;
  /** Each buffer is given out once. @throws ValueDecodingError for a number that no buffer has, and for one asked for again. */
  buffer(number: unknown): Uint8Array;
}

const lengthBytes = 4;

/** Twice this is more than a string can hold. */
const maxHeaderBytes = 256 * 1024 * 1024;

/** Takes a blob apart. Everything in it is untrusted. @throws ValueDecodingError */
export function readBlob(received: Uint8Array): Blob {
  const bytes = aligned(received);
  if (bytes.length < lengthBytes) throw new ValueDecodingError("too short for encoded values");
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getUint32(0, true);
  const start = lengthBytes + headerBytes;
  if (start > bytes.length || headerBytes > maxHeaderBytes)
    throw new ValueDecodingError("the header is longer than the whole");
  if (start % alignmentBytes !== 0) throw new ValueDecodingError("the header is not padded");
  const header = parseHeader(bytes.subarray(lengthBytes, start));
  const starts = locateBuffers(header.buffers, start, bytes.length);
  return {
    values: header.values,
    maxLabels: Math.max(bytes.length, freeLabels),
    buffer: createBufferReader(bytes, header.buffers, starts),
  };
}

/** Typed arrays look into the bytes as they are, which needs them aligned; pieces of a larger buffer are moved once. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % alignmentBytes === 0
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : new Uint8Array(bytes);
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

/** Where each buffer starts. Together they must fill the blob to its end. */
function locateBuffers(sizes: readonly unknown[], start: number, end: number): Float64Array {
  const starts = new Float64Array(sizes.length);
  let position = start;
  for (const [number, size] of sizes.entries()) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0 || size > end - position)
      throw new ValueDecodingError("a buffer reaches beyond the end");
    starts[number] = position;
    position += Math.ceil(size / alignmentBytes) * alignmentBytes;
  }
  if (position !== end) throw new ValueDecodingError("the buffers and the blob end at different places");
  return starts;
}

/** Views are made when they are asked for, and once: a small blob whose columns share a buffer could stand for a huge frame. */
function createBufferReader(
  bytes: Uint8Array,
  sizes: readonly number[],
  starts: Float64Array,
): Blob["buffer"] {
  const isTaken = new Uint8Array(starts.length);
  return (number) => {
    const start = typeof number === "number" ? starts[number] : undefined;
    if (typeof number !== "number" || start === undefined)
      throw new ValueDecodingError("a node refers to a buffer that is not there");
    if (isTaken[number] === 1) throw new ValueDecodingError("two nodes refer to the same buffer");
    isTaken[number] = 1;
    return bytes.subarray(start, start + (sizes[number] ?? 0));
  };
}
