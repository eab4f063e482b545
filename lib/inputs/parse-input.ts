import { formatSize } from "../config/units.ts";
import type { Value } from "../values/types.ts";
import { inputError } from "./input-error.ts";
import { parseCsv } from "./parse-csv.ts";
import { parseJsonInput } from "./parse-json.ts";
import { parseNpy } from "./parse-npy.ts";

/** Kinds of files that become values. */
export type InputKind = "csv" | "json" | "npy";

/** Options of {@link parseInput}. */
export interface InputOptions {
  /** A longer file is refused, bytes. @default 268435456 (256 MiB) */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 256 * 1024 * 1024;

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
export function parseInput(
  kind: InputKind,
  bytes: Uint8Array,
  name: string,
  { maxBytes = defaultMaxBytes }: InputOptions = {},
): Value {
  if (bytes.length > maxBytes) {
    throw inputError(
      name,
      `the file has ${formatSize(bytes.length)}, and ${formatSize(maxBytes)} are the most; send a part of it, or the file as it is`,
    );
  }
  return parsers[kind](bytes, name);
}
