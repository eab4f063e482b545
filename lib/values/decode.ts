import type { Value } from "./types.ts";
export function decodeValues(bytes: Uint8Array): Record<string, Value> {
  return { raw: bytes.length };
}
