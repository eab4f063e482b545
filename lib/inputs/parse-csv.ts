import { CsvError, parse } from "csv-parse/sync";
import { assembleFrame, textColumn } from "../values/frame.ts";
import { createFlatIndex, createRangeIndex } from "../values/labels.ts";
import type { DataFrame } from "../values/types.ts";
import { inferColumn } from "./infer-column.ts";
import { decodeText, inputError } from "./input-error.ts";

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
  CSV_INVALID_CLOSING_QUOTE: "something follows a closing quote",
  INVALID_OPENING_QUOTE: "there is a quote inside a cell without quotes",
};

/**
 * The frame that `pandas.read_csv` makes of the same file with its defaults: the first line names the columns, blank lines are skipped,
 * short lines are filled with missing values, and each column gets the narrowest of int64, float64, bool and object that holds it.
 *
 * @throws ConfigError where the bytes are no CSV, with the line.
 */
export function parseCsv(bytes: Uint8Array, name: string): DataFrame {
  const [header, ...rows] = parseRows(decodeText(bytes, name), name);
  if (header === undefined) throw inputError(name, "there is no header line");
  refuseOtherSeparators(header, name);
  for (const [position, row] of rows.entries()) {
    if (row.length > header.length) {
      throw inputError(
        name,
        `row ${position + 1} has ${row.length} cells, and the header has ${header.length}; put cells that hold a comma into double quotes`,
      );
    }
  }
  const data = header.map((_, column) => inferColumn(rows.map((row) => row[column] ?? "")));
  return assembleFrame({
    columns: createFlatIndex(textColumn(uniqueNames(header))),
    index: createRangeIndex({ start: 0, stop: rows.length, step: 1 }),
    data,
  });
}

function parseRows(text: string, name: string): string[][] {
  try {
    return parse(text, { relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as { readonly lines?: unknown }).lines;
    const where = typeof line === "number" ? ` (near line ${line})` : "";
    throw inputError(name, `the file is not CSV: ${reasons[error.code] ?? error.code}${where}`);
  }
}

/** One column whose name holds another separator is a file of several columns that we would misread. */
function refuseOtherSeparators(header: readonly string[], name: string): void {
  const separator = header.length === 1 ? /[;\t|]/.exec(header[0] ?? "")?.[0] : undefined;
  if (separator === undefined) return;
  const shown = separator === "\t" ? "tabs" : `"${separator}"`;
  throw inputError(name, `the file seems to be separated by ${shown}; write it with commas`);
}

/** As pandas does: `Unnamed: 2` where there is no name, `.1` behind one that comes again. */
function uniqueNames(header: readonly string[]): string[] {
  const seen = new Set<string>();
  return header.map((given, position) => {
    const base = given === "" ? `Unnamed: ${position}` : given;
    let unique = base;
    for (let count = 1; seen.has(unique); count++) unique = `${base}.${count}`;
    seen.add(unique);
    return unique;
  });
}
