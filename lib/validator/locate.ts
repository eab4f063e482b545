import type { Finding, Violation } from "./violation.ts";

const longestText = 80;

/** Findings with their lines and columns. */
export function locate(source: string, findings: readonly Finding[]): readonly Violation[] {
  if (findings.length === 0) return [];
  const starts = lineStarts(source);
  return findings.map(({ rule, message, from, to }) => {
    const [line, column] = positionOf(from, starts);
    const [endLine, endColumn] = positionOf(to, starts);
    return {
      rule,
      message,
      from,
      to,
      line,
      column,
      endLine,
      endColumn,
      text: source.slice(from, Math.min(to, from + longestText)),
    };
  });
}

/** Where each line begins. */
export function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column, both from 1. */
function positionOf(offset: number, starts: readonly number[]): readonly [number, number] {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return [low + 1, offset - (starts[low] ?? 0) + 1];
}
