import * as assert from "uvu/assert";
import { onDiagnostic } from "../../../lib/diagnostics/channels.ts";
import type { MonitorAlert } from "../../../lib/diagnostics/messages.ts";
import { type AlertFeed, createAlertFeed } from "../../../lib/monitor/alert-feed.ts";
import { rejection } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the feed of alerts");

function startFeed(): {
  readonly feed: AlertFeed;
  readonly heard: readonly MonitorAlert[];
  raise(n: number): void;
} {
  const heard: MonitorAlert[] = [];
  const feed = createAlertFeed("unix:///there.sock", (alert) => heard.push(alert));
  return {
    feed,
    heard,
    raise: (number) => feed.raise({ type: "engine-back", goneMs: number }),
  };
}

const numbers = (alerts: readonly MonitorAlert[]): number[] =>
  alerts.map((alert) => (alert.type === "engine-back" ? alert.goneMs : -1));

async function numbersOf(
  alerts: AsyncIterable<MonitorAlert>,
  most = Number.POSITIVE_INFINITY,
): Promise<number[]> {
  const read: MonitorAlert[] = [];
  for await (const alert of alerts) if (read.push(alert) === most) break;
  return numbers(read);
}

test("an alert says where and when, and is told on the channel of diagnostics", () => {
  const told: MonitorAlert[] = [];
  const stop = onDiagnostic("brigbox:monitor:alert", (alert) => told.push(alert));
  const { heard, raise } = startFeed();
  raise(1);
  stop();
  const { at, ...rest } = heard[0] as MonitorAlert;
  assert.equal(rest, { type: "engine-back", goneMs: 1, endpoint: "unix:///there.sock" });
  assert.ok(Math.abs(at - Date.now()) < 60_000);
  assert.equal(told, heard);
});

test("a reader gets what is raised from its call on, and ends when the feed is closed", async () => {
  const { feed, raise } = startFeed();
  raise(1);
  const alerts = feed.read();
  for (const number of [2, 3]) raise(number);
  const reading = numbersOf(alerts);
  raise(4);
  feed.close();
  assert.equal(await reading, [2, 3, 4]);
  assert.equal(await numbersOf(feed.read()), []);
});

test("each reader gets all; one that leaves its loop takes nothing from the others", async () => {
  const { feed, raise } = startFeed();
  const [one, other] = [numbersOf(feed.read(), 1), numbersOf(feed.read())];
  for (const number of [1, 2]) raise(number);
  assert.equal(await one, [1]);
  feed.close();
  assert.equal(await other, [1, 2]);
});

test("for a slow reader the oldest are dropped", async () => {
  const { feed, raise } = startFeed();
  const alerts = feed.read({ buffer: 3 });
  for (let number = 1; number <= 1000; number++) raise(number);
  feed.close();
  assert.equal(await numbersOf(alerts), [998, 999, 1000]);
});

test("a signal ends a reader with its reason, while it waits and before", async () => {
  const { feed } = startFeed();
  const controller = new AbortController();
  const reading = rejection(numbersOf(feed.read({ signal: controller.signal })));
  await new Promise((resolve) => setImmediate(resolve));
  const reason = new Error("enough");
  controller.abort(reason);
  assert.is(await reading, reason);
  assert.is(await rejection(numbersOf(feed.read({ signal: controller.signal }))), reason);
});

test("the last 50 are kept", () => {
  const { feed, raise } = startFeed();
  for (let number = 1; number <= 70; number++) raise(number);
  assert.equal(
    numbers(feed.recent()),
    Array.from({ length: 50 }, (_, index) => index + 21),
  );
});

test.run();
