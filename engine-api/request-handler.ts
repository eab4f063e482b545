import { type ByteQueue, type ByteSource, createByteQueue } from "./byte-queue.ts";
import type { TransportResponse } from "./transport.ts";

/** What undici tells of one request. */
export interface RequestHandler {
  onRequestStart(controller: ByteSource): void;
  onResponseStart(controller: ByteSource, status: number, headers: TransportResponse["headers"]): void;
  onResponseData(controller: ByteSource, chunk: Uint8Array): void;
  onResponseEnd(): void;
  onResponseError(controller: ByteSource | null, error: unknown): void;
}

/** Where the answer goes. */
export interface RequestOutcome {
  readonly resolve: (answer: TransportResponse) => void;
  readonly reject: (error: unknown) => void;
  /** Puts an error into the caller's words. */
  readonly explain: (error: unknown) => unknown;
  readonly signal: AbortSignal | undefined;
  readonly connection: { giveBack(): void; drop(): void };
}

/** undici's own `request()` makes a Readable, a resource and two conversions of the headers for each answer; this makes a queue. */
export function createRequestHandler(outcome: RequestOutcome): RequestHandler {
  const { resolve, reject, explain, signal, connection } = outcome;
  let queue: ByteQueue | undefined;
  const watch = signal === undefined ? undefined : watchSignal(signal, reject);

  return {
    onRequestStart: (controller) => watch?.start(controller),
    onResponseStart(controller, status, headers) {
      // An interim answer (1xx) comes before the real one.
      if (status < 200) return;
      queue = createByteQueue(controller, { explain, signal });
      resolve({ status, headers, body: queue.reader });
    },
    onResponseData: (_, chunk) => queue?.push(chunk),
    onResponseEnd() {
      connection.giveBack();
      watch?.end();
      queue?.end();
    },
    onResponseError(_, error) {
      connection.drop();
      watch?.end();
      if (queue === undefined) reject(explain(error));
      else queue.fail(error);
    },
  };
}

/** undici hears a signal only once it is connected, so this does. */
function watchSignal(
  signal: AbortSignal,
  reject: (reason: unknown) => void,
): { start(controller: ByteSource): void; end(): void } {
  let controller: ByteSource | undefined;

  function abort(): void {
    controller?.abort(abortError(signal));
    reject(signal.reason);
  }

  signal.addEventListener("abort", abort, { once: true });
  return {
    start(started) {
      controller = started;
      if (signal.aborted) abort();
    },
    end: () => signal.removeEventListener("abort", abort),
  };
}

/** Why a request is given up, as undici takes it. */
export function abortError(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error("aborted", { cause: signal?.reason });
}
