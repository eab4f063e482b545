/** The value that numpy and pandas use for "not a time". */
export const notATime: bigint = -(2n ** 63n);

const ticksPerSecond: Readonly<Record<string, bigint>> = {
  s: 1n,
  ms: 1_000n,
  us: 1_000_000n,
  ns: 1_000_000_000n,
};

/**
 * A moment as ISO 8601 with as many digits as its unit has; null for NaT. With a time zone it is shown in UTC (`Z`), which loses
 * nothing; the zone's name stands in the dtype.
 *
 * @param unit `s`, `ms`, `us` or `ns`.
 */
export function isoFromTicks(ticks: bigint, unit: string, timeZone: string | null): string | null {
  if (ticks === notATime) return null;
  const perSecond = ticksPerSecond[unit] ?? 1n;
  const seconds = floorDivide(ticks, perSecond);
  const rest = ticks - seconds * perSecond;
  const { day, inDay } = {
    day: floorDivide(seconds, 86_400n),
    inDay: seconds - floorDivide(seconds, 86_400n) * 86_400n,
  };
  const clock = [inDay / 3600n, (inDay / 60n) % 60n, inDay % 60n]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  const digits = rest === 0n ? "" : `.${String(rest).padStart(String(perSecond).length - 1, "0")}`;
  return `${isoDate(day)}T${clock}${digits}${timeZone === null ? "" : "Z"}`;
}

/** A length of time as ISO 8601, for example `P1DT2H3M4.5S`; null for NaT. */
export function durationFromTicks(ticks: bigint, unit: string): string | null {
  if (ticks === notATime) return null;
  const perSecond = ticksPerSecond[unit] ?? 1n;
  const size = ticks < 0n ? -ticks : ticks;
  const seconds = size / perSecond;
  const rest = size % perSecond;
  const digits =
    rest === 0n
      ? ""
      : `.${String(rest)
          .padStart(String(perSecond).length - 1, "0")
          .replace(/0+$/, "")}`;
  return `${ticks < 0n ? "-" : ""}P${seconds / 86_400n}DT${(seconds / 3600n) % 24n}H${(seconds / 60n) % 60n}M${seconds % 60n}${digits}S`;
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
