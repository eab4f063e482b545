import type { Duplex } from "node:stream";
import type { Handler } from "./exchange.ts";

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
  return async ({ request, socket, head, write, body }) => {
    if (request.headers["upgrade"] === undefined) {
      head(400, {});
      socket.end();
      return;
    }
    await body();
    await write(
      "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
    );
    await use(socket);
  };
}

/** A frame of a container's output without a TTY, for what is written to a hijacked connection or sent as a log. */
export function frame(stream: "stdout" | "stderr", payload: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(payload as string);
  const head = Buffer.alloc(8);
  head.writeUInt8(stream === "stdout" ? 1 : 2);
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

/** Answers 200 and one JSON text a line, as progress and events come. */
export function jsonLines(values: Iterable<unknown> | AsyncIterable<unknown>): Handler {
  async function* lines(): AsyncGenerator<string, void, undefined> {
    for await (const value of values) yield `${JSON.stringify(value)}\r\n`;
  }
  return chunks(lines());
}
