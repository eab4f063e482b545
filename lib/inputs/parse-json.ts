import { type ColumnInput, createFrame } from "../values/frame.ts";
import type { Value } from "../values/types.ts";
import { decodeText, inputError } from "./input-error.ts";

const maxDepth = 60;

/**
 * The value of a JSON text. Whole numbers become ints in Python, others floats; digits beyond a double's are lost. An object of the form
 * that frames have in JSON (`"type": "dataframe"`, see `FrameJson`) becomes a DataFrame again, with text for dates and an index of labels.
 *
 * @throws ConfigError for what is no JSON.
 */
export function parseJsonInput(bytes: Uint8Array, name: string): Value {
  const text = decodeText(bytes, name);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw inputError(name, "the file is not JSON; check it, for example with python3 -m json.tool");
  }
  return toValue(json, name, 0);
}

function toValue(json: unknown, name: string, depth: number): Value {
  if (depth > maxDepth) throw inputError(name, `the file is nested deeper than ${maxDepth} levels`);
  if (Array.isArray(json)) return json.map((item) => toValue(item, name, depth + 1));
  if (typeof json !== "object" || json === null) return json as Value;
  if ((json as { type?: unknown }).type === "dataframe") return toFrame(json as FrameFields, name);
  // Without a prototype it is a dict, whatever keys it has.
  const dict = Object.create(null) as Record<string, Value>;
  for (const [key, item] of Object.entries(json)) dict[key] = toValue(item, name, depth + 1);
  return dict;
}

interface FrameFields {
  readonly index?: unknown;
  readonly data?: unknown;
}

function toFrame({ index, data }: FrameFields, name: string): Value {
  const isRecord = typeof data === "object" && data !== null && !Array.isArray(data);
  const columns = isRecord ? Object.entries(data as Record<string, unknown>) : [];
  if (
    !isRecord ||
    !columns.every(([, cells]) => isColumn(cells)) ||
    (index !== undefined && !isColumn(index))
  ) {
    throw inputError(
      name,
      'a "dataframe" needs "data" with an array of plain values for each column, and an "index" of plain labels',
    );
  }
  const rows =
    (columns[0]?.[1] as readonly unknown[] | undefined)?.length ??
    (index as readonly unknown[] | undefined)?.length ??
    0;
  if (
    columns.some(([, cells]) => (cells as readonly unknown[]).length !== rows) ||
    (index !== undefined && index.length !== rows)
  ) {
    throw inputError(name, 'the columns and the index of a "dataframe" must be of one length');
  }
  const isRange = index === undefined || index.every((label, row) => label === row);
  return createFrame({
    columns: Object.fromEntries(columns) as Record<string, ColumnInput>,
    ...(!isRange && { index }),
  });
}

type PlainCells = readonly (string | number | boolean | null)[];

function isColumn(cells: unknown): cells is PlainCells {
  return Array.isArray(cells) && cells.every((cell) => cell === null || typeof cell !== "object");
}
