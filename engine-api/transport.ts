import { type Duplex, PassThrough, type Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { type Endpoint, formatEndpoint, hostInUrl } from "./endpoint.ts";
import { ConnectionError, ProtocolError, ResponseError } from "./errors.ts";

/** A body that can be sent: text, bytes, or a stream of bytes with backpressure. */
export type RequestBody = string | Uint8Array | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/** One HTTP request to the Engine. */
export interface TransportRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly signal?: AbortSignal;
  /** What errors call this request; method and path unless given. */
  readonly operation?: string;
}

/** The head of an answer, and its body as a stream that must be read or destroyed. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ResponseBody;
}

/** The bytes of an answer. Leaving the loop early gives the connection back or closes it. */
export interface ResponseBody extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

/** A connection that the Engine handed over (hijack). */
export interface UpgradedConnection {
  /** The raw stream in both directions, or only from the Engine where `isWritable` is false. */
  readonly socket: Duplex;
  /** False where a proxy stripped the upgrade: output flows, stdin cannot. */
  readonly isWritable: boolean;
}

/** How the client talks to an Engine: the seam that tests replace. */
export interface Transport {
  /** Resolves at the response's head, whatever its status. @throws ConnectionError, or the signal's reason. */
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Resolves once the Engine has handed the connection over. @throws ResponseError where it refuses. */
  upgrade(request: TransportRequest): Promise<UpgradedConnection>;
  /** Destroys every connection, upgraded ones too. Calls under way reject. */
  close(): Promise<void>;
}

const maxRefusalBytes = 64 * 1024;

/**
 * A transport over undici for a unix socket or a TCP port. Waiting has no time limit of its own: give a signal.
 * Idle connections do not keep the process alive.
 */
export function createTransport(endpoint: Endpoint): Transport {
  const origin =
    endpoint.kind === "unix" ? "http://docker" : `http://${hostInUrl(endpoint.host)}:${endpoint.port}`;
  const address = formatEndpoint(endpoint);
  // undici's own limits of 300 s would cut wait, events, attach and logs.
  const agent = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: endpoint.kind === "unix" ? { socketPath: endpoint.socketPath } : {},
  });
  // After the 101 neither a signal nor agent.close() reaches a socket.
  const upgraded = new Set<Duplex>();

  return {
    async request(request) {
      request.signal?.throwIfAborted();
      try {
        const answer = await agent.request({
          origin,
          ...dispatchOptions(request),
          signal: request.signal ?? null,
        });
        return {
          status: answer.statusCode,
          headers: answer.headers,
          body: guardBody(answer.body, address, request.signal),
        };
      } catch (error) {
        throw connectionError(error, address, request.signal);
      }
    },
    async upgrade(request) {
      request.signal?.throwIfAborted();
      const connection = await dispatchUpgrade(agent, origin, address, request);
      keepRegistered(upgraded, connection.socket, request.signal);
      return connection;
    },
    async close() {
      for (const socket of upgraded) socket.destroy();
      await agent.destroy();
    },
  };
}

function dispatchOptions(request: TransportRequest): {
  path: string;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: string | Uint8Array | Readable | null;
} {
  return {
    path: request.path,
    method: request.method as Dispatcher.HttpMethod,
    headers: { ...request.headers },
    // undici sends any async iterable, though its types name only Node's streams.
    body: (request.body ?? null) as string | Uint8Array | Readable | null,
  };
}

/** The signal's reason passes through unchanged; everything else that undici throws is a lost or refused connection. */
function connectionError(error: unknown, address: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return new ConnectionError(address, error);
}

function guardBody(
  body: AsyncIterable<Uint8Array> & { destroy(): unknown; on(event: "error", listener: () => void): unknown },
  address: string,
  signal: AbortSignal | undefined,
): ResponseBody {
  // A body that nobody reads any more must not end the process with an unheard error.
  body.on("error", () => undefined);
  return {
    destroy: () => void body.destroy(),
    async *[Symbol.asyncIterator]() {
      try {
        yield* body;
      } catch (error) {
        throw connectionError(error, address, signal);
      }
    },
  };
}

function keepRegistered(registry: Set<Duplex>, socket: Duplex, signal: AbortSignal | undefined): void {
  registry.add(socket);
  const abort = () => socket.destroy(signal?.reason instanceof Error ? signal.reason : undefined);
  signal?.addEventListener("abort", abort, { once: true });
  socket.on("error", () => undefined);
  socket.once("close", () => {
    registry.delete(socket);
    signal?.removeEventListener("abort", abort);
  });
  if (signal?.aborted) abort();
}

/**
 * undici's own `upgrade()` hides the status and the body of a refusal, so this handler listens for both outcomes.
 */
function dispatchUpgrade(
  agent: Agent,
  origin: string,
  address: string,
  request: TransportRequest,
): Promise<UpgradedConnection> {
  const operation = request.operation ?? `${request.method} ${request.path}`;
  return new Promise((resolve, reject) => {
    let onAbort: (() => void) | undefined;
    const settle = (action: () => void) => {
      if (onAbort !== undefined) request.signal?.removeEventListener("abort", onAbort);
      action();
    };
    const fail = (error: unknown) => settle(() => reject(error));
    const plain = createPlainAnswer(operation, fail, (connection) => settle(() => resolve(connection)));
    agent.dispatch({ origin, ...dispatchOptions(request), upgrade: "tcp" } as Dispatcher.DispatchOptions, {
      onRequestStart(controller) {
        onAbort = () => controller.abort(abortError(request.signal));
        request.signal?.addEventListener("abort", onAbort, { once: true });
        if (request.signal?.aborted) onAbort();
      },
      onRequestUpgrade(_controller, status, _headers, socket) {
        if (status !== 101) fail(new ProtocolError(`${operation} answered ${status} to an upgrade`));
        else settle(() => resolve({ socket, isWritable: true }));
      },
      onResponseStart: plain.start,
      onResponseData: plain.data,
      onResponseEnd: plain.end,
      onResponseError(_controller, error) {
        const reason = connectionError(error, address, request.signal);
        plain.fail(reason);
        fail(reason);
      },
    });
  });
}

function abortError(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error("aborted", { cause: signal?.reason });
}

interface PlainAnswer {
  start(controller: Dispatcher.DispatchController, status: number): void;
  data(controller: Dispatcher.DispatchController, chunk: Buffer): void;
  end(): void;
  fail(error: unknown): void;
}

/** An answer without a 101: a refusal whose text must be shown, or (behind a proxy) the raw stream with status 200. */
function createPlainAnswer(
  operation: string,
  reject: (error: unknown) => void,
  resolve: (connection: UpgradedConnection) => void,
): PlainAnswer {
  const output = new PassThrough();
  const refusal: Buffer[] = [];
  let status = 0;
  return {
    start(controller, answered) {
      status = answered;
      if (status !== 200) return;
      output.on("drain", () => controller.resume());
      output.once("close", () => controller.abort(new Error("closed by the reader")));
      resolve({ socket: output, isWritable: false });
    },
    data(controller, chunk) {
      if (status !== 200) {
        if (Buffer.concat(refusal).length < maxRefusalBytes) refusal.push(chunk);
      } else if (!output.write(chunk)) controller.pause();
    },
    end() {
      if (status === 200) output.end();
      else
        reject(new ResponseError(operation, status, engineMessage(Buffer.concat(refusal).toString("utf8"))));
    },
    fail(error) {
      output.on("error", () => undefined);
      output.destroy(error instanceof Error ? error : undefined);
    },
  };
}

const maxMessageLength = 4096;

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

/** Reads a body to its end, at most `maxBytes` of it. @throws ProtocolError over the cap. */
export async function readBody(body: ResponseBody, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > maxBytes) throw new ProtocolError(`an answer over the cap of ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, total);
}
