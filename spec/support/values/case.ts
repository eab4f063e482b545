/** A value that goes from Python to TypeScript and back. */
export interface ValueCase {
  /** Unique; a key of the result. */
  readonly name: string;
  /** A Python expression; numpy is `np`, pandas `pd`. */
  readonly python: string;
  /** What must come back, where it is not the same; an expression too. */
  readonly back?: string;
}

/** Cases from rows of name, expression and, where it differs, what comes back. */
export function cases(
  rows: readonly (readonly [string, string, (string | undefined)?])[],
): readonly ValueCase[] {
  return rows.map(([name, python, back]) => ({ name, python, ...(back !== undefined && { back }) }));
}
