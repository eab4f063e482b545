import { lstat, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../host/run-program.ts";

/**
 * Where a run has its folder, which takes the place of a container's `/tmp`. The supervisor makes it, closed to everyone but its user, and
 * removes it: it is never there without one, whenever this process is killed.
 *
 * @param runName new with each run, and not to be guessed.
 */
export async function folderOf(runName: string): Promise<string> {
  return join(await realpath(tmpdir()), runName);
}

/** Removes it with all that is in it. Null once it is gone, else why it is not. */
export async function removeFolder(folder: string): Promise<string | null> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  if (await isGone(folder)) return null;
  try {
    // Folders that were closed to their owner, or lie too deep for one path, are no trouble to these.
    await runProgram("chmod", ["-R", "u+rwX", folder]).catch(() => undefined);
    await runProgram("rm", ["-rf", "--", folder]);
  } catch (error) {
    return `the folder ${folder} is left: ${error instanceof Error ? error.message : String(error)}`;
  }
  return (await isGone(folder)) ? null : `the folder ${folder} is left`;
}

async function isGone(folder: string): Promise<boolean> {
  try {
    await lstat(folder);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
