import { basename, extname } from "node:path";
import { ConfigError } from "../../errors.ts";
import { readLimited } from "../../host/read-file.ts";
import type { InputKind } from "../../inputs/parse-input.ts";
import type { Value } from "../../values/types.ts";

const kinds: Readonly<Record<string, InputKind>> = { ".csv": "csv", ".json": "json", ".npy": "npy" };

const mostBytes = 256 * 1024 * 1024;

/**
 * The values of `--input name=path`, by name.
 *
 * @throws ConfigError for a pair that is none, a kind that is not known, a file that cannot be read.
 */
export async function readInputs(pairs: readonly string[]): Promise<Record<string, Value>> {
  const inputs: Record<string, Value> = {};
  if (pairs.length === 0) return inputs;
  // Loaded only where it is used: parsers cost more than the rest of the command's start.
  const { parseInput } = await import("../../inputs/parse-input.ts");
  for (const pair of pairs) {
    const [, name, path] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
    if (name === undefined || path === undefined) {
      throw new ConfigError(`--input "${pair.slice(0, 80)}": write it like prices=prices.csv`);
    }
    if (Object.hasOwn(inputs, name)) throw new ConfigError(`--input: "${name.slice(0, 60)}" is given twice`);
    const kind = kinds[extname(path).toLowerCase()];
    if (kind === undefined) {
      throw new ConfigError(
        `--input ${name.slice(0, 60)}: "${basename(path).slice(0, 80)}" ends with none of ${Object.keys(kinds).join(", ")}; use --file for other files`,
      );
    }
    const what = `input "${name.slice(0, 60)}"`;
    inputs[name] = parseInput(kind, await readLimited(path, { what, mostBytes }), name);
  }
  return inputs;
}

/**
 * The files of `--file path` or `--file name=path`, by the name that they get below `/tmp/in`.
 *
 * @throws ConfigError for a file that cannot be read, or two of the same name.
 */
export async function readFiles(entries: readonly string[]): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const entry of entries) {
    const [, given, path = entry] = /^([^=/]+)=(.+)$/s.exec(entry) ?? [];
    const name = given ?? basename(path);
    if (Object.hasOwn(files, name))
      throw new ConfigError(`--file: there are two files "${name.slice(0, 80)}"; name one as other=path`);
    files[name] = await readInputFile(path);
  }
  return files;
}

/** The bytes of one such file. @throws ConfigError for a file that cannot be read */
export function readInputFile(path: string): Promise<Uint8Array> {
  return readLimited(path, { what: "an input file", mostBytes });
}
