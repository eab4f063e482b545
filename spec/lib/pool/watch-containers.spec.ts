import * as assert from "uvu/assert";
import { type Handler, json } from "../../../engine-api/testing/mod.ts";
import { watchContainers } from "../../../lib/pool/watch-containers.ts";
import { eventually } from "../../support/eventually.ts";
import { suite } from "../../support/suite.ts";
import { withClient } from "../../support/with-engine.ts";

const test = suite("what upsets containers that wait");

/** Sends these events, and goes on. */
function events(...actions: readonly (readonly [id: string, action: string])[]): Handler {
  return async (exchange) => {
    exchange.head(200, { "content-type": "application/json" });
    for (const [number, [id, action]] of actions.entries())
      await exchange.write(
        `${JSON.stringify({ Type: "container", Action: action, Actor: { ID: id }, time: 1, timeNano: 1e9 + number })}\n`,
      );
  };
}

async function upsetsOf(
  ownDoings: readonly string[],
  ...actions: readonly (readonly [id: string, action: string])[]
): Promise<readonly string[]> {
  const seen: string[] = [];
  await withClient({ "GET /events": events(...actions, ["last", "die"]) }, async (client, engine) => {
    const closing = new AbortController();
    const watch = watchContainers(
      client,
      { poolId: "pool-1", ownDoings, signal: closing.signal },
      (id, action) => seen.push(`${id} ${action}`),
    );
    await eventually(() => seen.at(-1) === "last die");
    closing.abort();
    await watch;
    assert.match(engine.requests[0]?.url ?? "", /brigbox\.pool%3Dpool-1/);
  });
  return seen.slice(0, -1);
}

test("its making is not among it, its end and each touch from outside is", async () => {
  assert.equal(
    await upsetsOf(
      [],
      ["a", "create"],
      ["a", "start"],
      ["a", "exec_create: sh -c true"],
      ["b", "pause"],
      ["b", "kill"],
      ["b", "destroy"],
    ),
    ["a exec_create", "b pause", "b kill", "b destroy"],
  );
});

test("what the pool does itself upsets only the second time, for each container anew", async () => {
  assert.equal(
    await upsetsOf(
      ["attach", "update"],
      ["a", "attach"],
      ["b", "attach"],
      ["a", "update"],
      ["a", "update"],
      ["b", "attach"],
    ),
    ["a update", "b attach"],
  );
});

test("it goes on where the connection is lost, and where the Engine refuses", async () => {
  const seen: string[] = [];
  let asked = 0;
  const handler: Handler = async (exchange) => {
    asked++;
    if (asked === 1) exchange.socket.destroy();
    else if (asked === 2) await json(500, { message: "busy" })(exchange);
    else await events(["a", "die"])(exchange);
  };
  await withClient({ "GET /events": handler }, async (client) => {
    const closing = new AbortController();
    const watch = watchContainers(client, { poolId: "p", ownDoings: [], signal: closing.signal }, (id) =>
      seen.push(id),
    );
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    closing.abort();
    await watch;
  });
  assert.equal(seen, ["a"]);
});

test.run();
