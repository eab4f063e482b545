import { formatSize } from "../../config/units.ts";
import { jsonPieces } from "../../values/json-pieces.ts";
import type { Value } from "../../values/types.ts";
import type { RunResult } from "../../verdict.ts";

/** JSON that a pipe's reader can be expected to hold, letters. */
const mostJsonLetters = 256 * 1024 * 1024;

/** A result and its JSON. */
export interface ResultJson {
  /** What the JSON tells: the result given, or an `output-limit` where its values are too large for JSON. */
  readonly result: RunResult;
  /** The JSON in pieces, one after the other; a text of this length cannot be made in one. */
  readonly pieces: readonly string[];
}

/**
 * A result as JSON: its values as in `toJson`, artifacts with their bytes in base64.
 *
 * @param mostLetters values that need more turn the result into an `output-limit` without values, letters.
 * @param write makes another JSON of it, in pieces.
 */
export function resultJson(
  result: RunResult,
  mostLetters: number = mostJsonLetters,
  write: (result: RunResult) => Iterable<string> = resultPieces,
): ResultJson {
  const pieces = piecesWithin(write(result), mostLetters);
  if (pieces !== null) return { result, pieces };
  const limited: RunResult = {
    ...result,
    status: "output-limit",
    message: `the values need more than ${formatSize(mostLetters)} as JSON; return less, or take them with the library`,
    values: {},
    evidence: { ...result.evidence, limit: "result" },
  };
  return { result: limited, pieces: [...write(limited)] };
}

function piecesWithin(all: Iterable<string>, mostLetters: number): readonly string[] | null {
  const pieces: string[] = [];
  let letters = 0;
  try {
    for (const piece of all) {
      letters += piece.length;
      if (letters > mostLetters) return null;
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  return pieces;
}

function* resultPieces({ values, artifacts, ...rest }: RunResult): Generator<string> {
  const { runId, status, message, ...others } = rest;
  yield `${JSON.stringify({ runId, status, message }).slice(0, -1)},"values":`;
  yield* jsonPieces(values as { readonly [name: string]: Value });
  for (const [key, item] of Object.entries(others)) yield `,${JSON.stringify(key)}:${JSON.stringify(item)}`;
  yield ',"artifacts":[';
  for (const [position, { path, bytes }] of artifacts.entries()) {
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
    yield `${position > 0 ? "," : ""}${JSON.stringify({ path, bytes: bytes.length, base64 })}`;
  }
  yield "]}\n";
}
