import { assembleFrame, textColumn } from "../values/frame.ts";
import { createFlatIndex, createRangeIndex } from "../values/labels.ts";
import type { DataFrame } from "../values/types.ts";
import { CsvFaultError, csvFaults, readCsvRecords } from "./csv-records.ts";
import { inferColumn } from "./infer-column.ts";
import { decodeText, inputError } from "./input-error.ts";

/**
 * The frame in a CSV file: the first line names the columns, empty lines are skipped, rows count from 0, and each column gets the
 * dtype that {@link inferColumn} finds. A column without a name gets pandas' `Unnamed: 2`.
 *
 * @throws ConfigError where the bytes are no CSV, with the line.
 */
export function parseCsv(bytes: Uint8Array, name: string): DataFrame {
  const [header, ...columns] = readColumns(decodeText(bytes, name), name);
  if (header === undefined)
    throw inputError(name, "there is no header line; write the columns' names into line 1");
  refuseOtherSeparators(header, name);
  refuseEqualNames(header, name);
  const names = header.map((given, position) => (given === "" ? `Unnamed: ${position}` : given));
  return assembleFrame({
    columns: createFlatIndex(textColumn(names)),
    index: createRangeIndex({ start: 0, stop: columns[0]?.length ?? 0, step: 1 }),
    data: columns.map(inferColumn),
  });
}

/** The header, then the cells of each column: rows as arrays of their own would take several times the memory. */
function readColumns(text: string, name: string): readonly (readonly string[])[] {
  const columns: string[][] = [];
  let header: readonly string[] | undefined;
  const takeRecord = (record: readonly string[]): void => {
    if (header === undefined) {
      header = record;
      columns.push(...record.map(() => []));
    } else for (const [position, cell] of record.entries()) columns[position]?.push(cell);
  };
  try {
    readCsvRecords(text, takeRecord);
  } catch (error) {
    if (!(error instanceof CsvFaultError)) throw error;
    throw inputError(name, `the file is not CSV: ${csvFaults[error.fault]} (line ${error.line})`);
  }
  return header === undefined ? [] : [header, ...columns];
}

/** One column whose name holds another separator is a file of several columns that we would misread. */
function refuseOtherSeparators(header: readonly string[], name: string): void {
  const separator = header.length === 1 ? /[;\t|]/.exec(header[0] ?? "")?.[0] : undefined;
  if (separator === undefined) return;
  const shown = separator === "\t" ? "tabs" : `"${separator}"`;
  throw inputError(name, `the file seems to be separated by ${shown} (line 1); write it with commas`);
}

function refuseEqualNames(header: readonly string[], name: string): void {
  const places = new Map<string, number>();
  for (const [position, given] of header.entries()) {
    const before = places.get(given);
    if (before !== undefined && given !== "")
      throw inputError(
        name,
        `columns ${before + 1} and ${position + 1} have the same name (line 1); rename one`,
      );
    places.set(given, position);
  }
}
