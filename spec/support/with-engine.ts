import { createClient, type EngineClient } from "../../engine-api/client.ts";
import { parseEndpoint } from "../../engine-api/endpoint.ts";
import {
  type Routes,
  type StubEngine,
  startStubEngine,
  stubApiVersion,
} from "../../engine-api/testing/mod.ts";
import { createTransport, type Transport } from "../../engine-api/transport.ts";

/** Runs a spec's body with a fake Engine and a client of it that asks for no version; both are closed afterwards. */
export function withClient(
  routes: Routes,
  body: (client: EngineClient, engine: StubEngine) => Promise<void>,
): Promise<void> {
  return withStubEngine(routes, async (engine) => {
    await using client = createClient({ endpoint: engine.endpoint, apiVersion: stubApiVersion });
    await body(client, engine);
  });
}

/** The same with the transport alone. */
export function withTransport(
  routes: Routes,
  body: (transport: Transport, engine: StubEngine) => Promise<void>,
): Promise<void> {
  return withStubEngine(routes, async (engine) => {
    const transport = createTransport(parseEndpoint(engine.endpoint));
    try {
      await body(transport, engine);
    } finally {
      await transport.close();
    }
  });
}

/** A stream of these pieces. */
export async function* streamOf(pieces: Iterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}

/** Runs a spec's body against a stub of an Engine that is gone afterwards. */
export async function withStubEngine(
  routes: Routes,
  body: (engine: StubEngine) => Promise<void>,
): Promise<void> {
  await using engine = await startStubEngine(routes);
  await body(engine);
}
