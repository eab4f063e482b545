/** One of undici's clients, which serves one request at a time. */
interface Connection<Options, Handler> {
  readonly destroyed: boolean;
  dispatch(options: Options, handler: Handler): unknown;
  destroy(): Promise<void>;
}

/** A connection for one request: to be given back or dropped once that is over. */
export interface Lease<Options, Handler> {
  /** What becomes of the request is told to the handler. @throws TypeError for what is no request. */
  dispatch(options: Options, handler: Handler): void;
  /** The answer was read to its end, or the socket handed over: others may use it. */
  giveBack(): void;
  /** The request failed or was given up, and the connection with it. */
  drop(): void;
}

/** Lends connections: one that is free, else a new one. */
export interface Agent<Options, Handler> {
  take(): Lease<Options, Handler>;
  /** Closes all connections. */
  destroy(): Promise<void>;
}

/** More than that would only wait for undici to close them, 4 s after their last answer. */
const mostFree = 10;

/**
 * An agent that closes a connection whose answer was left before its end. undici's own would open another one in its place, which nobody has
 * asked for and which stays open.
 */
export function createAgent<Options, Handler>(
  connect: () => Connection<Options, Handler>,
): Agent<Options, Handler> {
  type Own = Lease<Options, Handler> & { readonly connection: Connection<Options, Handler> };
  const free: Own[] = [];
  const all = new Set<Own>();
  let isDestroyed = false;

  function open(): Own {
    const connection = connect();
    const lease: Own = {
      connection,
      dispatch: (options, handler) => void connection.dispatch(options, handler),
      giveBack() {
        if (!all.has(lease) || connection.destroyed) return;
        if (free.length < mostFree) free.push(lease);
        // Not before the answer's end has been dealt with, of which the connection tells just now.
        else queueMicrotask(lease.drop);
      },
      drop() {
        all.delete(lease);
        // Nobody waits for it, and what was under way hears of it by itself.
        connection.destroy().catch(() => undefined);
      },
    };
    all.add(lease);
    return lease;
  }

  return {
    take() {
      const lease = free.pop() ?? open();
      // It says itself, to whoever uses it, that it is closed.
      if (isDestroyed) lease.drop();
      return lease;
    },
    async destroy() {
      isDestroyed = true;
      free.length = 0;
      await Promise.all([...all].map(({ connection }) => connection.destroy()));
      all.clear();
    },
  };
}
