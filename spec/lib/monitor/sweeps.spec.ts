import * as assert from "uvu/assert";
import { json, late } from "../../../engine-api/testing/mod.ts";
import { onDiagnostic } from "../../../lib/diagnostics/channels.ts";
import type { OrphansSwept } from "../../../lib/diagnostics/messages.ts";
import { createSweeps, type Sweeps } from "../../../lib/monitor/sweeps.ts";
import { eventually } from "../../support/eventually.ts";
import { playHost } from "../../support/left-behind.ts";
import { dead, living, orders, withContainers } from "../../support/reap-engine.ts";
import { suite } from "../../support/suite.ts";

const test = suite("sweeps for orphans");

interface Swept {
  readonly sweeps: Sweeps;
  readonly told: readonly OrphansSwept[];
  isUp: boolean;
  lists(): number;
  orders(): readonly string[];
}

async function swept(
  { reapEveryMs, routes = {} }: { reapEveryMs: number | null; routes?: Parameters<typeof withContainers>[2] },
  body: (swept: Swept) => Promise<void>,
): Promise<void> {
  await withContainers(
    [dead(1), living(2), dead(3)],
    async (client, engine) => {
      const closing = new AbortController();
      const told: OrphansSwept[] = [];
      const state = { isUp: true };
      const endpoint = `spec-sweeps:${engine.socketPath}`;
      const stop = onDiagnostic("brigbox:monitor:sweep", (message) => {
        if (message.endpoint === endpoint) told.push(message);
      });
      const sweeps = createSweeps(client, {
        endpoint,
        reapEveryMs,
        host: playHost(),
        isEngineUp: () => state.isUp,
        onSwept: () => undefined,
        onChange: () => undefined,
        signal: closing.signal,
      });
      const lists = (): number =>
        engine.requests.filter(({ url }) => url.includes("/containers/json")).length;
      try {
        await body(Object.assign(state, { sweeps, told, lists, orders: () => orders(engine) }));
      } finally {
        closing.abort(new Error("the spec is over"));
        stop();
        await sweeps.idle();
      }
      const before = lists();
      sweeps.sweepIfDue();
      assert.is(lists(), before, "nothing begins after the end");
    },
    routes,
  );
}

test("what is found and removed is told, and kept for the snapshot", () =>
  swept({ reapEveryMs: 100_000 }, async ({ sweeps, told, orders }) => {
    sweeps.sweepIfDue();
    assert.is(sweeps.status().isUnderWay, true);
    await sweeps.idle();
    const { endpoint, at, durationMs, ...numbers } = told[0] as OrphansSwept;
    assert.equal(numbers, { containers: 3, orphans: 2, removed: 2, failed: 0 });
    assert.ok(durationMs > 0 && Math.abs(at - Date.now()) < 60_000 && endpoint !== "");
    assert.equal(sweeps.status(), { everyMs: 100_000, isUnderWay: false, last: told[0], failure: null });
    assert.is(orders().length, 2);
  }));

test("one comes after the other by itself, and none while one is under way", () =>
  swept(
    { reapEveryMs: 1, routes: { "GET /containers/json": late(200, json(200, [])) } },
    async ({ sweeps, lists, told }) => {
      sweeps.sweepIfDue();
      await eventually(() => lists() === 1);
      // By now another one is due.
      await new Promise((resolve) => setTimeout(resolve, 10));
      for (let call = 0; call < 5; call++) sweeps.sweepIfDue();
      await eventually(() => told.length === 1);
      assert.ok(lists() <= 2, `${lists()} lists`);
      await eventually(() => told.length >= 3);
      assert.ok(lists() - told.length <= 1, `${lists()} lists for ${told.length} sweeps`);
    },
  ));

test("within its interval a further call begins none", () =>
  swept({ reapEveryMs: 100_000 }, async ({ sweeps, lists }) => {
    sweeps.sweepIfDue();
    await sweeps.idle();
    sweeps.sweepIfDue();
    assert.equal([sweeps.status().isUnderWay, lists()], [false, 1]);
  }));

test("an Engine that refuses makes no noise, and the next sweep comes all the same", () =>
  swept(
    { reapEveryMs: 1, routes: { "GET /containers/json": json(500, { message: "busy" }) } },
    async ({ sweeps, lists, told }) => {
      sweeps.sweepIfDue();
      await eventually(() => lists() >= 3);
      assert.equal([told.length, sweeps.status().last], [0, null]);
      assert.match(sweeps.status().failure ?? "", /answered 500: busy/);
    },
  ));

test("while the Engine is gone none is tried, and one is when it is back", () =>
  swept({ reapEveryMs: 1 }, async (swept) => {
    swept.sweeps.sweepIfDue();
    await swept.sweeps.idle();
    swept.isUp = false;
    await eventually(() => !swept.sweeps.status().isUnderWay);
    const before = swept.lists();
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.is(swept.lists(), before);
    swept.isUp = true;
    swept.sweeps.sweepIfDue();
    await eventually(() => swept.lists() > before + 1);
  }));

test("where it is never to be done it is not", () =>
  swept({ reapEveryMs: null }, async ({ sweeps, lists }) => {
    sweeps.sweepIfDue();
    await sweeps.idle();
    assert.equal([lists(), sweeps.status().everyMs], [0, null]);
  }));

test.run();
