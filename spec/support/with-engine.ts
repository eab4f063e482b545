import { createClient, type EngineClient } from "../../engine-api/client.ts";
import { parseEndpoint } from "../../engine-api/endpoint.ts";
import { createTransport, type Transport } from "../../engine-api/transport.ts";
import { type FakeEngine, fakeApiVersion, type Routes, withFakeEngine } from "./fake-engine.ts";

/** Runs a spec's body with a fake Engine and a client of it that asks for no version; both are closed afterwards. */
export function withClient(
  routes: Routes,
  body: (client: EngineClient, engine: FakeEngine) => Promise<void>,
): Promise<void> {
  return withFakeEngine(routes, async (engine) => {
    await using client = createClient({ endpoint: engine.endpoint, apiVersion: fakeApiVersion });
    await body(client, engine);
  });
}

/** The same with the transport alone. */
export function withTransport(
  routes: Routes,
  body: (transport: Transport, engine: FakeEngine) => Promise<void>,
): Promise<void> {
  return withFakeEngine(routes, async (engine) => {
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
