import type { Proposer } from "../proposer.ts";

/**
 * A proposer that gives a piece of foreign code now and then, at every `every`-th proposal until there is none left; the rest comes of `main`,
 * which sees nothing of it. For code that others wrote, and for hostile code that a loop must withstand.
 *
 * @example
 * interleaveCode(search, await readFolder("hostile"), 20);
 */
export function interleaveCode(main: Proposer, codes: readonly string[], every: number): Proposer {
  /** How many foreign ones come before this index. */
  const before = (index: number): number => Math.min(codes.length, Math.floor(index / every));
  const foreignAt = (index: number): string | undefined =>
    index % every === every - 1 ? codes[Math.floor(index / every)] : undefined;
  return {
    propose: (context) => {
      const code = foreignAt(context.index);
      if (code !== undefined) return { code, meta: "foreign" };
      return main.propose({ ...context, index: context.index - before(context.index) });
    },
    observe(outcome) {
      if (foreignAt(outcome.index) === undefined)
        main.observe?.({ ...outcome, index: outcome.index - before(outcome.index) });
    },
  };
}
