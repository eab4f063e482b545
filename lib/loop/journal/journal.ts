import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { JournalError } from "../errors.ts";
import { type Lock, takeLock } from "./lock.ts";
import { readJournal } from "./read-journal.ts";
import { type JournalRecord, journalVersion } from "./records.ts";

/** What a loop did, a line of JSON at a time. */
export interface Journal {
  /** Resolves once the line is whole on the disk. Lines keep the order of the calls, so one that is there has all before it. */
  append(record: JournalRecord): Promise<void>;
  close(): Promise<void>;
}

/** A journal that keeps nothing. */
export const noJournal: Journal = { append: async () => undefined, close: async () => undefined };

/** Options of {@link openJournal}. */
export interface JournalOptions {
  /** 32 hex digits; a journal that began with others is refused. */
  readonly identity: string;
  /** Called for each record that is there already, the first line excepted. */
  readonly onRecord: (record: JournalRecord) => void;
}

/**
 * Opens a journal, or begins it. What a killed process left half written is dropped.
 *
 * @throws JournalError where it is another loop's, in use, damaged, or cannot be read or written.
 */
export async function openJournal(path: string, options: JournalOptions): Promise<Journal> {
  let lock: Lock | null = null;
  let file: FileHandle | null = null;
  try {
    lock = await takeLock(path);
    // No O_APPEND: what was cut is written over.
    file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    const end = await resume(file, path, options);
    return createWriter({ file, path, lock, end });
  } catch (error) {
    await file?.close();
    await lock?.release();
    if (error instanceof JournalError) throw error;
    throw cannot("use", path, error);
  }
}

async function resume(
  file: FileHandle,
  path: string,
  { identity, onRecord }: JournalOptions,
): Promise<number> {
  let isFirst = true;
  const { wholeBytes } = await readJournal(file, path, (record) => {
    if (!isFirst) return onRecord(record);
    isFirst = false;
    checkHead(record, identity);
  });
  await file.truncate(wholeBytes);
  if (!isFirst) return wholeBytes;
  const head = toLine({ type: "loop", version: journalVersion, identity });
  await writeWhole(file, head, 0);
  await syncFolder(dirname(path));
  return head.length;
}

function checkHead(record: JournalRecord, identity: string): void {
  if (record.type !== "loop") throw new JournalError("a journal begins with a line of type loop");
  if (record.version !== journalVersion)
    throw new JournalError(
      `the journal is of version ${record.version}, and this program writes ${journalVersion}`,
    );
  if (record.identity !== identity)
    throw new JournalError(
      "the journal is of another configuration: other inputs, another score, proposer or limits; give another journal, or take back the change",
    );
}

interface Place {
  readonly file: FileHandle;
  readonly path: string;
  readonly lock: Lock;
  readonly end: number;
}

/** One write at a time; what comes in meanwhile shares the next one and its sync. */
function createWriter({ file, path, lock, end }: Place): Journal {
  let position = end;
  let waiting: Buffer[] = [];
  let turn: Promise<void> = Promise.resolve();
  let failure: JournalError | null = null;

  async function writeWaiting(): Promise<void> {
    if (failure !== null) throw failure;
    const bytes = Buffer.concat(waiting);
    waiting = [];
    if (bytes.length === 0) return;
    try {
      await writeWhole(file, bytes, position);
    } catch (error) {
      // After half a line nothing may follow.
      failure = cannot("write", path, error);
      throw failure;
    }
    position += bytes.length;
  }

  function append(record: JournalRecord): Promise<void> {
    waiting.push(toLine(record));
    const written = turn.then(writeWaiting);
    turn = written.catch(() => undefined);
    return written;
  }

  async function close(): Promise<void> {
    await turn;
    await file.close();
    await lock.release();
  }

  return { append, close };
}

async function writeWhole(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
  await file.datasync();
}

function toLine(record: JournalRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** A new file is only there once its folder is on the disk; not every system lets a folder be synced. */
async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | null = null;
  try {
    folder = await open(path, constants.O_RDONLY);
    await folder.sync();
  } catch {
    return;
  } finally {
    await folder?.close();
  }
}

function cannot(act: "use" | "write", path: string, error: unknown): JournalError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  return new JournalError(`${path}: cannot ${act} it as a journal (${code})`, { cause: error });
}
