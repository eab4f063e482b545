import { type FileHandle, open, rm } from "node:fs/promises";
import { ConfigError, SandboxError } from "../../errors.ts";
import { lockFile } from "../../host/lock-file.ts";
import { syncFolder, writeAt } from "../../host/write-file.ts";
import { dropLines } from "./drop-lines.ts";
import { type ByteRange, type EarlierResult, scanResults } from "./scan-results.ts";

/** Where result lines go. */
export interface ResultSink {
  /** Jobs that have a result from before, by id. */
  readonly earlier: ReadonlyMap<string, Pick<EarlierResult, "hash" | "status">>;
  /** What was dropped of a last line that had been cut, bytes. */
  readonly cutBytes: number;
  /**
   * Resolves once the line is where it belongs, and stays there whatever becomes of this process.
   *
   * @throws SandboxError where it cannot be written.
   */
  append(id: string, pieces: readonly string[]): Promise<void>;
  /** Drops lines of jobs that have a later one: called when all is done, so that each job has one line. */
  tidy(): Promise<void>;
  /** Lets go of it; a file that was made and got no line is removed. */
  close(): Promise<void>;
}

interface OpenFile {
  readonly isNew: boolean;
  readonly path: string;
  readonly file: FileHandle;
  readonly byId: Map<string, EarlierResult>;
  readonly superseded: ByteRange[];
  readonly cutBytes: number;
  end: number;
}

/**
 * A file of results.
 *
 * @param isResume true to go on with a file that may be there.
 * @throws ConfigError where it is there and must not be, or holds something else, or cannot be opened.
 */
export async function openResultsFile(path: string, isResume: boolean): Promise<ResultSink> {
  // Two batches in one file would write over each other.
  const unlock = await lockFile(path);
  try {
    const results = (isResume ? await openAgain(path) : null) ?? (await create(path));
    return toSink(results, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

function toSink(results: OpenFile, unlock: () => Promise<void>): ResultSink {
  return {
    earlier: results.byId,
    cutBytes: results.cutBytes,
    append: (id, pieces) => append(results, id, pieces),
    tidy: () => dropLines(results),
    close: () => close(results).finally(unlock),
  };
}

async function create(path: string): Promise<OpenFile> {
  try {
    const file = await open(path, "wx+", 0o666);
    // Without this, a machine that loses power may lose the name of a file whose lines are safe.
    await syncFolder(path);
    return { isNew: true, path, file, byId: new Map(), superseded: [], cutBytes: 0, end: 0 };
  } catch (error) {
    throw refuseFile(path, error);
  }
}

async function openAgain(path: string): Promise<OpenFile | null> {
  let file: FileHandle;
  try {
    file = await open(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw refuseFile(path, error);
  }
  try {
    if (!(await file.stat()).isFile()) throw new ConfigError(`--out: ${path} is not a regular file`);
    const scanned = await scanResults(file, path);
    if (scanned.cutBytes > 0) await file.truncate(scanned.end);
    return { isNew: false, path, file, ...scanned };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function close({ file, path, isNew, end }: OpenFile): Promise<void> {
  await file.close();
  if (isNew && end === 0) await rm(path, { force: true });
}

function refuseFile(path: string, error: unknown): ConfigError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  return new ConfigError(
    code === "EEXIST"
      ? `--out: ${path} is there already; go on with it by --resume, or give another name`
      : `--out: ${path} cannot be opened (${code}); give a file that you may write to`,
  );
}

const writtenBytes = 1024 * 1024;

async function append(results: OpenFile, id: string, pieces: readonly string[]): Promise<void> {
  const start = results.end;
  let end = start;
  try {
    for (const bytes of inBlocks(pieces)) {
      await writeAt(results.file, bytes, end);
      end += bytes.length;
    }
    await results.file.datasync();
  } catch (error) {
    // What the next attempt finds is then as it was before this one.
    await results.file.truncate(start).catch(() => undefined);
    throw new SandboxError(
      `the results cannot be written to ${results.path} (${(error as NodeJS.ErrnoException).code ?? "unknown"}); see to it, and go on with --resume`,
      { cause: error },
    );
  }
  const before = results.byId.get(id);
  if (before !== undefined) results.superseded.push(before.range);
  results.end = end;
}

function* inBlocks(pieces: readonly string[]): Generator<Uint8Array, void, undefined> {
  let block: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    block.push(bytes);
    length += bytes.length;
    if (length < writtenBytes) continue;
    yield Buffer.concat(block);
    [block, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(block);
}
