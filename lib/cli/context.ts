import { createClient, type EngineClient, EngineError } from "../../engine-api/mod.ts";
import { ConfigError } from "../errors.ts";
import type { Output } from "./output/terminal.ts";

/** All that the command touches outside of itself; a parameter, so that it can be tried without a process of its own. */
export interface CliContext {
  readonly out: Output;
  readonly err: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Asks a question that is answered by yes or no; null where nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
}

/** What every command understands. */
export interface GlobalOptions {
  /** Where the Engine is, as `DOCKER_HOST` takes it; found by itself unless given. */
  readonly host?: string | null;
}

/**
 * Calls `use` with a client of the Engine, which is closed afterwards.
 *
 * @throws ConfigError for an address that cannot be understood.
 */
export async function withClient<T>(
  options: GlobalOptions,
  use: (client: EngineClient) => Promise<T>,
): Promise<T> {
  const client = connect(options);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Nothing is connected here, so all that can be wrong is the address. */
function connect({ host }: GlobalOptions): EngineClient {
  try {
    return createClient(typeof host === "string" ? { endpoint: host } : {});
  } catch (error) {
    throw error instanceof EngineError ? new ConfigError(error.message, { cause: error }) : error;
  }
}
