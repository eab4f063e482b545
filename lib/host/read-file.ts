import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { formatSize } from "../config/units.ts";
import { ConfigError } from "../errors.ts";

/** Options of {@link readLimited}. */
export interface ReadLimits {
  /** What the file is, for messages, for example `input "prices"`. */
  readonly what: string;
  /** More is refused, bytes. */
  readonly mostBytes: number;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read by this user",
  EPERM: "it may not be read by this user",
  EISDIR: "it is a directory, not a file",
  ENOTDIR: "a part of its path is not a directory",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
};

/**
 * The bytes of a file.
 *
 * @throws ConfigError with the file's name and what is wrong with it, in one line.
 */
export async function readLimited(path: string, limits: ReadLimits): Promise<Uint8Array> {
  let file: FileHandle | null = null;
  try {
    // Without this, a pipe that nobody writes to would hold us for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (stats.isDirectory()) throw refuse(path, limits, "it is a directory, not a file");
    if (!stats.isFile()) throw refuse(path, limits, "it is not a regular file");
    if (stats.size > limits.mostBytes) {
      throw refuse(
        path,
        limits,
        `it has ${formatSize(stats.size)}, and ${formatSize(limits.mostBytes)} are the most`,
      );
    }
    return await file.readFile();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw refuse(path, limits, reasons[code] ?? `the system says ${code || "nothing more"}`);
  } finally {
    await file?.close();
  }
}

/** A ConfigError for a file that cannot be used. */
export function refuse(path: string, { what }: Pick<ReadLimits, "what">, reason: string): ConfigError {
  return new ConfigError(`cannot use ${path} as ${what}: ${reason}`);
}
