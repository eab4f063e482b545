import { CsvError, parse } from "csv-parse/sync";
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
  const kept: string[] = [];
  let place = -1;
  const takeRecord = ({ raw, record, info }: RawRecord): null => {
    if (place === -1) {
      place = record.indexOf(until.column);
      if (place === -1) throw inputError(name, `there is no column "${until.column.slice(0, 60)}" (line 1)`);
      kept.push(raw);
      return null;
    }
    const day = parseDay(record[place] ?? "");
    if (day === null)
      throw inputError(name, `the column "${until.column.slice(0, 60)}" holds no day (line ${info.lines})`);
    if (day <= until.day) kept.push(raw);
    return null;
  };
  try {
    parse(decodeText(bytes, name), {
      skip_empty_lines: true,
      raw: true,
      info: true,
      on_record: takeRecord as unknown as (record: string[]) => null,
    });
  } catch (error) {
    if (error instanceof CsvError) throw inputError(name, `the file is not CSV (${error.code})`);
    throw error;
  }
  return new TextEncoder().encode(kept.map((raw) => (raw.endsWith("\n") ? raw : `${raw}\n`)).join(""));
}

interface RawRecord {
  readonly raw: string;
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}
