import { basename } from "node:path";
import { formatSize } from "../../config/units.ts";
import { ConfigError } from "../../errors.ts";
import { readLimited, refuse } from "../../host/read-file.ts";

/** Python source text, and the name that tracebacks show. */
export interface Code {
  readonly text: string;
  readonly fileName: string;
}

const mostBytes = 4 * 1024 * 1024;
const limits = { what: "the code", mostBytes } as const;

/**
 * Reads the code from a file, or from `stdin` for `-`.
 *
 * @throws ConfigError for what is no Python text: binary, empty, not UTF-8.
 */
export async function readCode(path: string, stdin: AsyncIterable<Uint8Array>): Promise<Code> {
  if (path !== "-") return readCodeFile(path);
  return { text: decodeSource(await readStream(stdin), "standard input"), fileName: "stdin.py" };
}

/** The same for a file alone, whatever its name. @throws ConfigError */
export async function readCodeFile(path: string): Promise<Code> {
  return { text: decodeSource(await readLimited(path, limits), path), fileName: safeName(path) };
}

function decodeSource(bytes: Uint8Array, name: string): string {
  if (bytes.includes(0)) throw refuse(name, limits, "it is binary, not Python text");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse(name, limits, "it is not UTF-8; convert it, for example with iconv -t UTF-8");
  }
  if (text.trim() === "") throw refuse(name, limits, "it is empty");
  return text;
}

async function readStream(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of stream) {
    total += piece.length;
    if (total > mostBytes)
      throw new ConfigError(`the code on standard input is longer than ${formatSize(mostBytes)}`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Tracebacks and the supervisor take plain names only. */
function safeName(path: string): string {
  return (
    basename(path)
      .replace(/[^\w .,+@()-]/gu, "_")
      .slice(0, 200) || "main.py"
  );
}
