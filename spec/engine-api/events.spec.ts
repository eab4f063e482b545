import * as assert from "uvu/assert";
import { ConnectionError } from "../../engine-api/errors.ts";
import { type EngineEvent, type EventOptions, watchEvents } from "../../engine-api/events.ts";
import type { Handler } from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { withClient } from "../support/with-engine.ts";

const test = suite("engine-api/events");

const second = 1_700_000_000;
const event = (number: number, action = "start"): EngineEvent => ({
  Type: "container",
  Action: action,
  Actor: { ID: "c0ffee" },
  time: second,
  // As a number it cannot be exact to the nanosecond, as in the Engine's own JSON.
  timeNano: second * 1e9 + number * 1_000_000,
});

/** Sends events, each list on a connection of its own, and cuts it; the last one stays open. */
function lists(...connections: readonly (readonly EngineEvent[])[]): Handler {
  let at = 0;
  return async (exchange) => {
    const events = connections[Math.min(at, connections.length - 1)] ?? [];
    const isLast = ++at >= connections.length;
    exchange.head(200, { "content-type": "application/json" });
    for (const one of events) await exchange.write(`${JSON.stringify(one)}\n`);
    if (!isLast) setTimeout(() => exchange.socket.destroy(), 20);
  };
}

async function take(
  count: number,
  handler: Handler,
  options: EventOptions = {},
): Promise<{
  readonly actions: readonly string[];
  readonly asked: readonly (string | null)[];
}> {
  const actions: string[] = [];
  let asked: (string | null)[] = [];
  await withClient({ "GET /events": handler }, async (client, engine) => {
    for await (const { Action } of watchEvents(client, options))
      if (actions.push(Action ?? "") === count) break;
    asked = engine.requests.map(({ url }) => new URL(url, "http://x").searchParams.get("since"));
    await engine.idle();
  });
  return { actions, asked };
}

test("events come as they are sent, and the connection ends with the loop", async () => {
  const { actions } = await take(2, lists([event(1, "create"), event(2, "start"), event(3, "die")]));
  assert.equal(actions, ["create", "start"]);
});

test("a lost connection is an error, unless it is to be resumed", async () => {
  const handler = lists([event(1)], []);
  await rejectionOf(take(2, handler), ConnectionError, /connection/);
});

test("what is resumed goes on behind the last event, and gives none twice", async () => {
  const retries: number[] = [];
  const { actions, asked } = await take(
    4,
    lists([event(1, "a"), event(2, "b")], [event(2, "b"), event(2, "c")], [event(2, "c"), event(3, "d")]),
    { resume: true, since: second - 60, onReconnect: (_, delayMs) => retries.push(delayMs) },
  );
  assert.equal(actions, ["a", "b", "c", "d"]);
  assert.is(asked[0], String(second - 60));
  assert.match(asked[1] ?? "", /^1699999999\.00[12]\d+$/);
  assert.equal(retries, [100, 100]);
});

test("events that overtook one another are all given, and none twice where that was resumed", async () => {
  const { actions } = await take(
    5,
    lists(
      [event(20, "b"), event(10, "a"), event(30, "c")],
      [event(10, "a"), event(30, "c"), event(20, "b"), event(25, "late"), event(40, "d")],
    ),
    { resume: true },
  );
  assert.equal(actions, ["b", "a", "c", "late", "d"]);
});

test("nothing from before the time that was asked for is given where that was resumed", async () => {
  const { asked } = await take(2, lists([event(1, "a")], [event(2, "b")]), { resume: true, since: second });
  assert.equal(asked, [String(second), String(second)]);
});

test("what is resumed before any event came misses nothing since the call", async () => {
  const before = Date.now() / 1000;
  const { asked } = await take(1, lists([], [event(1)]), { resume: true });
  for (const since of asked) assert.ok(Math.abs(Number(since) - before) < 2, String(since));
  assert.is(asked.length, 2);
});

test("a clock that is ahead of the Engine's makes what is resumed miss nothing", async () => {
  const { asked } = await take(2, lists([event(500, "a")], [event(600, "b")]), { resume: true });
  assert.match(asked[1] ?? "", /^1699999999\.(50|49)/);
});

test("a date is sent as seconds with a fraction", async () => {
  const { asked } = await take(1, lists([event(1)]), { since: new Date(1_234_567) });
  assert.equal(asked, ["1234.567"]);
});

test("a signal ends the waiting for an event, and for another try", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 50);
  assert.is(String(await rejection(take(1, lists([]), { signal: controller.signal }))), "Error: enough");
  const second = new AbortController();
  const options = {
    resume: true,
    signal: second.signal,
    onReconnect: () => second.abort(new Error("no more")),
  };
  assert.is(String(await rejection(take(1, lists([], []), options))), "Error: no more");
});

test("a refusal is not tried again", async () => {
  const refuse: Handler = async (exchange) => {
    exchange.head(400, { "content-type": "application/json" });
    await exchange.write('{"message": "invalid filter"}');
    exchange.end();
  };
  const error = await rejection(take(1, refuse, { resume: true }));
  assert.match(String(error), /invalid filter/);
});

test.run();
