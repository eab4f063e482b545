import type { Value } from "../values/types.ts";
import { parseCsv } from "./parse-csv.ts";
import { parseJsonInput } from "./parse-json.ts";
import { parseNpy } from "./parse-npy.ts";

/** Kinds of files that become values. */
export type InputKind = "csv" | "json" | "npy";

const parsers: Readonly<Record<InputKind, (bytes: Uint8Array, name: string) => Value>> = {
  csv: parseCsv,
  json: parseJsonInput,
  npy: parseNpy,
};

/**
 * The value in a file's bytes: a DataFrame from CSV, plain values (or a DataFrame that `brigbox run --json` wrote) from JSON, an array
 * from npy.
 *
 * @param name what messages call the input.
 * @throws ConfigError that says in one line what is wrong with the file, and where.
 * @example
 * parseInput("csv", await readFile("prices.csv"), "prices");
 */
export function parseInput(kind: InputKind, bytes: Uint8Array, name: string): Value {
  return parsers[kind](bytes, name);
}
