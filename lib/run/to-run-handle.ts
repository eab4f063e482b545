import type { RunResult } from "../verdict.ts";
import type { Attempts } from "./attempts.ts";
import type { RunHandle } from "./run-handle.ts";

/** What a run under way is made of. */
interface RunParts {
  readonly runId: string;
  readonly attempts: Attempts;
  readonly result: Promise<RunResult>;
  /** Cancels it. */
  readonly controller: AbortController;
}

/** The run as its caller sees it. */
export function toRunHandle({ runId, attempts, result, controller }: RunParts): RunHandle {
  // Whoever only waits for `cleaned` must not be ended by a rejection that they did not ask for.
  result.catch(() => undefined);
  return {
    runId,
    output: attempts.output,
    result,
    cleaned: attempts.cleaned,
    stats: ({ signal } = {}) => ({ [Symbol.asyncIterator]: () => attempts.watch(signal) }),
    cancel: (reason) => controller.abort(reason ?? new DOMException("cancelled", "AbortError")),
  };
}
