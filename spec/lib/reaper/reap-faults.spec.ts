import * as assert from "uvu/assert";
import { isConnectionError, ProtocolError, ResponseError } from "../../../engine-api/mod.ts";
import { hang, json, type Routes, refuseConnection } from "../../../engine-api/testing/mod.ts";
import { ConfigError, SandboxError } from "../../../lib/errors.ts";
import { reap } from "../../../lib/reaper/reap.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { hereOwner, listedContainer, noonMs, playHost } from "../../support/left-behind.ts";
import { dead, idOf, orders, outcomes, reapHere, withContainers } from "../../support/reap-engine.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the reaper and an Engine that fails it");

const overdue = listedContainer({
  owner: { ...hereOwner, host: "there" },
  createdAtMs: noonMs - 3_600_000,
  deadlineMs: noonMs - 1_200_000,
});

const clocks: readonly (readonly [string, Routes, string])[] = [
  ["that agrees", {}, "orphan removed"],
  [
    "an hour behind",
    { "GET /info": json(200, { SystemTime: new Date(noonMs - 3_600_000).toISOString() }) },
    "unknown kept",
  ],
  ["that is nonsense", { "GET /info": json(200, { SystemTime: "noon" }) }, "unknown kept"],
  ["that is not told", { "GET /info": json(200, {}) }, "unknown kept"],
  ["that cannot be asked for", { "GET /info": json(500, { message: "x" }) }, "unknown kept"],
  ["that is never answered", { "GET /info": hang() }, "unknown kept"],
];

for (const [name, routes, outcome] of clocks) {
  test(`a container past its deadline, with an Engine's clock ${name}: ${outcome}`, async () => {
    await withContainers(
      [overdue],
      async (client) => {
        const { containers } = await reapHere(client, { callTimeoutMs: 300 });
        assert.equal(outcomes(containers), [outcome]);
      },
      routes,
    );
  });
}

test("an Engine that cannot list is an error, with its own words", async () => {
  const routes = { "GET /containers/json": json(500, { message: "no list today" }) };
  await withContainers(
    [],
    async (client) => void (await rejectionOf(reapHere(client), ResponseError, /no list today/)),
    routes,
  );
  const cut = { "GET /containers/json": refuseConnection() };
  await withContainers(
    [],
    async (client) => assert.ok(isConnectionError(await rejection(reapHere(client)))),
    cut,
  );
});

for (const answer of [{}, null, "text", 7]) {
  test(`a list that is ${JSON.stringify(answer)} is an error`, async () => {
    await withContainers(answer, async (client) => void (await rejectionOf(reapHere(client), ProtocolError)));
  });
}

test("a list that never comes ends in time", async () => {
  await withContainers(
    [],
    async (client) => {
      await rejectionOf(
        reapHere(client, { callTimeoutMs: 100 }),
        SandboxError,
        /did not list its containers in time/,
      );
    },
    { "GET /containers/json": hang() },
  );
});

const hanging: readonly (readonly [string, Routes])[] = [
  ["lists its containers", { "GET /containers/json": hang() }],
  ["tells its time", { "GET /info": hang() }],
  ["removes", { [`DELETE /containers/${idOf(1)}`]: hang() }],
  ["confirms a removal", { [`GET /containers/${idOf(1)}/json`]: hang() }],
];

for (const [name, routes] of hanging) {
  test(`an abort while the Engine ${name} ends the reaper with its reason, and nothing more is ordered`, async () => {
    await withContainers(
      [dead(1), dead(2)],
      async (client, engine) => {
        const reason = new Error("enough");
        const controller = new AbortController();
        setTimeout(() => controller.abort(reason), 100);
        const error = await rejection(reapHere(client, { concurrency: 1, signal: controller.signal }));
        assert.is(error, reason);
        assert.not(orders(engine).some((order) => order.includes(idOf(2))));
      },
      routes,
    );
  });
}

test("a signal that is aborted already asks the Engine for nothing", async () => {
  await withContainers([dead(1)], async (client, engine) => {
    const reason = new Error("enough");
    assert.is(await rejection(reapHere(client, { signal: AbortSignal.abort(reason) })), reason);
    assert.equal(orders(engine), []);
  });
});

test("an abort while an owner is looked up comes in time for its container", async () => {
  const controller = new AbortController();
  const host = playHost({
    lookUp: () => {
      controller.abort(new Error("enough"));
      return { kind: "gone" };
    },
  });
  await withContainers([dead(1), dead(2)], async (client, engine) => {
    await rejectionOf(reap(client, { host, signal: controller.signal }), Error, /^enough$/);
    assert.equal(orders(engine), []);
  });
});

test("an abort ends a dry run, too", async () => {
  await withContainers(
    [dead(1)],
    async (client) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error("enough")), 100);
      await rejectionOf(reapHere(client, { dryRun: true, signal: controller.signal }), Error, /^enough$/);
    },
    { "GET /info": hang() },
  );
});

for (const concurrency of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`a concurrency of ${concurrency} is refused`, async () => {
    await withContainers(
      [dead(1)],
      async (client) => void (await rejectionOf(reapHere(client, { concurrency }), ConfigError)),
    );
  });
}

test.run();
