/** Why a text is no CSV. */
export type CsvFault = "open quote" | "after quote" | "quote inside" | "length";

/** What to say of each fault, and what to do about it. */
export const csvFaults: Readonly<Record<CsvFault, string>> = {
  "open quote": "a quote is opened and never closed; double the quotes that belong to a cell",
  "after quote": "something follows a closing quote; double the quotes that belong to a cell",
  "quote inside":
    "there is a quote inside a cell without quotes; put the cell into quotes and double those inside",
  length: "the row has more cells than the header, or fewer; put cells that hold a comma into double quotes",
};

/** What stops the reading of a CSV text. */
export class CsvFaultError extends Error {
  override readonly name = "CsvFaultError";
  readonly fault: CsvFault;
  /** From 1. */
  readonly line: number;

  constructor(fault: CsvFault, line: number) {
    super(`${fault} (line ${line})`);
    this.fault = fault;
    this.line = line;
  }
}

/** Where a record is in its text. */
export interface RecordPlace {
  readonly from: number;
  /** Behind its line end. */
  readonly to: number;
  /** The line on which it ends, from 1. */
  readonly line: number;
}

interface Cell {
  readonly value: string;
  /** Where the text goes on. */
  readonly end: number;
}

/**
 * Reads CSV as RFC 4180 has it: commas between cells, quotes around those that hold commas, quotes or line ends, and quotes in quotes doubled.
 * Lines end with LF, CRLF or CR; empty ones are skipped.
 *
 * @param take gets the cells of each record, and where in the text it stands.
 * @throws CsvFaultError for what is none, and for a record that is not as long as the first.
 */
export function readCsvRecords(
  text: string,
  take: (cells: readonly string[], place: RecordPlace) => void,
): void {
  let width: number | undefined;
  let line = 1;
  for (let position = 0; position < text.length; line++) {
    let end = endOfLine(text, position);
    if (end === null) {
      const record = readRecord(text, position, line);
      width ??= record.cells.length;
      line = record.line;
      if (record.cells.length !== width) throw new CsvFaultError("length", line);
      end = endOfLine(text, record.end) ?? text.length;
      take(record.cells, { from: position, to: end, line });
    }
    position = end;
  }
}

function readRecord(
  text: string,
  start: number,
  firstLine: number,
): { readonly cells: readonly string[]; readonly end: number; readonly line: number } {
  const cells: string[] = [];
  let line = firstLine;
  for (let position = start; ; position++) {
    const isQuoted = text[position] === '"';
    const { value, end } = isQuoted ? readQuoted(text, position, line) : readPlain(text, position, line);
    if (isQuoted) line += value.match(/\r\n|\n|\r/g)?.length ?? 0;
    cells.push(value);
    position = end;
    if (text[end] !== ",") {
      if (isQuoted && end < text.length && endOfLine(text, end) === null)
        throw new CsvFaultError("after quote", line);
      return { cells, end, line };
    }
  }
}

function readQuoted(text: string, start: number, line: number): Cell {
  let value = "";
  for (let from = start + 1; ; ) {
    const close = text.indexOf('"', from);
    if (close === -1) throw new CsvFaultError("open quote", line);
    value += text.slice(from, close);
    if (text[close + 1] !== '"') return { value, end: close + 1 };
    value += '"';
    from = close + 2;
  }
}

function readPlain(text: string, start: number, line: number): Cell {
  let end = start;
  while (end < text.length && !endsPlainCell(text.charCodeAt(end))) end++;
  if (text[end] === '"') throw new CsvFaultError("quote inside", line);
  return { value: text.slice(start, end), end };
}

function endsPlainCell(code: number): boolean {
  return code === 0x2c || code === 0x0a || code === 0x0d || code === 0x22;
}

/** Where the next line begins, or null where this one goes on. */
function endOfLine(text: string, position: number): number | null {
  if (text[position] === "\n") return position + 1;
  if (text[position] !== "\r") return null;
  return text[position + 1] === "\n" ? position + 2 : position + 1;
}
