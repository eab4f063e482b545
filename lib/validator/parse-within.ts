import type { Parser, Tree } from "@lezer/common";

/** Ordinary code takes a few milliseconds. */
const longestParseMs = 1000;

/** How many steps are taken between two looks at the clock. */
const stepsAtOnce = 500;

/** The tree of a text; null where that takes longer than any ordinary code does. */
export function parseWithin(parser: Parser, text: string, limitMs: number = longestParseMs): Tree | null {
  const startedAt = performance.now();
  const parse = parser.startParse(text);
  for (;;) {
    for (let step = 0; step < stepsAtOnce; step++) {
      const tree = parse.advance();
      if (tree !== null) return tree;
    }
    if (performance.now() - startedAt > limitMs) return null;
  }
}
