import { ValueEncodingError } from "./errors.ts";
import type { TaggedValue } from "./types.ts";

type Check = (field: unknown) => boolean;

const isText: Check = (field) => typeof field === "string";
const isNumber: Check = (field) => typeof field === "number";
const isBigint: Check = (field) => typeof field === "bigint" && BigInt.asIntN(64, field) === field;
const isTextOrNull: Check = (field) => field === null || isText(field);
const isList: Check = (field) => Array.isArray(field);
const isMethod: Check = (field) => typeof field === "function";
const isThere: Check = (field) => field !== undefined;

const text = { text: isText };
const ticks = { ticks: isBigint, unit: isText };

const fieldChecks: Readonly<Record<TaggedValue["type"], Readonly<Record<string, Check>>>> = {
  complex: { real: isNumber, imag: isNumber },
  decimal: text,
  date: text,
  time: text,
  datetime: { text: isText, timeZone: isTextOrNull, fold: isNumber },
  timedelta: { days: isNumber, seconds: isNumber, microseconds: isNumber },
  datetime64: ticks,
  timedelta64: ticks,
  "pandas-timedelta": ticks,
  timestamp: { ...ticks, timeZone: isTextOrNull },
  period: { ordinal: isBigint, freq: isText },
  interval: { left: isThere, right: isThere, closed: isText },
  nat: {},
  na: {},
  tuple: { items: isList },
  set: { items: isList },
  frozenset: { items: isList },
  ndarray: { toArray: isMethod },
  index: { toArray: isMethod },
  series: { toJSON: isMethod },
  dataframe: { toJSON: isMethod },
};

/**
 * Makes sure that an object with a kind in `type` is of that kind, and no dict which happens to have such a key.
 *
 * @throws ValueEncodingError that names the field.
 */
export function requireTagged(value: TaggedValue, path: string): void {
  const fields = value as unknown as Readonly<Record<string, unknown>>;
  for (const [name, check] of Object.entries(fieldChecks[value.type])) {
    if (!Object.hasOwn(fields, name) || !check(fields[name])) {
      throw new ValueEncodingError(
        `${path.slice(0, 200)} says in "type" that it is a ${value.type}, but its "${name}" is not one's; send a dict with such a key as a Map`,
      );
    }
  }
}
