import { isConnectionError } from "./errors.ts";

/** Asking again changes nothing on the Engine. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** What a connection fails with that was open before, and that the other side closed meanwhile. */
const lostConnection: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/**
 * Asks again where a connection was lost before any of the answer came, and only for what is safe to ask twice: an Engine that was started
 * anew, or a proxy, closes idle connections at the very moment at which they are used.
 */
export async function askAgain<T>(
  ask: () => Promise<T>,
  options: { readonly method: string; readonly retries: number; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  for (let left = safeMethods.has(options.method) ? options.retries : 0; ; left--) {
    try {
      return await ask();
    } catch (error) {
      const isLost = isConnectionError(error) && error.code !== null && lostConnection.has(error.code);
      if (left <= 0 || !isLost || options.signal?.aborted) throw error;
    }
  }
}
