import { ConfigError } from "../errors.ts";

/** An input that cannot be read. Nothing of its content is shown, since messages end up in logs. */
export function inputError(name: string, reason: string): ConfigError {
  return new ConfigError(`input "${name.slice(0, 60)}": ${reason}`);
}

/** The text of a file that must be text. @throws ConfigError for what is none */
export function decodeText(bytes: Uint8Array, name: string): string {
  if (bytes.length === 0) throw inputError(name, "the file is empty");
  if (bytes.includes(0)) throw inputError(name, "the file is binary, not text");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw inputError(name, "the file is not UTF-8; convert it, for example with iconv -t UTF-8");
  }
}
