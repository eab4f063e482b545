import { createHash } from "node:crypto";
import { encodeValues } from "../values/encode.ts";
import type { Value } from "../values/types.ts";

const idLetters = 32;

/** What results depend on besides the code, as 32 hex digits. @param parts texts and named values, in a fixed order */
export function hashOf(parts: readonly (string | Readonly<Record<string, Value>>)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const pieces = typeof part === "string" ? [Buffer.from(part)] : encodeValues(part);
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    // Lengths between, so that no two lists of parts run together to the same bytes.
    hash.update(`${pieces.length} ${bytes}\n`);
    for (const piece of pieces) hash.update(piece);
  }
  return hash.digest("hex").slice(0, idLetters);
}

/** A candidate's identity: the same code on the same inputs is the same candidate, whoever proposes it and whenever. */
export function candidateId(code: string, inputsHash: string): string {
  return hashOf([inputsHash, code]);
}

/** True for what {@link hashOf} gives. */
export function isHash(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{32}$/.test(text);
}
