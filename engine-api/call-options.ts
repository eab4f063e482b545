import { createDeadline } from "./deadline.ts";

/** Options of every helper. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * The longest that all of it may take, milliseconds, several requests and what is streamed too; it then rejects with a `DeadlineError`.
   * For `attachContainer` and `startExec` it is the time until the streams are there. Unless given, the client's own limit for each request.
   */
  readonly timeoutMs?: number;
}

/** The part of a helper's options that each of its requests takes. */
export function onlyCall({ signal, timeoutMs }: CallOptions): CallOptions {
  return { ...(signal !== undefined && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

/** Work of several requests that share one time limit. @param operation what takes the most of the time. */
export async function withinDeadline<T>(
  operation: string,
  options: CallOptions,
  work: (call: CallOptions) => Promise<T>,
): Promise<T> {
  const { signal, lift } = createDeadline(operation, options);
  try {
    return await work(signal === undefined ? {} : { signal });
  } finally {
    lift();
  }
}

/** The same for what is read piece by piece. */
export async function* eachWithinDeadline<T>(
  operation: string,
  options: CallOptions,
  work: (call: CallOptions) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const { signal, lift } = createDeadline(operation, options);
  try {
    yield* work(signal === undefined ? {} : { signal });
  } finally {
    lift();
  }
}
