import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { containerExists, createClient } from "../../engine-api/mod.ts";
import type { MonitorAlert, OrphansSwept } from "../../lib/diagnostics/messages.ts";
import { createExecutor } from "../../lib/executor.ts";
import { createMonitor } from "../../lib/monitor/monitor.ts";
import { serveMonitor } from "../../lib/monitor/server/serve-monitor.ts";
import type { MonitorSnapshot } from "../../lib/monitor/snapshot.ts";
import { containerName, labels } from "../../lib/ownership.ts";
import { writeFiles } from "../support/batch.ts";
import { captureOutput, runCommand } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { labelContainers } from "../support/labelled-containers.ts";
import { ask, readEvents } from "../support/monitor/ask.ts";
import { suite } from "../support/suite.ts";

const test = suite("the monitor on a real Engine");
const client = createClient();
const {
  here: host,
  withLabels,
  make,
  deadOwner,
  removeAll,
} = labelContainers(client, "brigbox-spec.monitor");

test.after(async () => {
  await removeAll();
  await client.close();
});

const many = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

async function existing(ids: readonly string[]): Promise<number> {
  const there = await Promise.all(ids.map((id) => containerExists(client, id)));
  return there.filter(Boolean).length;
}

test(
  "of 20 orphans, 5 sandboxes in use and 5 containers of others exactly the 20 are gone within one interval",
  async () => {
    await using monitor = createMonitor({ withLabels, host, reapEveryMs: 2000 });
    const sweeps: OrphansSwept[] = [];
    const alerts: MonitorAlert[] = [];
    monitor.on("sweep", (swept) => sweeps.push(swept));
    monitor.on("alert", (alert) => alerts.push(alert));
    await eventually(() => sweeps.length === 1);
    assert.is(sweeps[0]?.orphans, 0);

    const owner = await deadOwner();
    const noLabels = Object.fromEntries(Object.values(labels).map((label) => [label, null]));
    const orphans = await many(20, (index) => make({ owner, isStarted: index < 4 }));
    const inUse = await many(5, (index) => make({ isStarted: index < 2 }));
    const others = await many(5, () => make({ owner, change: noLabels, name: `spec-${Math.random()}` }));
    const madeAt = Date.now();
    // A sweep that began before may have seen only some of them.
    const first = () => sweeps.find(({ at }) => at >= madeAt);
    await eventually(() => first() !== undefined, { timeoutMs: 20_000 });
    assert.equal([await existing(orphans), await existing(inUse), await existing(others)], [0, 5, 5]);
    const sum = (name: "orphans" | "removed" | "failed") =>
      sweeps.reduce((total, swept) => total + swept[name], 0);
    assert.equal([sum("orphans"), sum("removed"), sum("failed")], [20, 20, 0]);
    assert.is(first()?.containers, 5 + (first()?.removed ?? 0));
    const named = alerts.flatMap((alert) => (alert.type === "orphans" ? alert.names : [alert.type]));
    assert.equal([named.length, new Set(named).size], [20, 20]);
    await eventually(() => monitor.snapshot().containerCount === 5);
    assert.equal([...new Set(monitor.snapshot().containers.map(({ verdict }) => verdict))], ["alive"]);
  },
  { timeoutMs: 60_000 },
);

test("a run is seen from its container's making to its verdict, and by who reads the page", async () => {
  await using executor = createExecutor();
  await using monitor = createMonitor({ executors: [executor], reapEveryMs: 0 });
  await using server = await serveMonitor(monitor, { port: 0 });
  await eventually(() => monitor.snapshot().engine.isFollowed);
  const states: (string | null)[] = [];
  const run = executor.start("import time\nprint(1, flush=True)\ntime.sleep(1)\nresult = 1");
  const name = containerName(run.runId);
  monitor.on("container", (change) => change.name === name && states.push(change.to));
  for await (const _ of run.output) break;
  const page = await readEvents(`${server.url}events`);
  const seen = (): MonitorSnapshot | undefined => page.events.at(-1) as MonitorSnapshot | undefined;
  await eventually(() => seen()?.containers.some((container) => container.name === name) === true);
  const container = seen()?.containers.find((one) => one.name === name);
  const { state, runId, verdict, owner, deadlineMs, sessionId } = container ?? {};
  assert.equal(
    [state, runId, verdict, owner?.isMine, sessionId],
    ["running", run.runId, "alive", true, null],
  );
  assert.ok((deadlineMs ?? 0) > Date.now());
  assert.equal(
    seen()?.runs.active.map(({ phase }) => phase),
    ["run"],
  );
  await run.cleaned;
  await eventually(() => seen()?.runs.counts.ok === 1 && states.at(-1) === null);
  assert.equal(states, ["created", "running", "exited", null]);
  assert.is(seen()?.runs.latency?.count, 1);
  page.leave();
});

test("brigbox batch --monitor serves the page with the verdicts of its own runs, as long as it goes on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "monitor-live-"));
  const programs = { "a.py": "result = 1", "b.py": "import os", "c.py": "import time\ntime.sleep(2)" };
  const [out, err] = [captureOutput(), captureOutput()];
  try {
    writeFiles(folder, programs);
    const batch = runCommand(["batch", folder, "-n", "1", "--monitor=0"], { out, err });
    await eventually(() => /monitor: http/.test(err.text()), { timeoutMs: 20_000 });
    const [url = ""] = /http:\S+/.exec(err.text()) ?? [];
    const counts = async () =>
      (JSON.parse((await ask(`${url}snapshot.json`)).body) as MonitorSnapshot).runs.counts;
    await eventually(async () => (await counts()).ok === 1 && (await counts()).rejected === 1);
    assert.is((await batch).exitCode, 1);
    assert.match(String(await ask(url).catch((error: unknown) => error)), /ECONNREFUSED/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("brigbox monitor goes on until Ctrl-C, which ends it with 0", async ({ signal }) => {
  const child = spawn(process.execPath, ["--import", "tsx", "lib/cli/main.ts", "monitor", "--port", "0"], {
    signal,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece) => {
      output += String(piece);
    });
  const ended = once(child, "exit");
  await eventually(() => output.includes("Ctrl-C ends it"), { timeoutMs: 20_000 });
  const [url = ""] = /http:\S+/.exec(output) ?? [];
  await eventually(async () => (await ask(`${url}readyz`)).status === 200);
  child.kill("SIGINT");
  assert.equal(await ended, [0, null]);
});

test.run();
