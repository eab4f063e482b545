import { EngineError } from "./errors.ts";

/** A call took longer than it may. What it asked for may have been done. */
export class DeadlineError extends EngineError {
  override readonly name = "DeadlineError";
  /** Method and path template, for example `POST /containers/{id}/start`. */
  readonly operation: string;
  readonly timeoutMs: number;

  constructor(operation: string, timeoutMs: number) {
    super(`${operation} was given up after ${timeoutMs} ms`);
    this.operation = operation;
    this.timeoutMs = timeoutMs;
  }
}

/** True for a call that was given up because it took too long. */
export function isDeadlineError(error: unknown): error is DeadlineError {
  return error instanceof DeadlineError;
}

/** A signal with a time limit of its own. */
export interface Deadline {
  readonly signal: AbortSignal | undefined;
  /** Lifts the limit: the call is done. */
  lift(): void;
}

/**
 * A signal that aborts with the given one, or with a {@link DeadlineError} after so many milliseconds. It does not keep the process alive.
 *
 * @throws RangeError for a time limit that is none.
 */
export function createDeadline(
  operation: string,
  {
    signal,
    timeoutMs,
  }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined },
): Deadline {
  if (timeoutMs === undefined) return { signal, lift: nothingToLift };
  if (!(timeoutMs > 0) || timeoutMs > longestTimeoutMs)
    throw new RangeError(`timeoutMs must be above 0 and at most ${longestTimeoutMs}, not ${timeoutMs}`);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineError(operation, timeoutMs)), timeoutMs);
  timer.unref();
  return {
    signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
    lift: () => clearTimeout(timer),
  };
}

const nothingToLift = (): void => undefined;

/** The longest that timers take: about 24 days. */
const longestTimeoutMs = 2 ** 31 - 1;
