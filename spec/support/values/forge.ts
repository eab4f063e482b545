import { decodeValues } from "../../../lib/values/decode.ts";
import { ValueDecodingError } from "../../../lib/values/errors.ts";

/** A blob with this header and these buffers, as hostile code could write it. */
export function forge(header: unknown, buffers: readonly Uint8Array[] = []): Uint8Array {
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(8 * Math.ceil((json.length + 4) / 8) - 4));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([
    length,
    text,
    ...buffers.flatMap((bytes) => [bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]),
  ]);
}

/** A blob whose value `x` is this node. */
export function forgeNode(node: unknown, buffers: readonly Uint8Array[] = []): Uint8Array {
  return forge({ v: 1, values: { x: node }, buffers: buffers.map(({ length }) => length) }, buffers);
}

/** True where decoding fails as it should; any other failure is thrown on. */
export function isRefused(bytes: Uint8Array): boolean {
  try {
    decodeValues(bytes);
    return false;
  } catch (error) {
    if (error instanceof ValueDecodingError) return true;
    throw error;
  }
}

/** The bytes of a typed array. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
