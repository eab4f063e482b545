/** The value that numpy and pandas use for "not a time". */
export const notATime: bigint = -(2n ** 63n);

/** A unit of time as a fraction of seconds: `seconds / parts`. */
interface Unit {
  readonly seconds: bigint;
  readonly parts: bigint;
}

const units: Readonly<Record<string, Unit>> = {
  W: { seconds: 604_800n, parts: 1n },
  D: { seconds: 86_400n, parts: 1n },
  h: { seconds: 3600n, parts: 1n },
  m: { seconds: 60n, parts: 1n },
  s: { seconds: 1n, parts: 1n },
  ms: { seconds: 1n, parts: 10n ** 3n },
  us: { seconds: 1n, parts: 10n ** 6n },
  ns: { seconds: 1n, parts: 10n ** 9n },
  ps: { seconds: 1n, parts: 10n ** 12n },
  fs: { seconds: 1n, parts: 10n ** 15n },
  as: { seconds: 1n, parts: 10n ** 18n },
};

/**
 * A moment as ISO 8601 with as many digits as its unit has, days and longer units as dates; null for NaT. With a time zone it is shown
 * in UTC (`Z`), which loses nothing; the zone's name stands in the dtype.
 *
 * @param unit numpy's, for example `ns`, `D` or `25s`; of any other the ticks are given as they are.
 */
export function isoFromTicks(ticks: bigint, unit: string, timeZone: string | null): string | null {
  if (ticks === notATime) return null;
  const { count, name } = splitUnit(ticks, unit);
  if (name === "Y" || name === "M") return isoDate(firstDay(count, name));
  const known = Object.hasOwn(units, name) ? units[name] : undefined;
  if (known === undefined) return String(count);
  const seconds = floorDivide(count * known.seconds, known.parts);
  const day = floorDivide(seconds, 86_400n);
  if (name === "W" || name === "D") return isoDate(day);
  const inDay = seconds - day * 86_400n;
  const clock = [inDay / 3600n, (inDay / 60n) % 60n, inDay % 60n]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  const fraction = digits(count * known.seconds - seconds * known.parts, known);
  return `${isoDate(day)}T${clock}${fraction}${timeZone === null ? "" : "Z"}`;
}

/** A length of time as ISO 8601, for example `P1DT2H3M4.5S` or `P3M`; null for NaT. @param unit as of {@link isoFromTicks} */
export function durationFromTicks(ticks: bigint, unit: string): string | null {
  if (ticks === notATime) return null;
  const { count, name } = splitUnit(ticks, unit);
  const size = count < 0n ? -count : count;
  const sign = count < 0n ? "-" : "";
  if (name === "Y" || name === "M") return `${sign}P${size}${name}`;
  const known = Object.hasOwn(units, name) ? units[name] : undefined;
  if (known === undefined) return String(count);
  const seconds = (size * known.seconds) / known.parts;
  const fraction = digits((size * known.seconds) % known.parts, known).replace(/0+$/, "");
  return `${sign}P${seconds / 86_400n}DT${(seconds / 3600n) % 24n}H${(seconds / 60n) % 60n}M${seconds % 60n}${fraction}S`;
}

/** numpy counts in multiples too: 2 ticks of `25s` are 50 seconds. */
function splitUnit(ticks: bigint, unit: string): { readonly count: bigint; readonly name: string } {
  const [, multiple = "", name = unit] = /^(\d{0,6})(.*)$/.exec(unit) ?? [];
  return { count: multiple === "" ? ticks : ticks * BigInt(multiple), name };
}

function digits(rest: bigint, { parts }: Unit): string {
  return rest === 0n ? "" : `.${String(rest).padStart(String(parts).length - 1, "0")}`;
}

/** Days from 1970 to the first of a year or month that is counted from 1970. */
function firstDay(count: bigint, name: "Y" | "M"): bigint {
  const months = name === "Y" ? count * 12n : count;
  // The year begins in March here, so that the leap day is its last.
  const sinceMarch = months + 1970n * 12n - 2n;
  const year = floorDivide(sinceMarch, 12n);
  const era = floorDivide(year, 400n);
  const yearOfEra = year - era * 400n;
  const dayOfYear = (153n * (sinceMarch - year * 12n) + 2n) / 5n;
  const dayOfEra = yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear;
  return era * 146_097n + dayOfEra - 719_468n;
}

/** Days since 1970 as `YYYY-MM-DD`, proleptic Gregorian, any year: Date ends long before 64-bit ticks do. */
function isoDate(days: bigint): string {
  const shifted = days + 719_468n;
  const era = floorDivide(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  const yearText =
    year >= 0n && year <= 9999n
      ? String(year).padStart(4, "0")
      : `${year < 0n ? "-" : "+"}${String(year < 0n ? -year : year).padStart(6, "0")}`;
  return `${yearText}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function floorDivide(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right < 0n ? quotient - 1n : quotient;
}
