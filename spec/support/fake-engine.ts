/**
 * A small Engine that says what a spec tells it to: a real HTTP server on a unix socket, so that nothing of the client is replaced.
 *
 * @example
 * const engine = await startFakeEngine({ "GET /_ping": text(200, "OK"), "GET /info": json(200, { NCPU: 2 }) });
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";

/** One request as it came, and the means to answer it. */
export interface Exchange {
  readonly request: RecordedRequest;
  /** The raw connection, for answers that are no HTTP. */
  readonly socket: Duplex;
  /** Resolves with the request's body, once it is all there. */
  body(): Promise<Buffer>;
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** Resolves once the bytes are on their way. */
  write(bytes: Uint8Array | string): Promise<void>;
  end(): void;
}

/** What a client asked for. */
export interface RecordedRequest {
  readonly method: string;
  /** As it was sent: percent-encoded, with version and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Answers one request. */
export type Handler = (exchange: Exchange) => void | Promise<void>;

/** Handlers by method and path without version and query, percent-encoded as it is sent; `*` answers the rest. */
export type Routes = Readonly<Record<string, Handler>>;

/** A running fake. */
export interface FakeEngine {
  /** For `createClient({ endpoint })`. */
  readonly endpoint: string;
  readonly socketPath: string;
  /** All requests so far, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Connections that are open now. */
  connections(): number;
  /** Resolves once no connection is open, or rejects after two seconds. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** The version that the fake speaks unless a route for the ping says otherwise. */
export const fakeApiVersion = "1.41";

/** Starts a fake Engine. Where no route fits it answers 404 with a JSON message, as the Engine does. */
export async function startFakeEngine(routes: Routes = {}): Promise<FakeEngine> {
  const folder = await mkdtemp(join(tmpdir(), "fake-engine-"));
  const socketPath = join(folder, "docker.sock");
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  const answer = (exchange: Exchange) => {
    requests.push(exchange.request);
    const handler = findHandler(routes, exchange.request);
    return Promise.resolve(handler(exchange)).catch(() => exchange.socket.destroy());
  };
  const server = createServer((request, response) => void answer(plainExchange(request, response)));
  server.on("upgrade", (request, socket, head) => {
    if (head.length > 0) socket.unshift(head);
    void answer(rawExchange(request, socket)).then(() => noticeEnd(socket));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
  });
  await once(server.listen(socketPath), "listening");
  return {
    endpoint: `unix://${socketPath}`,
    socketPath,
    requests,
    connections: () => sockets.size,
    idle: () => eventually(() => sockets.size === 0),
    close: async () => {
      await stop(server, sockets);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a spec's body against a fake Engine that is gone afterwards. */
export async function withFakeEngine(
  routes: Routes,
  body: (engine: FakeEngine) => Promise<void>,
): Promise<void> {
  const engine = await startFakeEngine(routes);
  try {
    await body(engine);
  } finally {
    await engine.close();
  }
}

/** Answers JSON. */
export function json(status: number, value: unknown): Handler {
  return reply(status, { "content-type": "application/json" }, JSON.stringify(value));
}

/** Answers text that is no JSON. */
export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Handler {
  return reply(status, { "content-type": "text/plain; charset=utf-8", ...headers }, body);
}

/** Answers the head alone. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Handler {
  return reply(status, headers, "");
}

/** Answers what it is told, as it is told: for wrong content types and broken JSON. */
export function reply(status: number, headers: Readonly<Record<string, string>>, body: string): Handler {
  return async (exchange) => {
    await exchange.body();
    const isBodiless =
      body === "" && (status === 204 || status === 304 || exchange.request.method === "HEAD");
    exchange.head(
      status,
      isBodiless ? headers : { "content-length": String(Buffer.byteLength(body)), ...headers },
    );
    if (body !== "" && exchange.request.method !== "HEAD") await exchange.write(body);
    exchange.end();
  };
}

/** Answers 200 and a body in these pieces, each sent by itself. */
export function chunks(pieces: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>): Handler {
  return async (exchange) => {
    exchange.head(200, { "content-type": "application/json" });
    for await (const piece of pieces) await exchange.write(piece);
    exchange.end();
  };
}

/** Hands the connection over with 101, then does with it what it is told. */
export function hijack(use: (socket: Duplex) => void | Promise<void>): Handler {
  return async ({ request, socket, head, write }) => {
    if (request.headers["upgrade"] === undefined) {
      head(400, {});
      socket.end();
      return;
    }
    await write(
      "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
    );
    await use(socket);
  };
}

/** Never answers. */
export function hang(): Handler {
  return () => undefined;
}

/** Answers the head and these bytes, then cuts the connection although more was promised. */
export function cut(status: number, body: string): Handler {
  return async (exchange) => {
    exchange.head(status, { "content-type": "application/json", "content-length": "1000000" });
    if (body !== "") await exchange.write(body);
    exchange.socket.destroy();
  };
}

/** Cuts the connection before any answer. */
export function refuseConnection(): Handler {
  return ({ socket }) => void socket.destroy();
}

/** Resolves once `condition` holds; rejects after two seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 2000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("it did not come about within two seconds");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function findHandler(routes: Routes, { method, url }: RecordedRequest): Handler {
  const path = url.replace(/^\/v\d+\.\d+(?=\/)/, "").replace(/\?.*$/, "");
  const found = routes[`${method} ${path}`] ?? routes["*"];
  if (found !== undefined) return found;
  if (path === "/_ping") return text(200, method === "HEAD" ? "" : "OK", { "api-version": fakeApiVersion });
  return json(404, { message: `page not found: ${method} ${path}` });
}

function plainExchange(incoming: IncomingMessage, response: ServerResponse): Exchange {
  return {
    request: record(incoming),
    socket: incoming.socket,
    body: async () => {
      const pieces: Buffer[] = [];
      for await (const piece of incoming) pieces.push(piece as Buffer);
      return Buffer.concat(pieces);
    },
    head: (status, headers) => {
      response.writeHead(status, headers);
      response.flushHeaders();
    },
    write: (bytes) => new Promise((resolve) => response.write(bytes, () => resolve())),
    end: () => void response.end(),
  };
}

/** Closes a connection whose other side has left, which shows only to a reader; those that a handler reads are its own business. */
function noticeEnd(socket: Duplex): void {
  if (socket.destroyed || socket.listenerCount("data") + socket.listenerCount("readable") > 0) return;
  socket.resume().once("end", () => socket.destroy());
}

/** Node hands an upgrade over without a response, so this writes its own. */
function rawExchange(incoming: IncomingMessage, socket: Duplex): Exchange {
  return {
    request: record(incoming),
    socket,
    body: async () => Buffer.alloc(0),
    head: (status, headers) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 ${status} Answer\r\nconnection: close\r\n${lines.join("")}\r\n`);
    },
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    end: () => void socket.end(),
  };
}

function record(incoming: IncomingMessage): RecordedRequest {
  return { method: incoming.method ?? "", url: incoming.url ?? "", headers: incoming.headers };
}

async function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}
