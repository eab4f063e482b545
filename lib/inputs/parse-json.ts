import type { Value } from "../values/types.ts";
import { parseFrameJson } from "./frame-json.ts";
import { decodeText, inputError, lineAt } from "./input-error.ts";

const maxDepth = 60;

/**
 * The value of a JSON text. Whole numbers become ints in Python, others floats; digits beyond a double's are lost, so write larger
 * integers as text. An object of the form that frames have in JSON (`"type": "dataframe"`, see `FrameJson`) becomes a DataFrame again.
 *
 * @throws ConfigError for what is no JSON, with the line where that is known.
 */
export function parseJsonInput(bytes: Uint8Array, name: string): Value {
  const text = decodeText(bytes, name);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The message shows what stands there, so only the place is taken from it.
    const place = /at position (\d+)/.exec(String(error))?.[1];
    const where = place === undefined ? "" : ` (line ${lineAt(text, Number(place))})`;
    throw inputError(name, `the file is not JSON${where}; check it, for example with python3 -m json.tool`);
  }
  return jsonToValue(json, name);
}

/**
 * The value of JSON that was parsed already, by the same rules.
 *
 * @throws ConfigError for what is nested too deep, or has the form of a DataFrame and is none.
 */
export function jsonToValue(json: unknown, name: string): Value {
  return toValue(json, name, 0);
}

function toValue(json: unknown, name: string, depth: number): Value {
  if (depth > maxDepth)
    throw inputError(name, `the JSON is nested deeper than ${maxDepth} levels; flatten it`);
  if (Array.isArray(json)) return json.map((item) => toValue(item, name, depth + 1));
  if (typeof json !== "object" || json === null) return json as Value;
  if ((json as { type?: unknown }).type === "dataframe") return parseFrameJson(json, name);
  // Without a prototype it is a dict, whatever keys it has.
  const dict = Object.create(null) as Record<string, Value>;
  for (const [key, item] of Object.entries(json)) dict[key] = toValue(item, name, depth + 1);
  return dict;
}
