import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { json, text } from "./answers.ts";
import type { Exchange, Handler, RecordedRequest, Routes } from "./exchange.ts";

/** A running stub of an Engine. */
export interface StubEngine {
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
  [Symbol.asyncDispose](): Promise<void>;
}

/** The API version that the stub speaks unless a route for the ping says otherwise. */
export const stubApiVersion = "1.41";

/**
 * Starts a stub of an Engine: a real HTTP server on a unix socket of its own, so that nothing of a client is replaced. Where no route fits it
 * answers 404 with a JSON message, as the Engine does.
 *
 * @example
 * await using engine = await startStubEngine({ "GET /containers/{id}/json": json(200, { Id: "c0ffee" }) });
 * await using client = createClient({ endpoint: engine.endpoint });
 */
export async function startStubEngine(routes: Routes = {}): Promise<StubEngine> {
  const folder = await mkdtemp(join(tmpdir(), "stub-engine-"));
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
  const close = async (): Promise<void> => {
    await stop(server, sockets);
    await rm(folder, { recursive: true, force: true });
  };
  return {
    endpoint: `unix://${socketPath}`,
    socketPath,
    requests,
    connections: () => sockets.size,
    idle: () => awaitIdle(sockets),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function findHandler(routes: Routes, { method, url }: RecordedRequest): Handler {
  const path = url.replace(/^\/v\d+\.\d+(?=\/)/, "").replace(/\?.*$/, "");
  const found = routes[`${method} ${path}`] ?? findTemplate(routes, `${method} ${path}`) ?? routes["*"];
  if (found !== undefined) return found;
  if (path === "/_ping") return text(200, method === "HEAD" ? "" : "OK", { "api-version": stubApiVersion });
  return json(404, { message: `page not found: ${method} ${path}` });
}

/** `GET /containers/{id}/json` fits any id. */
function findTemplate(routes: Routes, asked: string): Handler | undefined {
  const parts = asked.split("/");
  const fits = (template: string): boolean => {
    const wanted = template.split("/");
    return (
      template.includes("{") &&
      wanted.length === parts.length &&
      wanted.every((part, index) => /^\{\w+\}$/.test(part) || part === parts[index])
    );
  };
  return Object.entries(routes).find(([template]) => fits(template))?.[1];
}

const longestIdleMs = 2000;

async function awaitIdle(sockets: ReadonlySet<Socket>): Promise<void> {
  const deadline = performance.now() + longestIdleMs;
  while (sockets.size > 0) {
    if (performance.now() > deadline) throw new Error(`${sockets.size} connections are still open`);
    await delay(5);
  }
}

function plainExchange(incoming: IncomingMessage, response: ServerResponse): Exchange {
  return {
    request: record(incoming),
    socket: incoming.socket,
    body: () => readAll(incoming),
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
    body: async () => {
      // Later versions of Node give the body to the request, as ever; earlier ones leave it in the connection.
      const given = await readAll(incoming);
      const missing = Number(incoming.headers["content-length"] ?? 0) - given.length;
      return Buffer.concat([given, await readExactly(socket, missing)]);
    },
    head: (status, headers) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 ${status} Answer\r\nconnection: close\r\n${lines.join("")}\r\n`);
    },
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    end: () => void socket.end(),
  };
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** The body that comes before the raw connection begins. */
async function readExactly(socket: Duplex, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let left = length; left > 0; ) {
    const piece: Buffer | null =
      socket.readableLength > 0 ? socket.read(Math.min(left, socket.readableLength)) : null;
    if (piece === null) await once(socket, "readable");
    else {
      pieces.push(piece);
      left -= piece.length;
    }
  }
  return Buffer.concat(pieces);
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
