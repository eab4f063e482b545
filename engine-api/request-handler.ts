import { type ByteQueue, createByteQueue } from "./byte-queue.ts";
import type { TransportResponse } from "./transport.ts";

/** What undici's handlers steer a request with. */
export interface RequestController {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** What undici tells of one request. */
export interface RequestHandler {
  onRequestStart(controller: RequestController): void;
  onResponseStart(controller: RequestController, status: number, headers: TransportResponse["headers"]): void;
  onResponseData(controller: RequestController, chunk: Uint8Array): void;
  onResponseEnd(): void;
  onResponseError(controller: RequestController | null, error: unknown): void;
}

/** Where the answer goes. */
export interface RequestOutcome {
  readonly resolve: (answer: TransportResponse) => void;
  readonly reject: (error: unknown) => void;
  /** Puts an error into the caller's words. */
  readonly explain: (error: unknown) => unknown;
  readonly signal: AbortSignal | undefined;
}

/** undici's own `request()` makes a Readable, a resource and two conversions of the headers for each answer; this makes a queue. */
export function createRequestHandler({ resolve, reject, explain, signal }: RequestOutcome): RequestHandler {
  let controller: RequestController | undefined;
  let queue: ByteQueue | undefined;

  // undici hears a signal only once it is connected, so this does.
  function abort(): void {
    controller?.abort(abortError(signal));
    reject(signal?.reason);
  }

  function settle(): void {
    signal?.removeEventListener("abort", abort);
  }

  signal?.addEventListener("abort", abort, { once: true });
  return {
    onRequestStart(started) {
      controller = started;
      if (signal?.aborted) abort();
    },
    onResponseStart(steering, status, headers) {
      // An interim answer (1xx) comes before the real one.
      if (status < 200) return;
      const source = {
        pause: () => steering.pause(),
        resume: () => steering.resume(),
        stop: () => steering.abort(new Error("closed by the reader")),
      };
      queue = createByteQueue(source, { explain, signal });
      resolve({ status, headers, body: queue.reader });
    },
    onResponseData: (_, chunk) => queue?.push(chunk),
    onResponseEnd() {
      settle();
      queue?.end();
    },
    onResponseError(_, error) {
      settle();
      if (queue === undefined) reject(explain(error));
      else queue.fail(error);
    },
  };
}

/** Why a request is given up, as undici takes it. */
export function abortError(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error("aborted", { cause: signal?.reason });
}
