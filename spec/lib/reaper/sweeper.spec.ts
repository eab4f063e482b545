import * as assert from "uvu/assert";
import { empty, hang, json, refuseConnection } from "../../../engine-api/testing/mod.ts";
import { createSweeper, type SweepEvent } from "../../../lib/reaper/sweeper.ts";
import { hereOwner, listedContainer, playHost } from "../../support/left-behind.ts";
import { suite } from "../../support/suite.ts";
import { withClient } from "../../support/with-engine.ts";

const test = suite("the sweeper");

const orphan = listedContainer({ owner: { ...hereOwner, pid: 1234 } });
const engineWithOrphan = {
  "GET /containers/json": json(200, [orphan, listedContainer()]),
  [`DELETE /containers/${orphan["Id"]}`]: empty(204),
};

test("asked often, it sweeps once, and all hear of the same sweep", async () => {
  await withClient(engineWithOrphan, async (client, engine) => {
    const events: SweepEvent[] = [];
    const sweeper = createSweeper(client, { host: playHost(), onSwept: (event) => events.push(event) });
    const [one, other] = await Promise.all([sweeper.sweepOnce(), sweeper.sweepOnce()]);
    assert.equal(
      one?.containers.map(({ outcome }) => outcome),
      ["removed", "kept"],
    );
    assert.is(other, one);
    assert.is(await sweeper.sweepOnce(), one);
    assert.equal(events, [{ type: "swept", report: one }]);
    assert.is(engine.requests.filter(({ url }) => url.includes("/containers/json?")).length, 1);
  });
});

for (const [name, answer] of [
  ["refuses", json(500, { message: "no" })],
  ["cuts the connection", refuseConnection()],
  ["lists nonsense", json(200, { a: 1 })],
  ["never answers", hang()],
] as const) {
  test(`an Engine that ${name} makes the sweep null and an event, never a failure`, async () => {
    await withClient({ "GET /containers/json": answer }, async (client) => {
      const events: SweepEvent[] = [];
      const options = { callTimeoutMs: 100, onSwept: (event: SweepEvent) => void events.push(event) };
      assert.is(await createSweeper(client, options).sweepOnce(), null);
      assert.equal(
        events.map(({ type }) => type),
        ["sweep-failed"],
      );
    });
  });
}

test("an abort ends a sweep in the middle", async () => {
  await withClient({ "GET /containers/json": hang() }, async (client) => {
    const controller = new AbortController();
    const sweep = createSweeper(client, { signal: controller.signal }).sweepOnce();
    controller.abort(new Error("closed"));
    assert.is(await sweep, null);
  });
});

test("a listener that throws harms nobody", async () => {
  await withClient({ "GET /containers/json": json(200, []) }, async (client) => {
    const onSwept = (): void => {
      throw new Error("a listener's");
    };
    assert.equal((await createSweeper(client, { onSwept }).sweepOnce())?.containers, []);
  });
});

test.run();
