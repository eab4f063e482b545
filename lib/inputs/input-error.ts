import { isUtf8 } from "node:buffer";
import { ConfigError } from "../errors.ts";

/** An input that cannot be read. Nothing of its content is shown, since messages end up in logs. */
export function inputError(name: string, reason: string): ConfigError {
  return new ConfigError(`input "${name.slice(0, 60)}": ${reason}`);
}

const lineFeed = 10;

/** The text of a file that must be text, without a byte order mark. @throws ConfigError for what is none, with the line */
export function decodeText(bytes: Uint8Array, name: string): string {
  if (bytes.length === 0) throw inputError(name, "the file is empty");
  const mark = `${bytes[0]} ${bytes[1]}`;
  if (mark === "255 254" || mark === "254 255")
    throw inputError(
      name,
      "the file is UTF-16, not UTF-8; convert it, for example with iconv -f UTF-16 -t UTF-8",
    );
  const zero = bytes.indexOf(0);
  if (zero !== -1) throw inputError(name, `the file is binary, not text (line ${lineAt(bytes, zero)})`);
  if (!isUtf8(bytes)) {
    const line = lineAt(bytes, findBadLine(bytes));
    throw inputError(name, `line ${line} is not UTF-8; convert the file, for example with iconv -t UTF-8`);
  }
  return new TextDecoder().decode(bytes);
}

/** The line, from 1, of a place in a text or its bytes. */
export function lineAt(text: string | Uint8Array, place: number): number {
  let line = 1;
  const isText = typeof text === "string";
  for (let next = 0; ; line++) {
    const end = isText ? text.indexOf("\n", next) : text.indexOf(lineFeed, next);
    if (end === -1 || end >= place) return line;
    next = end + 1;
  }
}

/** Where the first line begins that is no UTF-8; no letter of UTF-8 has a line feed inside. */
function findBadLine(bytes: Uint8Array): number {
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(lineFeed, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    if (!isUtf8(bytes.subarray(start, end))) return start;
    start = end;
  }
  return bytes.length;
}
