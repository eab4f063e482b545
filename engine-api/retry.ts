import { isConnectionError } from "./errors.ts";

/** Asking again changes nothing on the Engine. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** What a connection fails with that was open before, and that the other side closed meanwhile. */
const lostConnection: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/**
 * What to do about a failure: ask again where a connection was lost before any of the answer came, and only for what is safe to ask twice. An
 * Engine that was started anew, or a proxy, closes idle connections at the very moment at which they are used.
 *
 * @throws the failure where that is not so, or the last one.
 */
export async function askAgain<T>(
  failure: unknown,
  ask: () => Promise<T>,
  options: { readonly method: string; readonly retries: number; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  let last = failure;
  for (let left = safeMethods.has(options.method) ? options.retries : 0; left > 0; left--) {
    if (!isLost(last) || options.signal?.aborted) break;
    try {
      return await ask();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function isLost(error: unknown): boolean {
  return isConnectionError(error) && error.code !== null && lostConnection.has(error.code);
}
