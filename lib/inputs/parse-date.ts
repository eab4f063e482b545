const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A moment that a text tells. */
export interface ParsedDate {
  /** Nanoseconds since 1970; in UTC where the text has an offset, else by whatever clock. */
  readonly ticks: bigint;
  readonly hasOffset: boolean;
}

/**
 * A date `YYYY-MM-DD` or a date and time in ISO 8601; null for any other text, for days and hours that do not exist, and for
 * years whose nanoseconds 64 bits do not hold (before 1678, after 2261).
 */
export function parseDate(text: string): ParsedDate | null {
  const match = dateTime.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const [, , , , , , , fraction = "", offset] = match;
  const date = new Date(ms);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isReal || year < 1678 || year > 2261 || minute > 59 || second > 59) return null;
  const ticks = BigInt(ms - offsetMs(offset)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  return { ticks, hasOffset: offset !== undefined };
}

function offsetMs(offset = "Z"): number {
  if (offset === "Z") return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith("-") ? -minutes : minutes) * 60_000;
}
