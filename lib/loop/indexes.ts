import { JournalError } from "./errors.ts";

/** The numbers of proposals, each given out once; one whose proposal came to nothing is given out again, so that none is left out. */
export interface Indexes {
  /** The lowest that is free. */
  take(): number;
  giveBack(index: number): void;
  /** Told by a journal: this one is used. @throws JournalError where it lies far beyond all others */
  mark(index: number): void;
}

/** As many proposals may be under way at once, and lost with a process that is killed. */
const mostGaps = 10_000;

export function createIndexes(): Indexes {
  const free = new Set<number>();
  let next = 0;
  return {
    take() {
      if (free.size === 0) return next++;
      const lowest = Math.min(...free);
      free.delete(lowest);
      return lowest;
    },
    giveBack: (index) => void free.add(index),
    mark(index) {
      if (index - next + free.size > mostGaps)
        throw new JournalError(`proposal ${index} does not follow ${next}`);
      for (; next <= index; next++) free.add(next);
      free.delete(index);
    },
  };
}
