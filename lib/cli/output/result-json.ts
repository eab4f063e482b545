import { toJson } from "../../values/json.ts";
import type { JsonValue } from "../../values/types.ts";
import type { RunResult } from "../../verdict.ts";

/** A result as JSON: its values as in `toJson`, artifacts with their bytes in base64. */
export function resultJson(result: RunResult): JsonValue {
  const values = Object.fromEntries(
    Object.entries(result.values).map(([name, value]) => [name, toJson(value)]),
  );
  const artifacts = result.artifacts.map(({ path, bytes }) => ({
    path,
    bytes: bytes.length,
    base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  }));
  return { ...result, values, artifacts } as unknown as JsonValue;
}
