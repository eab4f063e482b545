import type { Parser, Tree } from "@lezer/common";

/** Ordinary code takes a few milliseconds. */
const longestParseMs = 1000;

/** How many steps are taken between two looks at the clock. */
const stepsAtOnce = 500;

/**
 * The tree of a text; null where that takes longer than any ordinary code does. The clock is the one that is there already: `performance`
 * is eleven more modules of Node's, which a new process would load for nothing else.
 */
export function parseWithin(parser: Parser, text: string, limitMs: number = longestParseMs): Tree | null {
  const startedAt = process.hrtime.bigint();
  const parse = parser.startParse(text);
  for (;;) {
    for (let step = 0; step < stepsAtOnce; step++) {
      const tree = parse.advance();
      if (tree !== null) return tree;
    }
    if (Number(process.hrtime.bigint() - startedAt) > limitMs * 1e6) return null;
  }
}
