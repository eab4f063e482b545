import { setTimeout as delay } from "node:timers/promises";

const longestDelayMs = 60_000;

/** Waits the longer, the more went wrong in a row: doubling, at most a minute. @throws the signal's reason */
export async function backOff(
  troubles: number,
  { firstMs, signal }: { readonly firstMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const ms = Math.min(longestDelayMs, firstMs * 2 ** Math.max(0, troubles - 1));
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
