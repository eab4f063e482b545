import * as assert from "uvu/assert";
import { startStubEngine } from "../../../../engine-api/testing/mod.ts";
import { serveMonitor } from "../../../../lib/monitor/server/serve-monitor.ts";
import type { MonitorSnapshot } from "../../../../lib/monitor/snapshot.ts";
import { currentOwner } from "../../../../lib/ownership.ts";
import { type CapturedOutput, type CliResult, captureOutput, runCommand } from "../../../support/cli.ts";
import { eventually } from "../../../support/eventually.ts";
import { listedContainer, runIdOf } from "../../../support/left-behind.ts";
import { ask } from "../../../support/monitor/ask.ts";
import { fakeMonitor } from "../../../support/monitor/fake-monitor.ts";
import { type PlayedEngine, playEngine } from "../../../support/monitor/played-engine.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("brigbox monitor");

const fresh = { createdAtMs: Math.floor(Date.now() / 1000) * 1000, deadlineMs: Date.now() + 600_000 };
const inUse = listedContainer({ ...fresh, runId: runIdOf(1), owner: currentOwner() });
const orphan = listedContainer({
  ...fresh,
  runId: runIdOf(2),
  owner: { ...currentOwner(), pid: 2 ** 31 - 1 },
});

interface Running {
  readonly out: CapturedOutput;
  readonly err: CapturedOutput;
  readonly url: string;
}

/** Runs the command on a made-up Engine until the body is over, then interrupts it. */
async function monitorWith(
  args: readonly string[],
  engine: PlayedEngine,
  body: (running: Running) => Promise<void>,
): Promise<CliResult> {
  await using stub = await startStubEngine(engine.routes);
  const controller = new AbortController();
  const [out, err] = [captureOutput(), captureOutput()];
  const around = { out, err, signal: controller.signal };
  const result = runCommand(["-H", stub.endpoint, "monitor", "--port", "0", ...args], around);
  try {
    await eventually(() => /monitor: http/.test(out.text() + err.text()));
    const [url = ""] = /http:\S+/.exec(out.text() + err.text()) ?? [];
    await body({ out, err, url });
  } finally {
    controller.abort();
  }
  const ended = await result;
  await stub.idle();
  return ended;
}

async function snapshotOf(url: string): Promise<MonitorSnapshot> {
  return JSON.parse((await ask(`${url}snapshot.json`)).body);
}

test("one line says where the page is; alerts are lines, and an interruption ends it in order", async () => {
  const engine = playEngine([inUse, orphan]);
  const { exitCode, out, err } = await monitorWith(["--reap-every", "50ms"], engine, async ({ url, out }) => {
    await eventually(() => out.text().includes("found"));
    await eventually(async () => (await snapshotOf(url)).containers.length === 1);
    const metrics = await ask(`${url}metrics`);
    assert.match(metrics.body, /^brigbox_orphan_removals_total\{outcome="gone"\} 1$/m);
    engine.isThere = false;
    engine.cut();
    await eventually(() => out.text().includes("is gone"));
    engine.isThere = true;
    await eventually(() => out.text().includes("is back"));
    assert.is((await ask(`${url}readyz`)).status, 200);
    assert.is((await ask(url)).status, 200);
  });
  assert.equal([exitCode, err], [0, ""]);
  const [first, ...alerts] = out.trimEnd().split("\n");
  assert.match(
    first ?? "",
    /^monitor: http:\/\/127\.0\.0\.1:\d+\/ \(orphans go every 50 ms; Ctrl-C ends it\)$/,
  );
  assert.match(alerts[0] ?? "", /^\d\d:\d\d:\d\d ! 1 orphan found, 1 removed: brigbox-0{19}2$/);
  assert.match(alerts[1] ?? "", /! the Engine is gone: /);
  assert.match(alerts[2] ?? "", /✔ the Engine is back after /);
  assert.is(alerts.length, 3);
});

test("--json prints alerts as JSON and nothing else; never removes nothing", async () => {
  const engine = playEngine([orphan]);
  const args = ["--json", "--reap-every", "never"];
  const { exitCode, out, err } = await monitorWith(args, engine, async ({ url, out }) => {
    await eventually(async () => (await snapshotOf(url)).orphanCount === 1);
    engine.isThere = false;
    engine.cut();
    await eventually(() => out.text().includes("\n"));
  });
  assert.is(exitCode, 0);
  const alert = JSON.parse(out);
  assert.is(alert.type, "engine-gone");
  assert.match(err, /^monitor: .* \(orphans stay; Ctrl-C ends it\)\n$/);
  assert.is(engine.listed.length, 1);
});

test("whoever binds it to more than this machine is warned", async () => {
  const { err } = await monitorWith(["--bind", "0.0.0.0"], playEngine(), async () => undefined);
  assert.match(
    err,
    /^! bound to 0\.0\.0\.0: whoever reaches port \d+ sees all of this, and there is no password\n$/,
  );
});

test("a port that is taken, and flags that mean nothing, end with 2", async () => {
  await using server = await serveMonitor(fakeMonitor(), { port: 0 });
  const taken = await runCommand(["-H", "unix:///nowhere.sock", "monitor", "--port", String(server.port)]);
  assert.equal(
    [taken.exitCode, taken.err],
    [
      2,
      `brigbox: monitor: port ${server.port} of 127.0.0.1 is taken by another program; choose another port\n`,
    ],
  );
  for (const [args, words] of [
    [["monitor", "--port", "http"], /--port: "http" is not a port; write it like --port=9464/],
    [["monitor", "--port", "65536"], /--port: "65536" is not a port/],
    [["monitor", "--reap-every", "often"], /--reap-every: "often" is not a duration/],
    [["batch", "--monitor", "nowhere"], /cannot use nowhere as the jobs/],
    [["batch", "--monitor", "65536", "nowhere"], /--monitor: "65536" is not a port/],
    [["batch", "nowhere", "--monitor=x"], /--monitor: "x" is not a port; write it like --monitor=9464/],
  ] as const) {
    const { exitCode, err } = await runCommand(args);
    assert.is(exitCode, 2);
    assert.match(err, words);
  }
});

test("where no Engine is it waits for one", async () => {
  const engine = playEngine();
  engine.isThere = false;
  const { exitCode, out } = await monitorWith([], engine, async ({ url, out }) => {
    await eventually(() => out.text().includes("is gone"));
    assert.is((await ask(`${url}readyz`)).status, 503);
    engine.isThere = true;
    await eventually(() => out.text().includes("is back"));
  });
  assert.equal([exitCode, out.split("\n").length], [0, 4]);
});

test.run();
