import { AsyncLocalStorage } from "node:async_hooks";
import type { ResponseBody } from "../../../engine-api/bodies.ts";
import { ResponseError } from "../../../engine-api/errors.ts";
import type { Transport } from "../../../engine-api/transport.ts";

/** What went over the wire for one call. */
export interface Capture {
  url: string;
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly pieces: Uint8Array[];
}

/** A transport that keeps what each call sends and gets. */
export interface CapturingTransport {
  readonly transport: Transport;
  /** Runs a call; what it sends and gets is in the capture once it is done. */
  run<T>(call: (capture: Capture) => Promise<T>): { readonly capture: Capture; readonly outcome: Promise<T> };
  /** Does what is no part of the call that is under way. */
  aside<T>(action: () => T): T;
}

/** Calls at the same time are told apart by their asynchronous context. */
export function captureTransport(inner: Transport): CapturingTransport {
  const current = new AsyncLocalStorage<Capture>();

  function note(change: Partial<Capture>): Capture | undefined {
    const capture = current.getStore();
    return capture === undefined ? undefined : Object.assign(capture, change);
  }

  const transport: Transport = {
    async request(request) {
      // The negotiation is a call's own, and not what is recorded of it.
      note({ url: request.path });
      const answer = await inner.request(request);
      const capture = note({ status: answer.status, headers: answer.headers });
      return capture === undefined ? answer : { ...answer, body: keepPieces(answer.body, capture.pieces) };
    },
    async upgrade(request) {
      note({ url: request.path });
      try {
        const connection = await inner.upgrade(request);
        note({ status: connection.isWritable ? 101 : 200 });
        return connection;
      } catch (error) {
        // The transport tells the refusal's words alone.
        if (error instanceof ResponseError)
          note({ status: error.status, headers: {} })?.pieces.push(Buffer.from(error.engineMessage));
        throw error;
      }
    },
    close: () => inner.close(),
  };
  return {
    transport,
    run(call) {
      const capture: Capture = { url: "", status: 0, headers: {}, pieces: [] };
      return { capture, outcome: current.run(capture, () => call(capture)) };
    },
    aside: (action) => current.exit(action),
  };
}

function keepPieces(body: ResponseBody, pieces: Uint8Array[]): ResponseBody {
  return {
    destroy: () => body.destroy(),
    async *[Symbol.asyncIterator]() {
      for await (const piece of body) {
        pieces.push(piece);
        yield piece;
      }
    },
  };
}
