import { once } from "node:events";
import * as assert from "uvu/assert";
import { type Handler, hijack, json } from "../../engine-api/testing/mod.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";
import { withClient } from "../support/with-engine.ts";

const test = suite("engine-api/agent");

/** Answers the head and a line, and stays open. */
const open: Handler = async (exchange) => {
  exchange.head(200, { "content-type": "application/json" });
  await exchange.write('{"Type":"container"}\n');
};
const routes = { "GET /info": json(200, {}), "GET /events": open };

test("one connection serves calls that follow each other", () =>
  withClient(routes, async (client, engine) => {
    for (let count = 0; count < 20; count++) await client.request("GET /info");
    assert.is(engine.connections(), 1);
  }));

test("calls at the same time have connections of their own, which serve again", () =>
  withClient(routes, async (client, engine) => {
    const five = () => Promise.all([1, 2, 3, 4, 5].map(() => client.request("GET /info")));
    await five();
    await five();
    assert.is(engine.connections(), 5);
  }));

test("of many calls at the same time ten connections are kept", () =>
  withClient(routes, async (client, engine) => {
    await Promise.all(Array.from({ length: 50 }, () => client.request("GET /info")));
    await eventually(() => engine.connections() === 10);
  }));

test("connections that were handed over are not among those that are closed", () => {
  const echo = hijack((socket) => void socket.pipe(socket));
  return withClient({ "POST /containers/{id}/attach": echo }, async (client) => {
    const attach = () => client.upgrade("POST /containers/{id}/attach", { path: { id: "c" } });
    const all = await Promise.all(Array.from({ length: 30 }, attach));
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const { socket } of all) {
      socket.write("hello");
      const [answer] = await once(socket, "data");
      assert.is(String(answer), "hello");
    }
  });
});

test("200 streams that are left at once leave no connection, and none is opened in their place", () =>
  withClient(routes, async (client, engine) => {
    const bodies = await Promise.all(
      Array.from({ length: 200 }, async () => (await client.stream("GET /events")).body),
    );
    assert.is(engine.connections(), 200);
    await Promise.all(
      bodies.map(async (body) => {
        for await (const _ of body) break;
      }),
    );
    await engine.idle();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.is(engine.connections(), 0);
  }));

test("a connection that was left does not take others with it", () =>
  withClient(routes, async (client, engine) => {
    const kept = await client.stream("GET /events");
    const left = await client.stream("GET /events");
    left.body.destroy();
    await client.request("GET /info");
    assert.is(engine.connections(), 2);
    let seen = 0;
    for await (const _ of kept.body) if (++seen === 1) break;
  }));

test.run();
