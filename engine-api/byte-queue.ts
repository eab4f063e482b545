import { prematureClose } from "./errors.ts";

/** What fills a queue, and can be held back. */
export interface ByteSource {
  pause(): void;
  resume(): void;
  /** Ends it: nobody wants the rest. */
  stop(): void;
}

/** Bytes on their way from a connection to one reader, who may be slower than they come. */
export interface ByteQueue {
  /** Takes bytes without a copy, and holds the source back where many wait. */
  push(bytes: Uint8Array): void;
  end(): void;
  /** The reader gets what came before, then this error as `explain` puts it. */
  fail(error: unknown): void;
  /** The reader's end. */
  readonly reader: ByteReader;
}

/** The reader's end of a {@link ByteQueue}: to be read once. Leaving the loop stops the source. */
export interface ByteReader extends AsyncIterableIterator<Uint8Array, void, undefined> {
  return(): Promise<IteratorResult<Uint8Array, void>>;
  /** What is there already, without a promise for each; undefined where `next` must be asked. */
  take(): Uint8Array | undefined;
  /** Stops the source; a reader who is still there gets a premature close. */
  destroy(): void;
}

type Step = IteratorResult<Uint8Array, void>;

interface Waiter {
  readonly resolve: (step: Step) => void;
  readonly reject: (error: unknown) => void;
}

const maxWaitingBytes = 256 * 1024;
/** What a chunk weighs beside its bytes, so that many tiny ones cannot fill the memory. */
const chunkBytes = 128;
const over: Step = { done: true, value: undefined };

/**
 * A queue without a stream's machinery, which costs more than all else that is done for a short answer. It holds at most about 256 KiB.
 *
 * @param options.explain puts an error into the caller's words, at the moment at which it is read.
 * @param options.signal where it is aborted, the reader gets an error at once, and not what waits.
 */
export function createByteQueue(
  source: ByteSource,
  options: {
    readonly explain: (error: unknown) => unknown;
    readonly signal?: AbortSignal | undefined;
  },
): ByteQueue {
  const { explain, signal } = options;
  const waiting = createFifo<Uint8Array>();
  const readers = createFifo<Waiter>();
  let weight = 0;
  let isPaused = false;
  let isClosed = false;
  let isSpent = false;
  /** What the reader gets behind the last chunk. */
  let failure: { readonly error: unknown } | null = null;

  function close(cause: { readonly error: unknown } | null): void {
    if (isClosed) return;
    isClosed = true;
    failure = cause;
    for (let reader = readers.shift(); reader !== undefined; reader = readers.shift()) settle(reader);
  }

  /** The first reader behind the last chunk gets the failure, all others the end. */
  function settle({ resolve, reject }: Waiter): void {
    const { error } = failure ?? {};
    const hasFailed = failure !== null && !isSpent;
    isSpent = true;
    if (hasFailed) reject(explain(error));
    else resolve(over);
  }

  function take(): Uint8Array | undefined {
    const chunk = waiting.shift();
    if (chunk === undefined) return undefined;
    weight -= chunk.length + chunkBytes;
    if (isPaused && weight < maxWaitingBytes / 2) {
      isPaused = false;
      source.resume();
    }
    return chunk;
  }

  function leave(cause: { readonly error: unknown } | null): void {
    if (isSpent) return;
    waiting.clear();
    const wasOpen = !isClosed;
    close(cause);
    failure ??= cause;
    if (wasOpen) source.stop();
  }

  const destroy = () => leave({ error: prematureClose() });

  const reader: ByteReader = {
    next() {
      if (signal?.aborted) destroy();
      const value = take();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      return new Promise((resolve, reject) => {
        if (isClosed) settle({ resolve, reject });
        else readers.push({ resolve, reject });
      });
    },
    return() {
      leave(null);
      isSpent = true;
      return Promise.resolve(over);
    },
    take,
    destroy,
    [Symbol.asyncIterator]: () => reader,
  };

  return {
    push(bytes) {
      if (isClosed) return;
      const waiter = readers.shift();
      if (waiter !== undefined) return waiter.resolve({ done: false, value: bytes });
      waiting.push(bytes);
      weight += bytes.length + chunkBytes;
      if (weight < maxWaitingBytes || isPaused) return;
      isPaused = true;
      source.pause();
    },
    end: () => close(null),
    fail: (error) => close({ error }),
    reader,
  };
}

/** First in, first out; an array's own `shift` moves all that is left. */
function createFifo<T>(): { push(item: T): void; shift(): T | undefined; clear(): void } {
  let items: T[] = [];
  let first = 0;
  const clear = () => {
    items = [];
    first = 0;
  };
  return {
    push: (item) => void items.push(item),
    shift() {
      if (first === items.length) return undefined;
      const item = items[first++];
      if (first === items.length) clear();
      return item;
    },
    clear,
  };
}
