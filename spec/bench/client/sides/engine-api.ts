import { serve } from "./serve.ts";

// What users run is what is measured.
const built = new URL("../../../../dist/engine-api/mod.js", import.meta.url).href;
const { attachContainer, containerLogs, createClient, listContainers, startContainer } = (await import(
  built
)) as typeof import("../../../../engine-api/mod.ts");

const client = createClient();

await serve({
  ping: () => client.request("GET /_ping"),
  list: () => listContainers(client, { all: true }),
  async attach(id, take) {
    const { output } = await attachContainer(client, id);
    await startContainer(client, id);
    for await (const { bytes } of output) take(bytes);
  },
  async logs(id, follow, take) {
    for await (const { bytes } of containerLogs(client, id, { follow })) take(bytes);
  },
});
