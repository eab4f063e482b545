import { type FileHandle, open, realpath, rename, rm } from "node:fs/promises";
import { SandboxError } from "../../errors.ts";
import { syncFolder, writeAt } from "../../host/write-file.ts";
import type { ByteRange } from "./scan-results.ts";

/** A file some of whose lines are to go. */
export interface Replaced {
  readonly path: string;
  readonly file: FileHandle;
  readonly superseded: readonly ByteRange[];
  /** Where the last whole line ends, bytes. */
  readonly end: number;
}

const copiedBytes = 1024 * 1024;

/**
 * Drops lines. The rest goes into a new file, which takes the place of the old one at once: at no moment is there less than all results.
 *
 * @throws SandboxError where that cannot be done; the file is then as it was.
 */
export async function dropLines({ path, file, superseded, end }: Replaced): Promise<void> {
  if (superseded.length === 0) return;
  const target = await realpath(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const { mode } = await file.stat();
    const copy = await open(temporary, "wx", mode);
    try {
      await copyKept(file, copy, gapsBetween(superseded, end));
      await copy.datasync();
    } finally {
      await copy.close();
    }
    await rename(temporary, target);
    await syncFolder(target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new SandboxError(
      `lines of ${path} that were replaced cannot be dropped (${(error as NodeJS.ErrnoException).code ?? "unknown"}); the later line of a job holds`,
      { cause: error },
    );
  }
}

/** What lies between the ranges, up to the end. */
function gapsBetween(ranges: readonly ByteRange[], end: number): ByteRange[] {
  const inOrder = [...ranges].sort((left, right) => left.start - right.start);
  const starts = [0, ...inOrder.map((range) => range.end)];
  const ends = [...inOrder.map((range) => range.start), end];
  return starts
    .map((start, at) => ({ start, end: ends[at] ?? end }))
    .filter((range) => range.start < range.end);
}

async function copyKept(from: FileHandle, to: FileHandle, ranges: readonly ByteRange[]): Promise<void> {
  const buffer = Buffer.allocUnsafe(copiedBytes);
  let written = 0;
  for (const { start, end } of ranges) {
    for (let position = start; position < end; ) {
      const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, end - position), position);
      if (bytesRead === 0) throw new Error("the file became shorter while it was read");
      await writeAt(to, buffer.subarray(0, bytesRead), written);
      position += bytesRead;
      written += bytesRead;
    }
  }
}
