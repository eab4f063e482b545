import { type EngineClient, isConnectionError, isResponseError, ping } from "../../engine-api/mod.ts";

/** Whether an Engine answers, and if not, in which way. */
export type EngineState =
  | { readonly kind: "up" }
  /** Nothing listens: not installed, or not started. */
  | { readonly kind: "down"; readonly message: string; readonly error: unknown }
  /** It listens, and this user may not talk to it. */
  | { readonly kind: "forbidden"; readonly message: string; readonly error: unknown }
  /** Something else is wrong, which starting an Engine would not mend. */
  | { readonly kind: "odd"; readonly message: string; readonly error: unknown };

/** Codes of the system that mean that nothing listens. */
const downCodes: ReadonlySet<string | null> = new Set(["ENOENT", "ECONNREFUSED"]);
const forbiddenCodes: ReadonlySet<string | null> = new Set(["EACCES", "EPERM"]);

/** Asks the Engine for a sign of life. Never throws but for an aborted signal. */
export async function probeEngine(
  client: EngineClient,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<EngineState> {
  const { timeoutMs = 5000, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    await ping(client, { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) });
    return { kind: "up" };
  } catch (error) {
    signal?.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    if (timeout.aborted)
      return { kind: "odd", error, message: `the Engine did not answer within ${timeoutMs} ms` };
    if (isConnectionError(error) && downCodes.has(error.code)) return { kind: "down", message, error };
    if (isConnectionError(error) && forbiddenCodes.has(error.code))
      return { kind: "forbidden", message, error };
    if (isResponseError(error) && error.status === 403) return { kind: "forbidden", message, error };
    return { kind: "odd", message, error };
  }
}
