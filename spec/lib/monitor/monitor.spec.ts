import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { type StubEngine, startStubEngine } from "../../../engine-api/testing/mod.ts";
import { tell } from "../../../lib/diagnostics/channels.ts";
import type { MonitorAlert } from "../../../lib/diagnostics/messages.ts";
import { ConfigError, QueueFullError } from "../../../lib/errors.ts";
import { createExecutor } from "../../../lib/executor.ts";
import { createMonitor, type Monitor } from "../../../lib/monitor/monitor.ts";
import type { MonitorOptions } from "../../../lib/monitor/options.ts";
import { currentOwner } from "../../../lib/ownership.ts";
import { nothingToClean } from "../../../lib/run/cleanup.ts";
import { errorOf, rejection } from "../../support/catch-error.ts";
import { eventually } from "../../support/eventually.ts";
import { hereOwner, listedContainer, playHost, runIdOf, strangers } from "../../support/left-behind.ts";
import { type PlayedEngine, playEngine } from "../../support/monitor/played-engine.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the monitor");

interface Watched {
  readonly monitor: Monitor;
  readonly stub: StubEngine;
  readonly alerts: readonly MonitorAlert[];
}

async function monitored(
  engine: PlayedEngine,
  options: MonitorOptions,
  body: (watched: Watched) => Promise<void>,
): Promise<void> {
  await using stub = await startStubEngine(engine.routes);
  const { endpoint } = stub;
  await using monitor = createMonitor({ endpoint, host: playHost(), pingEveryMs: 20, ...options });
  const alerts: MonitorAlert[] = [];
  monitor.on("alert", (alert) => alerts.push(alert));
  await body({ monitor, stub, alerts });
  await monitor.close();
  await stub.idle();
}

const orphan = (run: number) => listedContainer({ runId: runIdOf(run), owner: { ...hereOwner, pid: 1234 } });
const living = (run: number) => listedContainer({ runId: runIdOf(run) });
const noSweeps = { reapEveryMs: 0 };

test("a snapshot tells of each container whose it is and whether that lives, and is plain JSON", async () => {
  const mine = listedContainer({ runId: runIdOf(3), owner: currentOwner() });
  const [, stranger = {}] = strangers[0] ?? [];
  const listed = [orphan(1), living(2), mine, { ...stranger, Id: "f".repeat(64), Names: ["/<b>"] }];
  await monitored(playEngine(listed), noSweeps, async ({ monitor }) => {
    await eventually(() => monitor.snapshot().engine.isFollowed);
    const snapshot = monitor.snapshot();
    assert.equal(JSON.parse(JSON.stringify(snapshot)), snapshot);
    assert.equal(
      snapshot.containers.map(({ runId, verdict, owner }) => [
        runId,
        verdict,
        owner?.pid ?? null,
        owner?.isMine,
      ]),
      [
        [runIdOf(1), "orphan", 1234, false],
        [runIdOf(2), "alive", hereOwner.pid, false],
        [runIdOf(3), "unknown", process.pid, true],
        [null, "unknown", null, undefined],
      ],
    );
    assert.equal([snapshot.containerCount, snapshot.orphanCount], [4, 1]);
    assert.match(snapshot.containers[0]?.reason ?? "", /process 1234, is gone/);
    const { endpoint, since, clockSkewMs, ...state } = snapshot.engine;
    assert.equal(state, { state: "up", message: null, version: "1.2.3", isFollowed: true });
    assert.ok(endpoint.startsWith("unix://") && since > 0 && clockSkewMs !== null);
    assert.equal([snapshot.sweep.everyMs, snapshot.executors, snapshot.alerts], [null, [], []]);
  });
});

test("orphans go by themselves, exactly those, and are told", async () => {
  const engine = playEngine([orphan(1), living(2), orphan(3)]);
  await monitored(engine, { reapEveryMs: 20 }, async ({ monitor, alerts }) => {
    const removed = new Promise((resolve) =>
      monitor.on("sweep", ({ removed }) => removed === 2 && resolve(0)),
    );
    await removed;
    await eventually(() => monitor.snapshot().containers.length === 1);
    assert.is(monitor.snapshot().containers[0]?.runId, runIdOf(2));
    await eventually(() => alerts.length === 1);
    const { endpoint, at, ...alert } = alerts[0] as MonitorAlert;
    const names = [1, 3].map((run) => `brigbox-${runIdOf(run)}`);
    assert.equal(alert, { type: "orphans", names, removed: 2 });
    assert.ok(endpoint === monitor.snapshot().engine.endpoint && at > 0);
  });
});

test("an Engine that goes and comes back is told, and its containers are followed again", async () => {
  const engine = playEngine([living(1)]);
  await monitored(engine, noSweeps, async ({ monitor, alerts }) => {
    await eventually(() => monitor.snapshot().engine.isFollowed);
    engine.isThere = false;
    engine.cut();
    await eventually(() => alerts.length === 1);
    const gone = monitor.snapshot();
    assert.equal([gone.engine.state, gone.engine.isFollowed, gone.containers.length], ["gone", false, 1]);
    assert.ok((gone.engine.message ?? "").length > 0);
    engine.listed = [living(2)];
    engine.isThere = true;
    await eventually(() => monitor.snapshot().containers[0]?.runId === runIdOf(2));
    assert.equal(
      alerts.map(({ type }) => type),
      ["engine-gone", "engine-back"],
    );
    assert.ok(alerts[1]?.type === "engine-back" && alerts[1].goneMs >= 0);
    await eventually(() => engine.followers() === 1);
  });
});

test("a cut that the Engine outlives is no alert", async () => {
  const engine = playEngine([living(1)]);
  await monitored(engine, noSweeps, async ({ monitor, alerts }) => {
    await eventually(() => monitor.snapshot().engine.isFollowed);
    engine.cut();
    await eventually(() => engine.sinces.length === 2 && monitor.snapshot().engine.isFollowed);
    assert.equal(alerts, []);
  });
});

test("runs of the given executors are told, with the executors' own numbers, and others are not", async () => {
  const nowhere = { endpoint: "unix:///nowhere.sock" };
  await using executor = createExecutor(nowhere);
  await using other = createExecutor(nowhere);
  await monitored(playEngine(), { ...noSweeps, executors: [executor] }, async ({ monitor }) => {
    let changes = 0;
    monitor.on("change", () => changes++);
    await Promise.all([executor.run("import os"), other.run("import os")]);
    const { runs, executors } = monitor.snapshot();
    assert.equal([runs.recent.length, runs.counts.rejected], [1, 1]);
    assert.equal(executors, [{ id: executor.id, ...executor.stats() }]);
    await eventually(() => changes > 0);
  });
});

test("a full queue is an alert, not one for each run; so is a container that may still be there", async () => {
  const executorId = "spec-monitor";
  const numbers = { active: 0, queued: 0, sessions: 0, leftovers: 0, pool: null };
  const executors = [{ id: executorId, stats: () => numbers }];
  await monitored(playEngine(), { ...noSweeps, executors }, async ({ monitor, alerts }) => {
    const stream = monitor.alerts();
    for (let run = 0; run < 5; run++)
      tell("brigbox:run:error", { executorId, runId: `r${run}`, at: 1, error: new QueueFullError(1) });
    const attempts = [{ strategy: "remove", outcome: "failed", message: "busy" }] as const;
    const report = { ...nothingToClean, isConfirmed: false, attempts };
    tell("brigbox:container:cleaned", { executorId, containerName: "brigbox-a", at: 1, report });
    assert.equal(
      alerts.map((alert) => (alert.type === "queue-full" ? alert.executorId : alert.type)),
      [executorId, "cleanup-failed"],
    );
    assert.is((await stream.next()).value?.type, "queue-full");
    assert.equal(monitor.snapshot().alerts, alerts);
    await monitor.close();
    assert.is((await stream.next()).value?.type, "cleanup-failed");
    assert.is((await stream.next()).done, true);
  });
});

test("a listener hears no more after it left, and one that throws takes nothing from others", async () => {
  const engine = playEngine();
  await monitored(engine, noSweeps, async ({ monitor }) => {
    const heard: string[] = [];
    monitor.on("container", () => {
      throw new Error("a listener's own trouble");
    });
    const leave = monitor.on("container", ({ to }) => heard.push(`one ${to}`));
    monitor.on("container", ({ to }) => heard.push(`two ${to}`));
    await eventually(() => engine.followers() === 1);
    engine.tell("create", living(1));
    await eventually(() => heard.length === 2);
    leave();
    engine.tell("start", living(1));
    await eventually(() => heard.length === 3);
    assert.equal(heard, ["one created", "two created", "two running"]);
  });
});

test("a signal closes it; a closed one hears nothing, and closing twice is closing once", async () => {
  const engine = playEngine();
  const controller = new AbortController();
  await monitored(engine, { ...noSweeps, signal: controller.signal }, async ({ monitor, stub }) => {
    await eventually(() => monitor.snapshot().engine.isFollowed);
    controller.abort();
    await stub.idle();
    await Promise.all([monitor.close(), monitor.close()]);
  });
});

test("no Engine at all is an alert", async () => {
  await using monitor = createMonitor({ endpoint: "unix:///nowhere.sock" });
  for await (const alert of monitor.alerts()) {
    assert.is(alert.type, "engine-gone");
    break;
  }
  assert.is(monitor.snapshot().engine.state, "gone");
  const reason = new Error("enough");
  assert.is(await rejection(monitor.alerts({ signal: AbortSignal.abort(reason) }).next()), reason);
});

const unusable: readonly (readonly [object, RegExp])[] = [
  [{ reapEvery: 5 }, /unknown monitor option "reapEvery"; did you mean "reapEveryMs"\?/],
  [{ reapEveryMs: -1 }, /reapEveryMs must be from 1 ms/],
  [{ reapEveryMs: Number.NaN }, /reapEveryMs must be/],
  [{ reapEveryMs: 2 ** 31 }, /reapEveryMs must be/],
  [{ pingEveryMs: 0 }, /pingEveryMs must be/],
  [{ pingTimeoutMs: "5s" }, /pingTimeoutMs must be/],
];

for (const [options, words] of unusable) {
  test(`refuses ${JSON.stringify(options)}`, () => {
    const error = errorOf(() => createMonitor(options as MonitorOptions));
    assert.instance(error, ConfigError);
    assert.match(error.message, words);
  });
}

test("it keeps no process alive, nor does its server", async ({ signal }) => {
  const fresh = { createdAtMs: Date.now(), deadlineMs: Date.now() + 600_000 };
  const engine = playEngine([listedContainer(fresh)]);
  await using stub = await startStubEngine(engine.routes);
  const program = fileURLToPath(new URL("../../fixtures/monitor/ends-by-itself.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", program, stub.endpoint], { signal });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece) => {
      output += String(piece);
    });
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal([code, output], [0, "watched 1 container, and its page was read\n"]);
});

test.run();
