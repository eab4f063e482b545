/** Who wants to hear of what. */
export interface Listeners<E> {
  /** @returns ends the subscription. */
  on<N extends keyof E>(name: N, listener: (event: E[N]) => void): () => void;
  /** What a listener throws is lost: it is no reason for others to miss something. */
  emit<N extends keyof E>(name: N, event: E[N]): void;
}

/** Listeners by the names of events. */
export function createListeners<E>(): Listeners<E> {
  const all = new Map<keyof E, Set<(event: never) => void>>();
  return {
    on(name, listener) {
      // One that is added twice is called twice, and each subscription ends its own.
      const own = (event: never): void => listener(event);
      const others = all.get(name) ?? new Set();
      all.set(name, others.add(own));
      return () => void others.delete(own);
    },
    emit(name, event) {
      for (const listener of all.get(name) ?? []) {
        try {
          listener(event as never);
        } catch {
          // See above.
        }
      }
    },
  };
}
