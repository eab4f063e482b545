import type { Duplex, Readable } from "node:stream";
import type { buildConnector, Client, Dispatcher } from "undici";
// The index loads fetch, web sockets, caches and mocks too, which takes four times as long; and Bun replaces it by a shim without a Client.
import undiciConnector from "undici/lib/core/connect.js";
import UndiciClient from "undici/lib/dispatcher/client.js";
import { abandonOnAbort } from "./abort.ts";
import { type Agent, createAgent } from "./agent.ts";
import { explainFailure, type RequestBody, type ResponseBody, watchBody } from "./bodies.ts";
import { type Connect, connectQuietly, createConnector, type SocketOptions } from "./connector.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";
import { ProtocolError } from "./errors.ts";
import { createPlainAnswer } from "./plain-answer.ts";
import { abortError, createRequestHandler } from "./request-handler.ts";

/** One HTTP request to the Engine. */
export interface TransportRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What errors call this request; method and path without the query unless given. */
  readonly operation?: string;
}

/** The head of an answer, and its body as a stream that must be read or destroyed. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ResponseBody;
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
  /**
   * Resolves at the response's head, whatever its status.
   *
   * @throws ConnectionError, the signal's reason, or what the source of a streamed body threw.
   */
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Resolves once the Engine has handed the connection over. @throws ResponseError where it refuses. */
  upgrade(request: TransportRequest): Promise<UpgradedConnection>;
  /** Destroys every connection, upgraded ones too. Calls under way reject. */
  close(): Promise<void>;
}

/**
 * A transport over undici for a unix socket, a named pipe, a TCP port with or without TLS, or ssh. Waiting has no time limit of its own: give a signal.
 * Idle connections do not keep the process alive.
 *
 * @param options.isBackground those in use do not either. @default false
 * @throws EngineError where a file that TLS needs cannot be read.
 */
export function createTransport(
  endpoint: Endpoint,
  { isBackground = false }: { readonly isBackground?: boolean } = {},
): Transport {
  const { origin, connect: way } = createConnector(endpoint);
  const connect = isBackground ? connectQuietly(typeof way === "function" ? way : build(way)) : way;
  const address = formatEndpoint(endpoint);
  // undici's own limits of 300 s would cut wait, events, attach and logs.
  const limits = { headersTimeout: 0, bodyTimeout: 0, connect: connect as object };
  const agent = createAgent(() => new (UndiciClient as unknown as typeof Client)(origin, limits));
  // After the 101 neither a signal nor agent.destroy() reaches a socket.
  const upgraded = new Set<Duplex>();

  return {
    request(request) {
      const { signal } = request;
      if (signal?.aborted) return Promise.reject(signal.reason);
      const { body, failure } = watchBody(request.body);
      const explain = (error: unknown) => {
        const own = signal?.aborted ? null : failure();
        return own === null ? explainFailure(error, address, signal) : own.error;
      };
      return new Promise((resolve, reject) => {
        const connection = agent.take();
        const handler = createRequestHandler({ resolve, reject, explain, signal, connection });
        try {
          connection.dispatch(dispatchOptions(request, body), handler);
        } catch (error) {
          reject(explain(error));
        }
      });
    },
    async upgrade(request) {
      request.signal?.throwIfAborted();
      const register = (socket: Duplex) => keepRegistered(upgraded, socket, request.signal);
      return abandonOnAbort(dispatchUpgrade({ agent, address, register }, request), request.signal);
    },
    async close() {
      for (const socket of upgraded) socket.destroy();
      await agent.destroy();
    },
  };
}

/** undici's own way to a socket. */
function build(options: SocketOptions): Connect {
  return (undiciConnector as (options: buildConnector.BuildOptions) => Connect)(
    options as buildConnector.BuildOptions,
  );
}

function dispatchOptions(request: TransportRequest, body: RequestBody | null): Dispatcher.DispatchOptions {
  return {
    path: request.path,
    method: request.method as Dispatcher.HttpMethod,
    headers: (request.headers as Record<string, string> | undefined) ?? null,
    // undici sends text, bytes and any async iterable, though its types name only some of them.
    body: body as Readable | null,
    // Nothing waits behind it on the same connection.
    blocking: false,
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

interface UpgradeContext {
  readonly agent: Agent<Dispatcher.DispatchOptions, Dispatcher.DispatchHandler>;
  readonly address: string;
  /** Takes charge of a socket before anybody else sees it. */
  readonly register: (socket: Duplex) => void;
}

/** undici's own `upgrade()` hides the status and the body of a refusal, so this handler listens for both outcomes. */
function dispatchUpgrade(
  { agent, address, register }: UpgradeContext,
  request: TransportRequest,
): Promise<UpgradedConnection> {
  const { signal } = request;
  const operation = request.operation ?? `${request.method} ${request.path.split("?")[0]}`;
  const options = { ...dispatchOptions(request, request.body ?? null), upgrade: "tcp" };
  const settled = new AbortController();
  const connection = new Promise<UpgradedConnection>((resolve, reject) => {
    const hand = (socket: Duplex, isWritable: boolean) => {
      register(socket);
      resolve({ socket, isWritable });
      settled.abort();
    };
    const plain = createPlainAnswer(operation, {
      onStream: (output) => hand(output, false),
      onRefusal: reject,
    });
    const leased = agent.take();
    leased.dispatch(options as Dispatcher.DispatchOptions, {
      onRequestStart(controller) {
        const abort = () => controller.abort(abortError(signal));
        signal?.addEventListener("abort", abort, { once: true, signal: settled.signal });
        if (signal?.aborted) abort();
      },
      onRequestUpgrade(_controller, status, _headers, socket) {
        // Without its socket it connects anew.
        leased.giveBack();
        if (status === 101) return hand(socket, true);
        socket.destroy();
        reject(new ProtocolError(`${operation} answered ${status} to an upgrade`));
      },
      onResponseStart: plain.start,
      onResponseData: plain.data,
      onResponseEnd() {
        leased.giveBack();
        plain.end();
      },
      onResponseError(_controller, error) {
        leased.drop();
        const reason = explainFailure(error, address, signal);
        plain.fail(reason);
        reject(reason);
      },
    });
  });
  return connection.finally(() => settled.abort());
}
