import { prematureClose } from "./errors.ts";

/** What fills a queue, and can be held back. */
export interface ByteSource {
  pause(): void;
  resume(): void;
  /** Ends it: nobody wants the rest. */
  abort(reason: Error): void;
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
  /** All that waits, where the end is there too; undefined where `next` must be asked. */
  takeAll(): readonly Uint8Array[] | undefined;
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
  let waiting: Uint8Array[] = [];
  /** How many of them were taken: an array's own `shift` moves all that is left. */
  let taken = 0;
  let readers: Waiter[] | undefined;
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
    if (readers === undefined) return;
    for (const reader of readers) settle(reader);
    readers = undefined;
  }

  /** The first reader behind the last chunk gets the failure, all others the end. */
  function settle({ resolve, reject }: Waiter): void {
    const { error } = failure ?? {};
    const hasFailed = failure !== null && !isSpent;
    isSpent = true;
    if (hasFailed) reject(explain(error));
    else resolve(over);
  }

  function wait(reader: Waiter): void {
    readers ??= [];
    if (isClosed) settle(reader);
    else readers.push(reader);
  }

  function take(): Uint8Array | undefined {
    if (taken === waiting.length) return undefined;
    const chunk = waiting[taken++] as Uint8Array;
    if (taken === waiting.length) clear();
    weight -= chunk.length + chunkBytes;
    if (isPaused && weight < maxWaitingBytes / 2) {
      isPaused = false;
      source.resume();
    }
    return chunk;
  }

  function clear(): void {
    waiting = [];
    taken = 0;
  }

  function leave(cause: { readonly error: unknown } | null): void {
    if (isSpent) return;
    clear();
    const wasOpen = !isClosed;
    close(cause);
    failure ??= cause;
    if (wasOpen) source.abort(new Error("closed by the reader"));
  }

  const destroy = () => leave({ error: prematureClose() });

  const reader: ByteReader = {
    next() {
      if (signal?.aborted) destroy();
      const value = take();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      return new Promise((resolve, reject) => wait({ resolve, reject }));
    },
    return() {
      leave(null);
      isSpent = true;
      return Promise.resolve(over);
    },
    take,
    takeAll() {
      // What is wrong is told by `next`.
      if (!isClosed || failure !== null || taken > 0 || signal?.aborted) return undefined;
      const all = waiting;
      clear();
      return all;
    },
    destroy,
    [Symbol.asyncIterator]: itself,
  };

  return {
    push(bytes) {
      if (isClosed) return;
      const reader = readers?.shift();
      if (reader !== undefined) return reader.resolve({ done: false, value: bytes });
      // An array that grows makes room for many more, and most answers are one piece.
      if (waiting.length === 0) waiting = [bytes];
      else waiting.push(bytes);
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

function itself<T>(this: T): T {
  return this;
}
