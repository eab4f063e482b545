import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import type { EngineClient } from "../../engine-api/client.ts";
import { watchEvents } from "../../engine-api/events.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/types: containers, images and their kin");

const path = { id: "a" };
const name = { name: "a" };

/** Only the compiler reads these: each directive fails the type check where the line below it is fine. */
export const groups: Readonly<Record<string, (client: EngineClient) => Promise<void>>> = {
  containers: async (client) => {
    await client.request("GET /containers/json", {
      query: { all: true, limit: 1, size: true, filters: { status: ["exited"] } },
    });
    await client.request("POST /containers/{id}/rename", { path, query: { name: "b" } });
    await client.request("POST /containers/{id}/update", {
      path,
      body: { Memory: 1, RestartPolicy: { Name: "no" } },
    });
    await client.request("POST /containers/{id}/resize", { path, query: { h: 24, w: 80 } });
    await client.request("PUT /containers/{id}/archive", {
      path,
      query: { path: "/x" },
      body: new Uint8Array(1),
    });
    await client.stream("GET /containers/{id}/logs", { path, query: { follow: true, tail: "5" } });
    await client.upgrade("POST /containers/{id}/attach", { path, query: { stream: true, stdin: true } });
    const top: string[][] | null | undefined = (await client.request("GET /containers/{id}/top", { path }))
      .Processes;
    const exit: number = (
      await client.request("POST /containers/{id}/wait", { path, query: { condition: "removed" } })
    ).StatusCode;
    void [top, exit];
    // @ts-expect-error a wrong path
    await client.request("GET /container/json");
    // @ts-expect-error a missing path parameter
    await client.request("POST /containers/{id}/start", {});
    // @ts-expect-error a wrong query name
    await client.request("GET /containers/json", { query: { filter: {} } });
    // @ts-expect-error a missing query
    await client.request("POST /containers/{id}/rename", { path });
    // @ts-expect-error a wrong body key
    await client.request("POST /containers/{id}/update", { path, body: { Memmory: 1 } });
    // @ts-expect-error a wrong header
    await client.request("GET /containers/json", { headers: { "X-Registry-Auth": "x" } });
    // @ts-expect-error a wrong answer key
    void (await client.request("GET /containers/{id}/json", { path })).Stat;
    // @ts-expect-error an archive that is no bytes
    await client.request("PUT /containers/{id}/archive", { path, query: { path: "/" }, body: {} });
  },
  exec: async (client) => {
    const created: string = (
      await client.request("POST /containers/{id}/exec", { path, body: { Cmd: ["x"], Tty: true } })
    ).Id;
    await client.upgrade("POST /exec/{id}/start", {
      path,
      body: { Detach: false, Tty: true, ConsoleSize: [24, 80] },
    });
    await client.request("POST /exec/{id}/resize", { path, query: { h: 1, w: 2 } });
    const code: number | null | undefined = (await client.request("GET /exec/{id}/json", { path })).ExitCode;
    void [created, code];
    // @ts-expect-error a wrong path
    await client.request("POST /exec/{id}", { path });
    // @ts-expect-error a missing path parameter
    await client.request("GET /exec/{id}/json");
    // @ts-expect-error a wrong query name
    await client.request("POST /exec/{id}/resize", { path, query: { height: 1, w: 1 } });
    // @ts-expect-error a wrong body key
    await client.request("POST /containers/{id}/exec", { path, body: { Command: ["x"] } });
    // @ts-expect-error a wrong answer key
    void (await client.request("GET /exec/{id}/json", { path })).StatusCode;
  },
  images: async (client) => {
    await client.stream("POST /images/create", {
      query: { fromImage: "a", tag: "b", platform: "linux/arm64" },
      headers: { "X-Registry-Auth": "x" },
    });
    await client.stream("POST /images/{name}/push", {
      path: name,
      query: { tag: "1" },
      headers: { "X-Registry-Auth": "x" },
    });
    await client.request("POST /images/{name}/tag", { path: name, query: { repo: "a", tag: "b" } });
    await client.stream("POST /build", {
      query: { t: ["a:1", "a:latest"], nocache: true },
      headers: { "X-Registry-Config": "x" },
      body: new Uint8Array(1),
    });
    await client.stream("GET /images/get", { query: { names: ["a", "b"] } });
    await client.stream("POST /images/load", { query: { quiet: true }, body: new Uint8Array(1) });
    await client.request("POST /commit", { query: { container: "c", repo: "r" }, body: { Env: ["A=b"] } });
    const found = (
      await client.request("GET /images/search", {
        query: { term: "x" },
        headers: { "X-Registry-Auth": "x" },
      })
    )[0]?.name;
    const digest: string | null | undefined = (
      await client.request("GET /distribution/{name}/json", {
        path: name,
        headers: { "X-Registry-Auth": "x" },
      })
    ).Descriptor.digest;
    void [found, digest];
    // @ts-expect-error a wrong path
    await client.request("GET /images");
    // @ts-expect-error a missing path parameter
    await client.request("GET /images/{name}/json", { path: { id: "x" } });
    // @ts-expect-error a wrong query name
    await client.stream("POST /images/create", { query: { image: "a" } });
    // @ts-expect-error a wrong body key
    await client.request("POST /commit", { body: { Environment: [] } });
    // @ts-expect-error a missing header
    await client.stream("POST /images/{name}/push", { path: name });
    // @ts-expect-error a wrong header
    await client.stream("POST /images/create", { headers: { "X-Auth": "x" } });
    // @ts-expect-error a wrong answer key
    void (await client.request("GET /images/{name}/json", { path: name })).Name;
  },
  networks: async (client) => {
    const made = await client.request("POST /networks/create", {
      body: { Name: "n", Internal: true, IPAM: { Config: [{ Subnet: "10.0.0.0/24" }] } },
    });
    await client.request("GET /networks/{id}", { path, query: { verbose: true } });
    await client.request("POST /networks/{id}/connect", {
      path,
      body: { Container: "c", EndpointConfig: { Aliases: ["a"] } },
    });
    const id: string = made.Id;
    void id;
    // @ts-expect-error a wrong path
    await client.request("GET /networks/json");
    // @ts-expect-error a missing path parameter
    await client.request("DELETE /networks/{id}");
    // @ts-expect-error a wrong query name
    await client.request("GET /networks", { query: { all: true } });
    // @ts-expect-error a wrong body key
    await client.request("POST /networks/create", { body: { Name: "n", Private: true } });
    // @ts-expect-error a missing body
    await client.request("POST /networks/create");
    // @ts-expect-error a wrong answer key
    void made.ID;
  },
  volumes: async (client) => {
    const made = await client.request("POST /volumes/create", {
      body: { Name: "v", DriverOpts: { a: "b" } },
    });
    const place: string = made.Mountpoint;
    await client.request("DELETE /volumes/{name}", { path: name, query: { force: true } });
    const volumes = (await client.request("GET /volumes", { query: { filters: { dangling: ["true"] } } }))
      .Volumes;
    void [place, volumes];
    // @ts-expect-error a wrong path
    await client.request("GET /volume");
    // @ts-expect-error a missing path parameter
    await client.request("GET /volumes/{name}");
    // @ts-expect-error a wrong query name
    await client.request("DELETE /volumes/{name}", { path: name, query: { forced: true } });
    // @ts-expect-error a wrong body key
    await client.request("POST /volumes/create", { body: { name: "v" } });
    // @ts-expect-error a wrong answer key
    void made.MountPoint;
  },
  system: async (client) => {
    const cpus: number | null | undefined = (await client.request("GET /info")).NCPU;
    await client.request("GET /system/df", { query: { type: ["image", "volume"] } });
    await client.request("POST /auth", { body: { username: "a", password: "b", serveraddress: "r" } });
    await client.request("POST /build/prune", { query: { all: true, filters: { until: ["24h"] } } });
    const pong: string = await client.request("GET /_ping");
    for await (const { Type, Action, Actor, timeNano } of watchEvents(client, {
      filters: { type: ["image"] },
    })) {
      const seen: readonly [
        string | null | undefined,
        string | null | undefined,
        string | null | undefined,
        number | null | undefined,
      ] = [Type, Action, Actor?.ID, timeNano];
      void seen;
    }
    void [cpus, pong];
    // @ts-expect-error a wrong path
    await client.request("GET /system");
    // @ts-expect-error a wrong query name
    await client.request("GET /system/df", { query: { types: [] } });
    // @ts-expect-error a wrong query value
    await client.request("GET /system/df", { query: { type: "image" } });
    // @ts-expect-error a wrong body key
    await client.request("POST /auth", { body: { user: "a" } });
    // @ts-expect-error a wrong answer key
    void (await client.request("GET /info")).CPUs;
    // @ts-expect-error events are read, not answered at once
    await client.stream("GET /events", { query: { from: 1 } });
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
