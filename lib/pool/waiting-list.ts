/** Those who wait for something that there will be only a few of, first come first served. */
export interface WaitingList<T> {
  /** Resolves with what it was given; with null where it was turned away, or its signal aborted. */
  wait(signal?: AbortSignal): Promise<T | null>;
  /** Gives it to the first who waits. False where nobody does. */
  give(value: T): boolean;
  /** Lets only so many go on waiting, the first of them. */
  keepOnly(count: number): void;
  size(): number;
}

/** An empty list. */
export function createWaitingList<T>(): WaitingList<T> {
  const waiting: ((value: T | null) => void)[] = [];

  return {
    wait: (signal) =>
      new Promise((resolve) => {
        const leave = (): void => {
          const place = waiting.indexOf(settle);
          if (place >= 0) waiting.splice(place, 1);
          settle(null);
        };
        const settle = (value: T | null): void => {
          signal?.removeEventListener("abort", leave);
          resolve(value);
        };
        waiting.push(settle);
        signal?.addEventListener("abort", leave, { once: true });
        if (signal?.aborted) leave();
      }),
    give(value) {
      const settle = waiting.shift();
      settle?.(value);
      return settle !== undefined;
    },
    keepOnly(count) {
      for (const settle of waiting.splice(count)) settle(null);
    },
    size: () => waiting.length,
  };
}
