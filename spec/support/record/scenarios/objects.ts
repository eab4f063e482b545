import { label, type Scenario, withContainer } from "./common.ts";

const labels = { [label]: "1" };
const filters = { label: [label] };

/** Networks and volumes from their making to their removal. */
export const objects: Scenario = async (recorder) => {
  await networks(recorder);
  await volumes(recorder);
};

async function networks(recorder: Parameters<Scenario>[0]): Promise<void> {
  const { call, refused, speaks } = recorder;
  const body = {
    Name: "recorded",
    Driver: "bridge",
    Internal: true,
    Labels: labels,
    IPAM: { Config: [{ Subnet: "10.99.0.0/24", Gateway: "10.99.0.1" }] },
  };
  const { Id: id } = await call("POST /networks/create", { body });
  const path = { id };
  // Engines before API 1.44 let two have one name, unless they are asked not to.
  const once = speaks("1.44") ? {} : { CheckDuplicate: true };
  await refused("POST /networks/create", { body: { ...body, ...once } });
  await refused("POST /networks/create", { body: { Name: "recorded-other", Driver: "nonsense" } });
  await call("GET /networks", { query: { filters } });
  await withContainer(
    recorder,
    "recorded-network",
    async (container) => {
      const change = { path, body: { Container: container, EndpointConfig: { Aliases: ["worker"] } } };
      await call("POST /networks/{id}/connect", change);
      await call("GET /networks/{id}", { path, query: { verbose: true } });
      await call("GET /containers/{id}/json", { path: { id: container } });
      await call("POST /networks/{id}/disconnect", { path, body: { Container: container, Force: true } });
    },
    { NetworkDisabled: false, HostConfig: { NetworkMode: "bridge" } },
  );
  await refused("POST /networks/{id}/connect", { path, body: { Container: "nowhere" } });
  await refused("POST /networks/{id}/disconnect", { path, body: { Container: "nowhere" } });
  await call("DELETE /networks/{id}", { path });
  await refused("GET /networks/{id}", { path });
  await refused("DELETE /networks/{id}", { path: { id: "host" } });
  const { Id: bare } = await call("POST /networks/create", {
    body: { Name: "recorded-bare", IPAM: { Config: [{ Subnet: "10.98.0.0/24" }] } },
  });
  await call("GET /networks/{id}", { path: { id: bare } });
  await call("DELETE /networks/{id}", { path: { id: bare } });
  await call("POST /networks/create", { body: { ...body, Name: "recorded-pruned" } });
  await call("POST /networks/prune", { query: { filters } });
}

async function volumes({ call, refused, speaks }: Parameters<Scenario>[0]): Promise<void> {
  const path = { name: "recorded" };
  await call("POST /volumes/create", {
    body: {
      Name: "recorded",
      Driver: "local",
      DriverOpts: { type: "tmpfs", device: "tmpfs" },
      Labels: labels,
    },
  });
  await refused("POST /volumes/create", { body: { Name: "recorded-other", Driver: "nonsense" } });
  await call("GET /volumes/{name}", { path });
  await call("GET /volumes", { query: { filters } });
  if (speaks("1.42"))
    await refused("PUT /volumes/{name}", {
      path,
      query: { version: 1 },
      body: { Spec: { AccessMode: { Availability: "pause" } } },
    });
  await call("DELETE /volumes/{name}", { path, query: { force: false } });
  await refused("GET /volumes/{name}", { path });
  await refused("DELETE /volumes/{name}", { path });
  await call("POST /volumes/create", { body: { Name: "recorded-bare" } });
  await call("GET /volumes/{name}", { path: { name: "recorded-bare" } });
  await call("DELETE /volumes/{name}", { path: { name: "recorded-bare" } });
  await call("POST /volumes/create", { body: { Name: "recorded-pruned", Labels: labels } });
  await call("POST /volumes/prune", {
    query: { filters: speaks("1.42") ? { ...filters, all: ["true"] } : filters },
  });
}
