/** Numbers that look random and are the same for the same seed. */
export interface SeededRandom {
  /** From 0 to 1, 1 excluded. */
  fraction(): number;
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  pick<T>(from: readonly T[]): T;
}

/** Mulberry32 by Tommy Ettinger (public domain): 32 bits of state, good enough for a search. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    whole,
    pick: <T>(from: readonly T[]): T => from[whole(0, from.length - 1)] as T,
  };
}
