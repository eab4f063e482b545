import { CsvFaultError, csvFaults, type RecordPlace, readCsvRecords } from "./csv-records.ts";
import { decodeText, inputError } from "./input-error.ts";
import { parseDay } from "./parse-day.ts";

/**
 * The rows of a CSV file up to a day, that day included, as a CSV file: what was known then.
 *
 * @param until.column the column that holds the day of a row.
 * @throws ConfigError where there is no such column, or a row without a day, with its line.
 */
export function csvUntil(
  bytes: Uint8Array,
  name: string,
  until: { readonly column: string; readonly day: string },
): Uint8Array {
  const text = decodeText(bytes, name);
  const kept: string[] = [];
  let column = -1;
  const takeRecord = (cells: readonly string[], { from, to, line }: RecordPlace): void => {
    const isHeader = column === -1;
    if (isHeader) {
      column = cells.indexOf(until.column);
      if (column === -1) throw inputError(name, `there is no column "${until.column.slice(0, 60)}" (line 1)`);
    }
    const day = isHeader ? until.day : parseDay(cells[column] ?? "");
    if (day === null)
      throw inputError(name, `the column "${until.column.slice(0, 60)}" holds no day (line ${line})`);
    if (day <= until.day) kept.push(text.slice(from, to));
  };
  try {
    readCsvRecords(text, takeRecord);
  } catch (error) {
    if (!(error instanceof CsvFaultError)) throw error;
    throw inputError(name, `the file is not CSV: ${csvFaults[error.fault]} (line ${error.line})`);
  }
  return new TextEncoder().encode(kept.map((raw) => (/[\r\n]$/.test(raw) ? raw : `${raw}\n`)).join(""));
}
