import { ConnectionError, ProtocolError } from "./errors.ts";

/** A body that can be sent: text, bytes, or a stream of bytes with backpressure. */
export type RequestBody = string | Uint8Array | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/** The bytes of an answer. Leaving the loop early gives the connection back or closes it. */
export interface ResponseBody extends AsyncIterable<Uint8Array> {
  destroy(): void;
  /** All of it, where it is there to its end and none was read; undefined where it must be read, or cannot tell. */
  takeAll?(): readonly Uint8Array[] | undefined;
}

/** A request's body on its way out. */
export interface WatchedBody {
  readonly body: RequestBody | null;
  /** What the body's own source threw, once it did. */
  failure(): { readonly error: unknown } | null;
}

const maxMessageLength = 4096;
const noFailure = (): null => null;
const noBody: WatchedBody = { body: null, failure: noFailure };

/** Remembers what a streamed body's source throws, which would else look like a lost connection. */
export function watchBody(body: RequestBody | undefined): WatchedBody {
  if (body === undefined) return noBody;
  if (typeof body === "string" || body instanceof Uint8Array) return { body, failure: noFailure };
  let failure: { readonly error: unknown } | null = null;
  async function* watched(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* source;
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  return { body: watched(body), failure: () => failure };
}

/** A body that calls `done` once it is read to its end, left, or destroyed. */
export function atEnd(body: ResponseBody, done: () => void): ResponseBody {
  return {
    destroy() {
      done();
      body.destroy();
    },
    [Symbol.asyncIterator]() {
      const inner = body[Symbol.asyncIterator]();
      // No generator: one that was not begun would not close the body when it is left.
      return {
        async next() {
          try {
            const step = await inner.next();
            if (step.done) done();
            return step;
          } catch (error) {
            done();
            throw error;
          }
        },
        async return() {
          done();
          await inner.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** The signal's reason passes through unchanged; every other failure of a connection is a lost or refused one. */
export function explainFailure(error: unknown, address: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return new ConnectionError(address, error);
}

/** Reads a body to its end, at most `maxBytes` of it. @throws ProtocolError over the cap. */
export async function readBody(body: ResponseBody, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total = addUnderCap(total, chunk, maxBytes);
    chunks.push(chunk);
  }
  return join(chunks, total);
}

/** A body that is there as a whole, as short ones mostly are: without a promise. Undefined where it must be read. @throws ProtocolError over the cap. */
export function takeWhole(body: ResponseBody, maxBytes: number): Buffer | undefined {
  const chunks = body.takeAll?.();
  if (chunks === undefined) return undefined;
  let total = 0;
  for (const chunk of chunks) total = addUnderCap(total, chunk, maxBytes);
  return join(chunks, total);
}

function addUnderCap(total: number, { length }: Uint8Array, maxBytes: number): number {
  if (total + length > maxBytes) throw new ProtocolError(`an answer over the cap of ${maxBytes} bytes`);
  return total + length;
}

function join(chunks: readonly Uint8Array[], total: number): Buffer {
  const [only] = chunks;
  // Most answers are one chunk, which then needs no copy.
  if (only !== undefined && chunks.length === 1) return Buffer.from(only.buffer, only.byteOffset, total);
  return Buffer.concat(chunks, total);
}

/** The Engine's own words from the body of a refusal, which is JSON with a `message`, or plain text. */
export function engineMessage(body: string): string {
  let message: unknown;
  try {
    message = (JSON.parse(body) as { message?: unknown } | null)?.message;
  } catch {
    message = undefined;
  }
  return (typeof message === "string" ? message : body).trim().slice(0, maxMessageLength);
}
