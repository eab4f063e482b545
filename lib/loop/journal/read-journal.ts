import type { FileHandle } from "node:fs/promises";
import { JournalError } from "../errors.ts";
import { type JournalRecord, parseRecord } from "./records.ts";

/** What is longer is no line of a journal, bytes. */
export const longestLineBytes: number = 16 * 1024 * 1024;

const lineFeed = 10;

/**
 * Reads a journal from its start, a line at a time, so that its length does not matter.
 *
 * @param onRecord may throw a JournalError, to which the line is added.
 * @returns where the last whole line ends; what lies behind it was cut while it was written.
 * @throws JournalError with the line that is no record.
 */
export async function readJournal(
  file: FileHandle,
  path: string,
  onRecord: (record: JournalRecord) => void,
): Promise<{ readonly wholeBytes: number; readonly lines: number }> {
  let wholeBytes = 0;
  let lines = 0;
  let rest: Buffer = Buffer.alloc(0);
  const takeLine = (line: Buffer): void => {
    lines++;
    const record = parseRecord(line.toString("utf8"));
    if (record === null)
      throw new JournalError(`${path}:${lines}: this is no line of a journal`, { line: lines });
    try {
      onRecord(record);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      throw new JournalError(`${path}:${lines}: ${error.message}`, { line: lines });
    }
    wholeBytes += line.length + 1;
  };
  for await (const chunk of file.createReadStream({
    start: 0,
    autoClose: false,
    highWaterMark: 256 * 1024,
  })) {
    let bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed)) {
      takeLine(bytes.subarray(0, end));
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > longestLineBytes)
      throw new JournalError(`${path}:${lines + 1}: this is no line of a journal`, { line: lines + 1 });
    rest = Buffer.from(bytes);
  }
  return { wholeBytes, lines };
}
