/** Times of one contestant, milliseconds. */
export interface Summary {
  readonly name: string;
  readonly count: number;
  readonly medianMs: number;
  readonly p10Ms: number;
  readonly p90Ms: number;
}

/** The value below which the given share of the sorted values lies, by the nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const rank = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1));
  return sorted[rank] ?? Number.NaN;
}

/** Median and spread. */
export function summarize(name: string, timesMs: readonly number[]): Summary {
  return {
    name,
    count: timesMs.length,
    medianMs: quantile(timesMs, 0.5),
    p10Ms: quantile(timesMs, 0.1),
    p90Ms: quantile(timesMs, 0.9),
  };
}
