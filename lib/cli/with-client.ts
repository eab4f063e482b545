import { createClient, type EngineClient, EngineError } from "../../engine-api/mod.ts";
import { ConfigError } from "../errors.ts";
import type { GlobalOptions } from "./context.ts";

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
