import type { Field, FieldKind } from "./fields.ts";
import { parseDuration, parseSize } from "./units.ts";

/** A value as a policy holds it. */
export type ConfigValue = string | number | null | readonly string[];

const forms: Readonly<Record<FieldKind, string>> = {
  size: "a size such as 512MiB or 2GiB",
  duration: "a duration such as 30s, 500ms or 10m",
  count: "a whole number",
  number: "a number such as 0.5",
  text: "a text",
  names: "a list of names",
};

/**
 * A value as it stands in a file or a variable, as a policy holds it. Null where it has not the form that its key asks for; what
 * form that is, {@link formOf} tells.
 */
export function parseValue(field: Field, raw: unknown): { readonly value: ConfigValue } | null {
  if (raw === null || raw === "") return field.isNullable ? { value: null } : null;
  const value = parsers[field.kind](raw);
  return value === null ? null : { value };
}

/** What the value of a key must look like, for messages. */
export function formOf({ kind, isNullable }: Field): string {
  return isNullable ? `${forms[kind]}, or null` : forms[kind];
}

const parsers: Readonly<Record<FieldKind, (raw: unknown) => ConfigValue | null>> = {
  size: (raw) => withUnit(raw, (text) => parseSize(text, "")),
  duration: (raw) => withUnit(raw, (text) => parseDuration(text, "")),
  count: (raw) => toNumber(raw, /^\d{1,15}$/),
  number: (raw) => toNumber(raw, /^\d{1,15}(\.\d{1,15})?$/),
  text: (raw) => (typeof raw === "string" ? raw : null),
  names: toNames,
};

function withUnit(raw: unknown, parse: (text: string) => number): number | null {
  if (typeof raw !== "string" && typeof raw !== "number") return null;
  try {
    return parse(String(raw));
  } catch {
    return null;
  }
}

function toNumber(raw: unknown, form: RegExp): number | null {
  const text = typeof raw === "number" || typeof raw === "string" ? String(raw).trim() : "";
  return form.test(text) ? Number(text) : null;
}

/** A variable holds the names in one text, with commas between them. */
function toNames(raw: unknown): readonly string[] | null {
  const names = typeof raw === "string" ? raw.split(",").map((name) => name.trim()) : raw;
  if (!Array.isArray(names)) return null;
  return names.every((name) => typeof name === "string" && name !== "") ? (names as string[]) : null;
}

const sizeSteps: readonly (readonly [string, number])[] = [
  ["TiB", 1024 ** 4],
  ["GiB", 1024 ** 3],
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
];

const durationSteps: readonly (readonly [string, number])[] = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
];

/** A value as it is written in a file; what {@link parseValue} reads as the same value again. */
export function writeValue(kind: FieldKind, value: ConfigValue): ConfigValue {
  if (typeof value !== "number") return value;
  if (kind === "size") return inLargestUnit(value, sizeSteps, "B");
  return kind === "duration" ? inLargestUnit(value, durationSteps, "ms") : value;
}

/** Exactly: what is for people may round, what is read again may not. */
function inLargestUnit(value: number, steps: readonly (readonly [string, number])[], least: string): string {
  const [unit, factor] = steps.find(([, size]) => value !== 0 && value % size === 0) ?? [least, 1];
  return `${value / factor}${unit}`;
}
