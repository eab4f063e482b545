import { createDeferred } from "../run/deferred.ts";

/** Hands on things from many writers to one reader, in order; writers wait for a reader that is slow. */
export interface Channel<T> {
  /** Resolves once there is room for the next. After the end it is dropped. */
  push(item: T): Promise<void>;
  /** After what is in it the reader gets its end, or this error. */
  end(failure?: { readonly error: unknown }): void;
  read(): AsyncGenerator<T, void, undefined>;
}

/** @param room how many may wait for the reader */
export function createChannel<T>(room: number): Channel<T> {
  const items: T[] = [];
  let change = createDeferred<void>();
  let ended: { readonly failure: { readonly error: unknown } | null } | null = null;
  const announce = (): void => {
    change.resolve();
    change = createDeferred();
  };
  return {
    async push(item) {
      if (ended !== null) return;
      items.push(item);
      announce();
      while (items.length > room && ended === null) await change.promise;
    },
    end(failure) {
      ended ??= { failure: failure ?? null };
      announce();
    },
    async *read() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) {
          announce();
          yield item;
        } else if (ended === null) await change.promise;
        else if (ended.failure !== null) throw ended.failure.error;
        else return;
      }
    },
  };
}
