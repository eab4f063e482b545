import type { Value } from "./types.ts";
export function encodeValues(_values: Readonly<Record<string, Value>>): Uint8Array[] {
  return [];
}
