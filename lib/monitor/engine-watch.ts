import { isDeadlineError } from "../../engine-api/mod.ts";

/** What an engine watch needs. */
export interface EngineWatchOptions {
  /** Asks whether the Engine is there; rejects where it is not, with a DeadlineError where it took too long to answer. */
  ask(signal: AbortSignal): Promise<void>;
  /** How often, while it is there, milliseconds. */
  readonly everyMs: number;
  /** It is there, for the first time or again after so many milliseconds. */
  onUp(goneMs: number | null): void;
  onGone(message: string): void;
  readonly signal: AbortSignal;
}

/** Knows whether the Engine is there. */
export interface EngineWatch {
  state(): EngineState;
  /** Asks at once: something speaks for its being gone. */
  check(): void;
  /** Resolves once the watch has ended, after the signal aborted. */
  readonly ended: Promise<void>;
}

/** How the Engine is, and since when. */
export interface EngineState {
  readonly state: "unknown" | "up" | "gone";
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly message: string | null;
}

/** How long after a question that failed the next one comes, milliseconds; the last one is repeated. */
const pausesMs = [250, 500, 1000, 2000] as const;

/** A busy machine may be late once. */
const deadlinesInARow = 2;

/** Asks an Engine now and then whether it is there. Never throws; its timers keep no process alive. */
export function watchEngine({ ask, everyMs, onUp, onGone, signal }: EngineWatchOptions): EngineWatch {
  let state: EngineState = { state: "unknown", since: Date.now(), message: null };
  let isAsked = false;
  let wake = (): void => undefined;

  async function watch(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      isAsked = false;
      const failure = await tryAsking();
      if (signal.aborted) return;
      failures = failure === null ? 0 : failures + 1;
      if (failure === null) setUp();
      else if (!isDeadlineError(failure) || failures >= deadlinesInARow) setGone(failure);
      await pause(
        failure === null ? everyMs : (pausesMs[Math.min(failures, pausesMs.length) - 1] ?? everyMs),
      );
    }
  }

  async function tryAsking(): Promise<Error | null> {
    try {
      await ask(signal);
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  function setUp(): void {
    if (state.state === "up") return;
    const { state: before, since } = state;
    state = { state: "up", since: Date.now(), message: null };
    onUp(before === "gone" ? state.since - since : null);
  }

  function setGone({ message }: Error): void {
    if (state.state === "gone") return;
    state = { state: "gone", since: Date.now(), message };
    onGone(message);
  }

  /** Until the time is over, somebody asks for a check, or the signal aborts. */
  function pause(ms: number): Promise<void> {
    if (isAsked) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => wake(), ms);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      signal.addEventListener("abort", wake, { once: true });
    });
  }

  return {
    state: () => state,
    check() {
      isAsked = true;
      wake();
    },
    ended: watch(),
  };
}
