import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { type MonitorServer, serveMonitor } from "../../../../lib/monitor/server/serve-monitor.ts";
import type { SnapshotStreamOptions } from "../../../../lib/monitor/server/snapshot-stream.ts";
import { rejection } from "../../../support/catch-error.ts";
import { eventually } from "../../../support/eventually.ts";
import { collectGarbage } from "../../../support/many-runs/counts.ts";
import { type EventReader, readEvents } from "../../../support/monitor/ask.ts";
import { emptySnapshot, type FakeMonitor, fakeMonitor } from "../../../support/monitor/fake-monitor.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("the monitor's stream of snapshots");

interface Streamed {
  readonly server: MonitorServer;
  readonly monitor: FakeMonitor;
  read(): Promise<EventReader>;
}

async function streamed(
  stream: SnapshotStreamOptions,
  body: (streamed: Streamed) => Promise<void>,
): Promise<void> {
  const monitor = fakeMonitor();
  await using server = await serveMonitor(monitor, { port: 0, stream });
  const readers: EventReader[] = [];
  try {
    await body({
      server,
      monitor,
      async read() {
        const reader = await readEvents(`${server.url}events`);
        readers.push(reader);
        return reader;
      },
    });
  } finally {
    for (const reader of readers) reader.leave();
  }
  await eventually(() => monitor.listeners() === 0);
}

const quiet = { beatMs: 1_000_000 };

test("a reader gets what is known at once, and what changes", () =>
  streamed({ ...quiet, gapMs: 1 }, async ({ monitor, read }) => {
    const reader = await read();
    assert.is(reader.headers["content-type"], "text/event-stream; charset=utf-8");
    await eventually(() => reader.events.length === 1);
    assert.equal(reader.events[0], emptySnapshot);
    monitor.current = { ...emptySnapshot, orphanCount: 5 };
    monitor.change();
    await eventually(() => reader.events.length === 2);
    assert.equal(reader.events[1], monitor.current);
  }));

test("many changes make few snapshots, and the last of them is told", () =>
  streamed({ ...quiet, gapMs: 300 }, async ({ monitor, read }) => {
    const reader = await read();
    for (let orphanCount = 1; orphanCount <= 50; orphanCount++) {
      monitor.current = { ...emptySnapshot, orphanCount };
      monitor.change();
      await delay(1);
    }
    await eventually(() => (reader.events.at(-1) as typeof emptySnapshot).orphanCount === 50);
    assert.ok(reader.events.length <= 5, `${reader.events.length} snapshots`);
  }));

test("they come though nothing changes, so that a reader sees that it is still told", () =>
  streamed({ beatMs: 20 }, async ({ read }) => {
    const reader = await read();
    await eventually(() => reader.events.length >= 4);
  }));

test("nothing is made while nobody reads", () =>
  streamed({ beatMs: 5, gapMs: 1 }, async ({ monitor, read }) => {
    const reader = await read();
    await eventually(() => reader.events.length > 0);
    reader.leave();
    await eventually(() => monitor.listeners() === 0);
    const before = monitor.snapshots();
    monitor.change();
    await delay(30);
    assert.is(monitor.snapshots(), before);
    const again = await read();
    await eventually(() => again.events.length > 1);
  }));

test("one reader too many is sent away, and has a place when another leaves", () =>
  streamed({ ...quiet, maxReaders: 2 }, async ({ read }) => {
    const first = await read();
    await read();
    assert.match(String(await rejection(read())), /answered 503/);
    first.leave();
    await eventually(async () =>
      read().then(
        () => true,
        () => false,
      ),
    );
  }));

test("a reader that takes nothing is dropped, and others go on", () =>
  streamed({ beatMs: 20, patienceMs: 200 }, async ({ server, monitor, read }) => {
    // More than what the system itself keeps for a reader.
    const message = "x".repeat(16 * 1024 * 1024);
    monitor.current = { ...emptySnapshot, engine: { ...emptySnapshot.engine, message } };
    const slow = connect(server.port, "127.0.0.1").pause();
    slow.on("error", () => undefined).write(`GET /events HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`);
    await eventually(() => monitor.listeners() === 1);
    // The only reader: without one the stream stops to listen.
    await eventually(() => monitor.listeners() === 0);
    slow.destroy();
    monitor.current = emptySnapshot;
    const reader = await read();
    await eventually(() => reader.events.length > 3);
  }));

test("for a reader that takes nothing no snapshots pile up", () =>
  streamed({ beatMs: 1, gapMs: 1, patienceMs: 1_000_000 }, async ({ server, monitor }) => {
    const message = "x".repeat(16 * 1024 * 1024);
    monitor.current = { ...emptySnapshot, engine: { ...emptySnapshot.engine, message } };
    const slow = connect(server.port, "127.0.0.1").pause();
    slow.on("error", () => undefined).write(`GET /events HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`);
    await eventually(() => monitor.snapshots() > 20);
    const before = await keptBytes();
    const seen = monitor.snapshots();
    await eventually(() => monitor.snapshots() > seen + 40, { timeoutMs: 20_000 });
    const grownMiB = ((await keptBytes()) - before) / 1024 ** 2;
    slow.destroy();
    // Forty of them would be 640 MiB.
    assert.ok(grownMiB < 200, `${grownMiB} MiB`);
  }));

async function keptBytes(): Promise<number> {
  await collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test.run();
