import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import {
  type Handler,
  hang,
  json,
  jsonLines,
  refuseConnection,
  reply,
} from "../../../engine-api/testing/mod.ts";
import { watchUsage } from "../../../lib/monitor/watch-usage.ts";
import { createDeferred } from "../../../lib/run/deferred.ts";
import { rejection } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";
import { withClient } from "../../support/with-engine.ts";

const test = suite("what a run uses, as it goes");
const never = new Promise<never>(() => undefined);
const running = Promise.resolve(true);

function reading(second: number, usage = 100): object {
  const read = new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
  return { read, memory_stats: { usage }, cpu_stats: { cpu_usage: { total_usage: second * 5e8 } } };
}

/** Readings, and then silence for as long as the container goes on. */
function going(...readings: readonly object[]): Handler {
  return jsonLines(
    (async function* () {
      yield* readings;
      await delay(60_000, undefined, { ref: false });
    })(),
  );
}

const route = "GET /containers/{id}/stats";
const containerName = "brigbox-1";

test("samples come one by one, and end with the run", () =>
  withClient({ [route]: going(reading(1), reading(2)) }, async (client, engine) => {
    const over = createDeferred<void>();
    const cpus: unknown[] = [];
    for await (const sample of watchUsage({ client, containerName, runs: running, ended: over.promise })) {
      cpus.push(sample.cpus);
      if (cpus.length === 2) over.resolve();
    }
    assert.equal(cpus, [null, 0.5]);
    assert.match(engine.requests[0]?.url ?? "", /\/containers\/brigbox-1\/stats\?stream=true$/);
    await engine.idle();
  }));

test("nothing is asked before the container runs", () =>
  withClient({ [route]: going(reading(1)) }, async (client, engine) => {
    const runs = createDeferred<boolean>();
    const samples = watchUsage({ client, containerName, runs: runs.promise, ended: never });
    const first = samples.next();
    await delay(20);
    assert.is(engine.requests.length, 0);
    runs.resolve(true);
    assert.is((await first).value?.memoryBytes, 100);
    await samples.return();
  }));

test("a container that never runs, and a run that is over, have none", () =>
  withClient({}, async (client, engine) => {
    for (const [runs, ended] of [
      [Promise.resolve(false), never],
      [never, Promise.resolve()],
    ] as const)
      for await (const _ of watchUsage({ client, containerName, runs, ended })) assert.unreachable();
    assert.is(engine.requests.length, 0);
  }));

test("leaving the loop lets go of the connection", () =>
  withClient({ [route]: going(reading(1)) }, async (client, engine) => {
    for await (const _ of watchUsage({ client, containerName, runs: running, ended: never })) break;
    await engine.idle();
  }));

test("what says nothing of the container is left out", () =>
  withClient({ [route]: jsonLines([reading(1), {}, { memory_stats: {} }, reading(2)]) }, async (client) => {
    let count = 0;
    for await (const _ of watchUsage({ client, containerName, runs: running, ended: never })) count++;
    assert.is(count, 2);
  }));

const troubles: readonly (readonly [string, Handler])[] = [
  ["that the Engine does not know the container", json(404, { message: "no such container" })],
  ["that the Engine fails", json(500, { message: "broken" })],
  ["no answer", refuseConnection()],
  ["no JSON", reply(200, { "content-type": "application/json" }, "<html>\n")],
  ["an answer that breaks off", reply(200, { "content-length": "100000" }, JSON.stringify(reading(1)))],
];

for (const [that, handler] of troubles)
  test(`${that} ends the samples, and is no error`, () =>
    withClient({ [route]: handler }, async (client) => {
      for await (const { memoryBytes } of watchUsage({ client, containerName, runs: running, ended: never }))
        assert.is(memoryBytes, 100);
    }));

test("the signal's reason passes through, wherever it is", () =>
  withClient({ [route]: hang() }, async (client, engine) => {
    for (const runs of [never, running]) {
      const controller = new AbortController();
      const reason = new Error("enough");
      const samples = watchUsage({ client, containerName, runs, ended: never }, controller.signal);
      const first = samples.next();
      await delay(20);
      controller.abort(reason);
      assert.is(await rejection(first), reason);
    }
    await engine.idle();
  }));

test.run();
