import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { hang, json, type Routes } from "../../../engine-api/testing/mod.ts";
import { probeEngine } from "../../../lib/setup/probe-engine.ts";
import { rejection } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";
import { withStubEngine } from "../../support/with-engine.ts";

const test = suite("looking for an Engine");

async function probe(endpoint: string, timeoutMs = 2000): Promise<string> {
  await using client = createClient({ endpoint });
  return (await probeEngine(client, { timeoutMs })).kind;
}

const cases: readonly (readonly [string, Routes, string])[] = [
  ["one that answers is up", {}, "up"],
  ["one that refuses this user is forbidden", { "*": json(403, { message: "no" }) }, "forbidden"],
  ["one that is broken is odd", { "*": json(500, { message: "broken" }) }, "odd"],
];

for (const [name, routes, expected] of cases) {
  test(name, () =>
    withStubEngine(routes, async ({ endpoint }) => assert.is(await probe(endpoint), expected)),
  );
}

test("one that hangs is odd, after the time that it was given", () =>
  withStubEngine({ "*": hang() }, async ({ endpoint }) => assert.is(await probe(endpoint, 100), "odd")));

test("no socket, or nobody who listens, is down", async () => {
  assert.is(await probe("unix:///nowhere/docker.sock"), "down");
  assert.is(await probe("tcp://127.0.0.1:1"), "down");
});

test("an abort passes through", () =>
  withStubEngine({ "*": hang() }, async ({ endpoint }) => {
    await using client = createClient({ endpoint });
    const reason = new Error("enough");
    const probing = probeEngine(client, { signal: AbortSignal.abort(reason) });
    assert.is(await rejection(probing), reason);
  }));

test.run();
