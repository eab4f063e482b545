/** What undici's clients and handlers have in common with what is used of them here. */
interface Handler {
  onRequestUpgrade?(...told: never[]): void;
  onResponseEnd?(...told: never[]): void;
  onResponseError?(...told: never[]): void;
}

/** A connection that serves one request at a time. */
interface Connection<Options, H> {
  readonly destroyed: boolean;
  dispatch(options: Options, handler: H): unknown;
  destroy(): Promise<void>;
}

/** Sends requests, each over a connection that is free, else over a new one. */
export interface Agent<Options, H> {
  /** What becomes of the request is told to the handler. @throws TypeError for what is no request. */
  dispatch(options: Options, handler: H): void;
  /** Closes all connections. */
  destroy(): Promise<void>;
}

/** More than that would only wait for undici to close them, 4 s after their last answer. */
const mostFree = 10;

/**
 * An agent that closes a connection whose answer was left before its end. undici's own would open another one in its place, which nobody has
 * asked for and which stays open.
 */
export function createAgent<Options, H extends Handler>(
  connect: () => Connection<Options, H>,
): Agent<Options, H> {
  const free: Connection<Options, H>[] = [];
  const all = new Set<Connection<Options, H>>();
  let isDestroyed = false;

  function take(): Connection<Options, H> {
    const connection = free.pop() ?? connect();
    all.add(connection);
    // It says itself, to whoever uses it, that it is closed.
    if (isDestroyed) drop(connection);
    return connection;
  }

  function giveBack(connection: Connection<Options, H>): void {
    if (!all.has(connection) || connection.destroyed) return;
    if (free.length < mostFree) free.push(connection);
    // Not before the answer's end has been dealt with, of which the connection tells just now.
    else queueMicrotask(() => drop(connection));
  }

  function drop(connection: Connection<Options, H>): void {
    all.delete(connection);
    // Nobody waits for it, and what was under way hears of it by itself.
    connection.destroy().catch(() => undefined);
  }

  return {
    dispatch(options, handler) {
      const connection = take();
      connection.dispatch(options, {
        ...handler,
        onRequestUpgrade(...told: never[]) {
          handler.onRequestUpgrade?.(...told);
          giveBack(connection);
        },
        onResponseEnd(...told: never[]) {
          giveBack(connection);
          handler.onResponseEnd?.(...told);
        },
        onResponseError(...told: never[]) {
          drop(connection);
          handler.onResponseError?.(...told);
        },
      });
    },
    async destroy() {
      isDestroyed = true;
      free.length = 0;
      await Promise.all([...all].map((connection) => connection.destroy()));
      all.clear();
    },
  };
}
