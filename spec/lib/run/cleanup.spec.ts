import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { type Handler, json, startStubEngine } from "../../../engine-api/testing/mod.ts";
import { cleanUp } from "../../../lib/run/cleanup.ts";
import type { CleanupReport } from "../../../lib/verdict.ts";
import { suite } from "../../support/suite.ts";

const test = suite("cleaning up");

const path = "/containers/c0ffee";
const error = (status: number, message = "no"): Handler => json(status, { message });
const gone = error(404, "No such container: c0ffee");
const there = json(200, { Id: "c0ffee" });
const done: Handler = (exchange) => {
  exchange.head(204, {});
  exchange.end();
};

/** Answers in turn; the last one again and again. */
function inTurn(...handlers: readonly Handler[]): Handler {
  let at = 0;
  return (exchange) => handlers[Math.min(at++, handlers.length - 1)]?.(exchange);
}

async function clean(
  routes: Readonly<Record<"remove" | "kill" | "inspect", Handler>>,
): Promise<CleanupReport> {
  const engine = await startStubEngine({
    [`DELETE ${path}`]: routes.remove,
    [`POST ${path}/kill`]: routes.kill,
    [`GET ${path}/json`]: routes.inspect,
  });
  try {
    await using client = createClient({ endpoint: engine.endpoint });
    return await cleanUp(client, "c0ffee", { callTimeoutMs: 300, confirmMs: 100 });
  } finally {
    await engine.close();
  }
}

const hang: Handler = () => undefined;
const inProgress = error(409, "removal of container c0ffee is already in progress");

const rows: readonly (readonly [
  name: string,
  routes: Parameters<typeof clean>[0],
  strategy: CleanupReport["strategy"],
  isConfirmed: boolean,
])[] = [
  ["a removal that is done", { remove: done, kill: done, inspect: gone }, "remove", true],
  [
    "one that takes a moment",
    { remove: done, kill: done, inspect: inTurn(there, there, gone) },
    "remove",
    true,
  ],
  ["a container that is gone already", { remove: gone, kill: done, inspect: gone }, "remove", true],
  [
    "a removal that someone else began",
    { remove: inProgress, kill: done, inspect: inTurn(there, gone) },
    "remove",
    true,
  ],
  [
    "a container that still runs",
    { remove: inTurn(error(409, "stop it first"), done), kill: done, inspect: gone },
    "force-remove",
    true,
  ],
  [
    "an Engine that fails once",
    { remove: inTurn(error(500), done), kill: done, inspect: gone },
    "force-remove",
    true,
  ],
  [
    "an Engine that fails twice",
    { remove: inTurn(error(500), error(500), done), kill: done, inspect: gone },
    "kill-remove",
    true,
  ],
  ["a call that hangs once", { remove: inTurn(hang, done), kill: done, inspect: gone }, "force-remove", true],
  ["a removal that removes nothing", { remove: done, kill: done, inspect: there }, "kill-remove", false],
  [
    "an Engine that always fails",
    { remove: error(500, "device busy"), kill: error(500), inspect: there },
    "kill-remove",
    false,
  ],
  ["an Engine that cannot say", { remove: done, kill: done, inspect: error(500) }, "kill-remove", false],
];

for (const [name, routes, strategy, isConfirmed] of rows) {
  test(`${name}: ${strategy}${isConfirmed ? ", confirmed" : ", not confirmed"}`, async () => {
    const report = await clean(routes);
    assert.equal([report.strategy, report.isConfirmed], [strategy, isConfirmed]);
    const order = ["remove", "force-remove", "kill-remove"];
    assert.equal(
      report.attempts.map((attempt) => attempt.strategy),
      order.slice(0, order.indexOf(strategy) + 1),
    );
    const wasThere = routes.remove !== gone;
    const done = wasThere ? "gone" : "absent";
    assert.is(report.attempts.at(-1)?.outcome, isConfirmed ? done : "failed");
  });
}

test("why it failed is told in the Engine's words", async () => {
  const { attempts } = await clean({
    remove: error(500, "device busy"),
    kill: error(500, "no"),
    inspect: there,
  });
  assert.match(attempts[0]?.message ?? "", /device busy/);
});

test("an Engine that is not there is a report, and no exception", async () => {
  await using client = createClient({ endpoint: "unix:///nowhere/docker.sock" });
  const report = await cleanUp(client, "c0ffee", { callTimeoutMs: 100, confirmMs: 50 });
  assert.is(report.isConfirmed, false);
});

test.run();
