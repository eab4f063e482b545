import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import type { EngineClient } from "../../engine-api/client.ts";
import { createSecret, createService, updateNode, updateService } from "../../engine-api/swarm.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/types: swarms and plugins");

const path = { id: "a" };
const name = { name: "a" };

/** Only the compiler reads these: each directive fails the type check where the line below it is fine. */
export const groups: Readonly<Record<string, (client: EngineClient) => Promise<void>>> = {
  plugins: async (client) => {
    const asked = (
      await client.request("GET /plugins/privileges", {
        query: { remote: "a/b" },
        headers: { "X-Registry-Auth": "x" },
      })
    )[0]?.Value;
    await client.stream("POST /plugins/pull", {
      query: { remote: "a/b", name: "c" },
      headers: { "X-Registry-Auth": "x" },
      body: [{ Name: "network", Value: ["host"] }],
    });
    await client.request("POST /plugins/{name}/enable", { path: name, query: { timeout: 10 } });
    await client.request("POST /plugins/{name}/set", { path: name, body: ["DEBUG=1"] });
    await client.request("POST /plugins/create", { query: { name: "a" }, body: new Uint8Array(1) });
    const isEnabled: boolean = (await client.request("GET /plugins/{name}/json", { path: name })).Enabled;
    void [asked, isEnabled];
    // @ts-expect-error a wrong path
    await client.request("POST /plugins/{name}/start", { path: name });
    // @ts-expect-error a missing path parameter
    await client.request("POST /plugins/{name}/enable", { query: { timeout: 1 } });
    // @ts-expect-error a wrong query name
    await client.request("POST /plugins/pull", { query: { from: "a" } });
    // @ts-expect-error a missing query
    await client.request("GET /plugins/privileges");
    // @ts-expect-error a wrong body key
    await client.request("POST /plugins/pull", { query: { remote: "a" }, body: [{ name: "network" }] });
    // @ts-expect-error a wrong answer key
    void (await client.request("GET /plugins"))[0]?.enabled;
  },
  "swarm and nodes": async (client) => {
    const node: string = await client.request("POST /swarm/init", {
      body: { ListenAddr: "0.0.0.0:2377", Spec: { Labels: { a: "b" } } },
    });
    await client.request("POST /swarm/join", {
      body: { ListenAddr: "x", RemoteAddrs: ["y"], JoinToken: "t" },
    });
    await client.request("POST /swarm/leave", { query: { force: true } });
    await client.request("POST /swarm/update", {
      query: { version: 1, rotateWorkerToken: true },
      body: { Name: "default" },
    });
    const token = (await client.request("GET /swarm")).JoinTokens?.Worker;
    await client.request("POST /nodes/{id}/update", {
      path,
      query: { version: 1 },
      body: { Availability: "drain" },
    });
    const state = (await client.request("GET /nodes"))[0]?.Status?.State;
    await updateNode(client, "n", (spec) => ({ ...spec, Role: "worker" }));
    void [node, token, state];
    // @ts-expect-error a wrong path
    await client.request("POST /swarm/start");
    // @ts-expect-error a missing path parameter
    await client.request("GET /nodes/{id}");
    // @ts-expect-error a wrong query name
    await client.request("POST /swarm/leave", { query: { forced: true } });
    // @ts-expect-error a change without its version
    await client.request("POST /nodes/{id}/update", { path, query: {}, body: {} });
    // @ts-expect-error a wrong body key
    await client.request("POST /swarm/init", { body: { Listen: "x" } });
    // @ts-expect-error a missing body key
    await client.request("POST /swarm/join", { body: { JoinToken: "t" } });
    // @ts-expect-error a wrong answer key
    void (await client.request("GET /swarm")).Tokens;
    // @ts-expect-error a change to a wrong key
    await updateNode(client, "n", () => ({ Roles: "worker" }));
  },
  "services and tasks": async (client) => {
    const made = await client.request("POST /services/create", {
      headers: { "X-Registry-Auth": "x" },
      body: { Name: "s", TaskTemplate: { ContainerSpec: { Image: "i" } } },
    });
    await client.request("POST /services/{id}/update", {
      path,
      query: { version: 2, rollback: "previous" },
      body: { Name: "s" },
    });
    await client.stream("GET /services/{id}/logs", {
      path,
      query: { details: true, follow: true, stdout: true },
    });
    const state = (await client.request("GET /tasks", { query: { filters: { service: ["s"] } } }))[0]?.Status
      ?.State;
    await createService(client, { Name: "s", Mode: { Replicated: { Replicas: 2 } } });
    await updateService(client, "s", (spec) => ({ ...spec, Labels: { a: "b" } }));
    void [made.ID, state];
    // @ts-expect-error a wrong path
    await client.request("GET /service/{id}", { path });
    // @ts-expect-error a missing path parameter
    await client.request("GET /tasks/{id}");
    // @ts-expect-error a wrong query name
    await client.stream("GET /services/{id}/logs", { path, query: { until: 1 } });
    // @ts-expect-error a change without its version
    await client.request("POST /services/{id}/update", { path, body: {} });
    // @ts-expect-error a wrong body key
    await client.request("POST /services/create", { body: { Name: "s", Replicas: 2 } });
    // @ts-expect-error a wrong header
    await client.request("POST /services/create", { headers: { Authorization: "x" }, body: {} });
    // @ts-expect-error a wrong answer key
    void made.Id;
    // @ts-expect-error a new service with a wrong key
    await createService(client, { name: "s" });
    // @ts-expect-error a change to a wrong key
    await updateService(client, "s", () => ({ Label: {} }));
  },
  "secrets and configs": async (client) => {
    const secret: string = (
      await client.request("POST /secrets/create", { body: { Name: "s", Data: "eA==" } })
    ).ID;
    const config: string = (
      await client.request("POST /configs/create", {
        body: { Name: "c", Data: "eA==", Templating: { Name: "golang" } },
      })
    ).ID;
    await client.request("POST /secrets/{id}/update", {
      path,
      query: { version: 1 },
      body: { Labels: { a: "b" } },
    });
    const data = (await client.request("GET /configs/{id}", { path })).Spec?.Data;
    await createSecret(client, { name: "s", data: new Uint8Array(1), labels: { a: "b" } });
    void [secret, config, data];
    // @ts-expect-error a wrong path
    await client.request("GET /secrets/json");
    // @ts-expect-error a missing path parameter
    await client.request("DELETE /secrets/{id}");
    // @ts-expect-error a wrong query name
    await client.request("GET /configs", { query: { filter: {} } });
    // @ts-expect-error a change without its version
    await client.request("POST /configs/{id}/update", { path });
    // @ts-expect-error a wrong body key
    await client.request("POST /secrets/create", { body: { name: "s" } });
    // @ts-expect-error a wrong answer key
    void (await client.request("POST /configs/create", { body: {} })).Id;
    // @ts-expect-error a secret without data
    await createSecret(client, { name: "s" });
  },
};

test("each group has its wrong paths, parameters, queries, bodies and answers", () => {
  const source = readFileSync(new URL(import.meta.url), "utf8");
  const bodies = source.split(/async \(client\) => \{/).slice(1);
  assert.is(bodies.length, Object.keys(groups).length);
  for (const [index, group] of Object.keys(groups).entries())
    for (const kind of ["a wrong path", "a wrong query name", "a wrong body key", "a wrong answer key"])
      assert.ok(bodies[index]?.includes(`@ts-expect-error ${kind}\n`), `${group} lacks ${kind}`);
});

test.run();
