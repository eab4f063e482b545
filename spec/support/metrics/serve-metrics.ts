import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "../../../lib/metrics/mod.ts";

/** Serves metrics on a port of this machine, as an application would. */
export async function serveMetrics(
  metrics: Metrics,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const server = createServer(async (_, response) => {
    response.setHeader("content-type", metrics.contentType).end(await metrics.text());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
