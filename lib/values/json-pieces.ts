import { isTagged, toJson, uniqueKeys } from "./json.ts";
import type { DataFrame, NdArray, Series, Value } from "./types.ts";

/** Letters that a piece has at least, but for the last. */
const pieceLength = 16_384;

/**
 * The JSON text of a value, as `JSON.stringify(toJson(value))` gives it, piece by piece. A value from a sandbox can be a thousand times larger as JSON than it was on
 * its way, since rows that share a category each repeat its text; taken in pieces, the caller decides where it is too much.
 *
 * @example
 * for (const piece of jsonPieces(run.values.signal)) await file.write(piece);
 */
export function* jsonPieces(value: Value): Generator<string> {
  let piece = "";
  for (const token of tokens(value)) {
    piece += token;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/**
 * The JSON text of a value, cut off after about so many letters.
 *
 * @param longest a longer text ends somewhere behind this many letters.
 */
export function beginningOfJson(value: Value, longest: number): string {
  let text = "";
  for (const token of tokens(value)) {
    text += token;
    if (text.length > longest) break;
  }
  return text;
}

function* tokens(value: Value): Generator<string> {
  if (isPlain(value)) yield JSON.stringify(toJson(value));
  else if (Array.isArray(value)) yield* listTokens(value.length, (at) => value[at]);
  else if (value instanceof Map) yield* mapTokens(value);
  else if (!isTagged(value)) yield* recordTokens(value as { readonly [key: string]: Value });
  else if (value.type === "dataframe") yield* frameTokens(value);
  else if (value.type === "series") yield* seriesTokens(value);
  else if (value.type === "index") yield* rowTokens(value);
  else if (value.type === "ndarray") yield* arrayTokens(value);
  else if (value.type === "tuple" || value.type === "set" || value.type === "frozenset")
    yield* listTokens(value.items.length, (at) => value.items[at]);
  else yield JSON.stringify(toJson(value));
}

function* listTokens(length: number, itemAt: (at: number) => Value | undefined): Generator<string> {
  // Most items are numbers and texts; a token for each of a million rows would take several times as long.
  let text = "[";
  for (let at = 0; at < length; at++) {
    if (at > 0) text += ",";
    const item = itemAt(at) ?? null;
    if (isPlain(item) || isShortRow(item)) text += JSON.stringify(toJson(item));
    else {
      yield text;
      text = "";
      yield* tokens(item);
    }
    if (text.length < pieceLength) continue;
    yield text;
    text = "";
  }
  yield `${text}]`;
}

function isPlain(value: Value): value is null | boolean | number | bigint | string | Uint8Array {
  return typeof value !== "object" || value === null || value instanceof Uint8Array;
}

/** A label of a MultiIndex, for one. */
function isShortRow(value: Value): boolean {
  return Array.isArray(value) && value.length <= 8 && value.every(isPlain);
}

function rowTokens(rows: { readonly length: number; at(row: number): Value }): Generator<string> {
  return listTokens(rows.length, (row) => rows.at(row));
}

function* mapTokens(map: ReadonlyMap<Value, Value>): Generator<string> {
  yield '{"type":"dict","items":';
  yield* listTokens(map.size, itemsInTurn(map));
  yield "}";
}

/** A Map has no positions, and a list is asked for its items from the first to the last. */
function itemsInTurn(map: ReadonlyMap<Value, Value>): () => Value | undefined {
  const entries = map.entries();
  return () => entries.next().value as Value | undefined;
}

function recordTokens(record: { readonly [key: string]: Value }): Generator<string> {
  return objectTokens(Object.keys(record), (key) => tokens(record[key] ?? null));
}

function* objectTokens(
  keys: readonly string[],
  tokensOf: (key: string, position: number) => Iterable<string>,
): Generator<string> {
  yield "{";
  for (const [position, key] of keys.entries()) {
    yield `${position > 0 ? "," : ""}${JSON.stringify(key)}:`;
    yield* tokensOf(key, position);
  }
  yield "}";
}

function* frameTokens({ shape, columns, index, data }: DataFrame): Generator<string> {
  const keys = uniqueKeys(columns);
  yield `{"type":"dataframe","shape":${JSON.stringify(shape)},"columns":`;
  yield* rowTokens(columns);
  yield ',"dtypes":';
  yield* objectTokens(keys, (_, position) => [JSON.stringify(data[position]?.dtype ?? "")]);
  yield ',"index":';
  yield* rowTokens(index);
  yield ',"data":';
  yield* objectTokens(keys, (_, position) => {
    const column = data[position];
    return column === undefined ? ["[]"] : rowTokens(column);
  });
  yield "}";
}

function* seriesTokens({ name, values, index }: Series): Generator<string> {
  yield `{"type":"series","name":${JSON.stringify(toJson(name))},"dtype":${JSON.stringify(values.dtype)},"index":`;
  yield* rowTokens(index);
  yield ',"data":';
  yield* rowTokens(values);
  yield "}";
}

function* arrayTokens({ dtype, shape, ...array }: NdArray): Generator<string> {
  const items = array.toArray();
  yield `{"type":"ndarray","dtype":${JSON.stringify(dtype)},"shape":${JSON.stringify(shape)},"data":`;
  yield* listTokens(items.length, (at) => items[at]);
  yield "}";
}
