import type { FileHandle } from "node:fs/promises";
import { ConfigError } from "../../errors.ts";
import { type FileLine, readFileLines } from "../../host/read-lines.ts";
import { type RunStatus, runStatuses } from "../../verdict.ts";

/** A piece of a file, bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a line of results says about its job. */
export interface EarlierResult {
  readonly hash: string;
  readonly status: RunStatus;
  /** The line with its end. */
  readonly range: ByteRange;
}

/** What stands in a file of results. */
export interface ScannedResults {
  readonly byId: Map<string, EarlierResult>;
  /** Lines of jobs that have a later one. */
  readonly superseded: ByteRange[];
  /** Where the whole lines end, bytes. */
  readonly end: number;
  /** A last line that was cut in the middle, bytes; 0 where there is none. */
  readonly cutBytes: number;
}

const lineHead = /^\{"id":("(?:[^"\\]|\\.)*"),"hash":"([0-9a-f]{32})","status":"([a-z-]+)",/;
const closingBrace = 0x7d;

/** An id of a thousand letters, each of them escaped, and the rest of the head. */
const headBytes = 8192;

/**
 * Reads which jobs a file of results holds, without its values, however large they are.
 *
 * @throws ConfigError with file and line for anything but whole lines of results and one cut line at the end.
 */
export async function scanResults(file: FileHandle, path: string): Promise<ScannedResults> {
  const byId = new Map<string, EarlierResult>();
  const superseded: ByteRange[] = [];
  let [end, cutBytes] = [0, 0];
  for await (const line of readFileLines(file, headBytes)) {
    if (!line.isWhole) {
      cutBytes = line.length;
      break;
    }
    end = line.start + line.length + 1;
    const { id, ...result } = readLine(line, `${path}:${line.number}`);
    const before = byId.get(id);
    if (before !== undefined) superseded.push(before.range);
    byId.set(id, { ...result, range: { start: line.start, end } });
  }
  return { byId, superseded, end, cutBytes };
}

function readLine(
  { head, last }: FileLine,
  at: string,
): { readonly id: string; readonly hash: string; readonly status: RunStatus } {
  const [, id, hash, word] = lineHead.exec(Buffer.from(head).toString("utf8")) ?? [];
  const status = runStatuses.find((known) => known === word);
  if (id === undefined || hash === undefined || status === undefined || last !== closingBrace)
    throw new ConfigError(
      `${at}: this is no result line of brigbox batch, so nothing was touched; give another --out`,
    );
  return { id: JSON.parse(id) as string, hash, status };
}
