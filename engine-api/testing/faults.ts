import { setTimeout as delay } from "node:timers/promises";
import { hijack } from "./answers.ts";
import type { Exchange, Handler } from "./exchange.ts";

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

/**
 * Ends the Engine's side of the connection behind these bytes, and goes on to read the client's: on attach and exec start the end of output,
 * with frames before it; elsewhere an answer that stops before what it promised.
 */
export function halfClose(bytes: Uint8Array | string = ""): Handler {
  return async (exchange) => {
    const { request, socket } = exchange;
    if (request.headers["upgrade"] !== undefined) await hijack(() => undefined)(exchange);
    else exchange.head(200, { "content-type": "application/json", "content-length": "1000000" });
    if (bytes.length > 0) await exchange.write(bytes);
    socket.end();
    if (request.headers["upgrade"] !== undefined) socket.resume();
  };
}

/** Cuts the connection before any answer. */
export function refuseConnection(): Handler {
  return ({ socket }) => void socket.destroy();
}

/** Answers as the handler does, so many milliseconds later. */
export function late(delayMs: number, handler: Handler): Handler {
  return async (exchange) => {
    await delay(delayMs);
    await handler(exchange);
  };
}

/** Sends these bytes instead of an HTTP answer. */
export function garbage(bytes: Uint8Array | string): Handler {
  return ({ socket }) => void socket.end(bytes);
}

/** Handlers in turn, one a request; the last one answers all that follow. */
export function inTurn(...handlers: readonly Handler[]): Handler {
  let at = 0;
  return (exchange: Exchange) => handlers[Math.min(at++, handlers.length - 1)]?.(exchange);
}
