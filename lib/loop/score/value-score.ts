import { ConfigError } from "../../errors.ts";
import type { Value } from "../../values/types.ts";
import type { Score } from "../options.ts";

/**
 * A score that the code itself returns: `values.result.sharpe_ratio` is the key `sharpe_ratio` of the dict `result`. Use it where nobody gains by
 * making it up.
 *
 * @throws ConfigError for what is no such path.
 * @example
 * createLoop({ score: valueScore("values.result.sharpe_ratio"), ... });
 */
export function valueScore(path: string): Score {
  const [root, ...keys] = path.split(".");
  if (root !== "values" || keys.length === 0 || keys.some((key) => key === ""))
    throw new ConfigError(`"${path.slice(0, 80)}" is no score; write it like values.result.sharpe_ratio`);
  return ({ values }) => {
    let found: Value | undefined = values as Value;
    for (const key of keys) found = step(found, key);
    if (typeof found !== "number") throw new Error(`${path.slice(0, 80)} is not there, or no number`);
    return found;
  };
}

function step(value: Value | undefined, key: string): Value | undefined {
  if (value instanceof Map) return value.get(key);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, Value>>)[key] : undefined;
}
