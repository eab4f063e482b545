const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * The day in a text, as `2006-12-31`; null where there is none. Takes what begins like ISO 8601, and English as in `Dec 1 2006`.
 *
 * @example
 * parseDay("Dec 1 2006"); // "2006-12-01"
 */
export function parseDay(text: string): string | null {
  const iso = /^\s*(\d{4})-(\d\d)-(\d\d)(?:$|[T\s])/.exec(text);
  if (iso !== null) return toDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const english = /^\s*([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})\s*$/.exec(text);
  if (english === null) return null;
  return toDay(Number(english[3]), months.indexOf((english[1] ?? "").toLowerCase()) + 1, Number(english[2]));
}

function toDay(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  const isReal = month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : null;
}
