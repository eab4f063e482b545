import { ConfigError } from "../../errors.ts";
import { lockFile } from "../../host/lock-file.ts";
import { JournalError } from "../errors.ts";

/** A file that says whose a journal is while it is written. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the journal for this process: two that append to one journal would each miss what the other does. The lock of a process that is
 * provably dead, as after SIGKILL, is taken over.
 *
 * @throws JournalError where its owner lives, or cannot be judged.
 */
export async function takeLock(path: string): Promise<Lock> {
  try {
    return { release: await lockFile(path) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // What the system refuses is told as it is of the journal itself.
    throw error.cause ?? new JournalError(error.message, { cause: error });
  }
}
