import { setTimeout as delay } from "node:timers/promises";
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
