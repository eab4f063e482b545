import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { SandboxError } from "../../../lib/errors.ts";
import { createExecutor, type Executor } from "../../../lib/executor.ts";
import { containerName } from "../../../lib/ownership.ts";
import type { RunHandle } from "../../../lib/run/run-handle.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { awaitGone, findContainers } from "../../support/containers-of.ts";
import { callEngine, type OwnEngine, startOwnEngine } from "../../support/own-engine.ts";
import { suite } from "../../support/suite.ts";

const test = suite("an Engine in trouble");
const sleeper = "print('here', flush=True)\nimport time\ntime.sleep(60)";
let engine: OwnEngine;

test.before(async () => {
  engine = await startOwnEngine();
});
test.after(() => engine.close());

function createHere(): Executor {
  return createExecutor({ endpoint: engine.endpoint, policy: { timeoutMs: 90_000 } });
}

async function startSleeper(executor: Executor): Promise<RunHandle> {
  // A spec that failed in the middle must not take this one along.
  await engine.start();
  const run = executor.start(sleeper);
  for await (const _ of run.output) break;
  return run;
}

async function countAll(): Promise<number> {
  await using client = createClient({ endpoint: engine.endpoint });
  return (await findContainers(client)).length;
}

test(
  "is stopped in the middle of a run, in good order: the run was killed, and the next one is fine",
  async () => {
    await using executor = createHere();
    const run = await startSleeper(executor);
    await engine.stop("SIGTERM");
    const [result] = await Promise.allSettled([run.result, run.cleaned]);
    const isLost = result.status === "rejected" && result.reason instanceof SandboxError;
    assert.ok(isLost || (result.status === "fulfilled" && result.value.status === "killed"));
    await engine.start();
    await awaitGone(run.runId, 20_000, engine.endpoint);
    assert.is((await executor.run("result = 1")).status, "ok");
    assert.is(await countAll(), 0);
  },
  { timeoutMs: 90_000 },
);

test(
  "is killed in the middle of a run: the outcome is unknown, the container ends alone, and is removed once the Engine is back",
  async () => {
    await using executor = createHere();
    const run = await startSleeper(executor);
    await engine.stop("SIGKILL");
    const { outcomeUnknown } = await rejectionOf(run.result, SandboxError);
    assert.is(outcomeUnknown, true);
    assert.is((await run.cleaned).isConfirmed, false);
    await engine.start();
    await awaitGone(run.runId, 40_000, engine.endpoint);
    assert.is((await executor.run("result = 1")).status, "ok");
    assert.is(await countAll(), 0);
  },
  { timeoutMs: 90_000 },
);

test(
  "has its disk full when a run is asked for: that is said, and nothing is left",
  async () => {
    const ballast = fillUp(engine.dataRoot);
    await using executor = createHere();
    try {
      const run = executor.start("result = 1");
      const { message } = await rejectionOf(run.result, SandboxError);
      assert.match(message, /no space left on device/);
      await run.cleaned;
      assert.is(await countAll(), 0);
    } finally {
      rmSync(ballast);
    }
    assert.is((await executor.run("result = 1")).status, "ok");
  },
  { timeoutMs: 60_000 },
);

test(
  "has its disk full in the middle of a run: the run ends as it would, and its container goes",
  async () => {
    await using executor = createHere();
    const run = executor.start(
      "print('here', flush=True)\nimport time\ntime.sleep(1)\nresult = list(range(1000))",
    );
    for await (const _ of run.output) break;
    const ballast = fillUp(engine.dataRoot);
    try {
      const [{ status }, { isConfirmed }] = await Promise.all([run.result, run.cleaned]);
      assert.equal([status, isConfirmed], ["ok", true]);
      assert.is(await countAll(), 0);
    } finally {
      rmSync(ballast);
    }
  },
  { timeoutMs: 60_000 },
);

test(
  "has a container paused by someone: the deadline of the host holds, and the container goes",
  async () => {
    await using executor = createExecutor({ endpoint: engine.endpoint, policy: { timeoutMs: 3000 } });
    const run = await startSleeper(executor);
    await callEngine(engine, "POST", `/containers/${containerName(run.runId)}/pause`);
    const [{ status }, { isConfirmed }] = await Promise.all([run.result, run.cleaned]);
    assert.equal([status, isConfirmed], ["timeout", true]);
    assert.is(await countAll(), 0);
  },
  { timeoutMs: 60_000 },
);

test(
  "has a container paused and the run cancelled: the container goes",
  async () => {
    await using executor = createHere();
    const run = await startSleeper(executor);
    await callEngine(engine, "POST", `/containers/${containerName(run.runId)}/pause`);
    run.cancel();
    const [{ status }, { isConfirmed }] = await Promise.all([run.result, run.cleaned]);
    assert.equal([status, isConfirmed], ["cancelled", true]);
    assert.is(await countAll(), 0);
  },
  { timeoutMs: 60_000 },
);

/** Takes all room that is left on a file system; returns the file that does. */
function fillUp(folder: string): string {
  const path = join(folder, "ballast");
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(path, Buffer.alloc(Math.max(0, bavail - 4) * bsize));
    for (;;) writeFileSync(path, Buffer.alloc(bsize), { flag: "a" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
  return path;
}

test.run();
