/** What a monitor tells, and what becomes of runs, when the Engine is away for a while in the middle of work. */
import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import type { MonitorAlert } from "../../../lib/diagnostics/messages.ts";
import { SandboxError } from "../../../lib/errors.ts";
import { createExecutor, type Executor } from "../../../lib/executor.ts";
import { createMonitor, type Monitor } from "../../../lib/monitor/monitor.ts";
import type { RunHandle } from "../../../lib/run/run-handle.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { findContainers } from "../../support/containers-of.ts";
import { eventually } from "../../support/eventually.ts";
import { type OwnEngine, startOwnEngine } from "../../support/own-engine.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a monitor over an Engine's absence");
const sleeper = "print('here', flush=True)\nimport time\ntime.sleep(60)";
/** `BRIGBOX_ENGINE_AWAY_MS=10000 npm test -- own-engine/monitor` lets it be away for longer. */
const awayMs = Number(process.env.BRIGBOX_ENGINE_AWAY_MS ?? 3000);
let engine: OwnEngine;

test.before(async () => {
  engine = await startOwnEngine();
});
test.after(() => engine.close());

async function startSleepers(executor: Executor, count: number): Promise<readonly RunHandle[]> {
  const runs = Array.from({ length: count }, () => executor.start(sleeper));
  await Promise.all(
    runs.map(async ({ output }) => {
      for await (const _ of output) break;
    }),
  );
  return runs;
}

/** Begins one run after another, each at the verdict of the one before, until it is told to stop; what became of each. */
function keepRunning(executor: Executor): { stop(): Promise<readonly string[]> } {
  const outcomes: string[] = [];
  let isStopped = false;
  const work = (async () => {
    while (!isStopped) {
      outcomes.push(
        await executor.start("result = 1").result.then(
          ({ status }) => status,
          (error: unknown) => (error instanceof SandboxError ? "failed" : String(error)),
        ),
      );
      await delay(20);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await work;
      return outcomes;
    },
  };
}

async function assertNothingLeft(monitor: Monitor): Promise<void> {
  await using client = createClient({ endpoint: engine.endpoint });
  // One whose removal the Engine was killed in is removed by a later attempt of the executor's, up to half a minute after the last.
  await eventually(async () => (await findContainers(client)).length === 0, { timeoutMs: 40_000 });
  await eventually(() => monitor.snapshot().containerCount === 0);
}

test(
  "is told with its return; runs under way fail as unknown, later ones are fine, and nothing is left",
  async () => {
    const { endpoint } = engine;
    await using executor = createExecutor({ endpoint, policy: { timeoutMs: 90_000 } });
    await using monitor = createMonitor({ endpoint, executors: [executor], reapEveryMs: 1000 });
    const alerts: MonitorAlert[] = [];
    monitor.on("alert", (alert) => alerts.push(alert));
    const told = (type: MonitorAlert["type"]) => alerts.find((alert) => alert.type === type);
    const runs = await startSleepers(executor, 3);
    await eventually(() => monitor.snapshot().containerCount >= 3);
    const load = keepRunning(executor);
    await eventually(() => monitor.snapshot().runs.counts.ok >= 2, { timeoutMs: 30_000 });

    await engine.stop("SIGKILL");
    await eventually(() => told("engine-gone") !== undefined);
    assert.is(monitor.snapshot().engine.state, "gone");
    for (const { result } of runs) assert.is((await rejectionOf(result, SandboxError)).outcomeUnknown, true);
    await delay(awayMs);
    await engine.start();
    await eventually(() => told("engine-back") !== undefined, { timeoutMs: 20_000 });
    const back = told("engine-back");
    assert.ok(back?.type === "engine-back" && back.goneMs > awayMs, JSON.stringify(back));

    const okBefore = monitor.snapshot().runs.counts.ok;
    await eventually(() => monitor.snapshot().runs.counts.ok >= okBefore + 2, { timeoutMs: 30_000 });
    const outcomes = await load.stop();
    assert.equal([...new Set(outcomes)].sort(), ["failed", "ok"]);
    assert.equal(outcomes.slice(-2), ["ok", "ok"]);
    await assertNothingLeft(monitor);
    assert.is(alerts.filter(({ type }) => type === "engine-gone").length, 1);
    assert.is(alerts.filter(({ type }) => type === "engine-back").length, 1);
    await eventually(() => monitor.snapshot().engine.isFollowed);
    const isIdle = () => executor.stats().active + executor.stats().leftovers === 0;
    await eventually(isIdle, { timeoutMs: 40_000 });
  },
  { timeoutMs: 200_000 },
);

test.run();
