import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createClient, inspectContainer } from "../../engine-api/mod.ts";
import { attackJail } from "../../lib/doctor/attack/attack-jail.ts";
import { ConfigError, SandboxError } from "../../lib/errors.ts";
import { createExecutor } from "../../lib/executor.ts";
import { labels, sessionLabel } from "../../lib/ownership.ts";
import { resolvePolicy } from "../../lib/policy/resolve-policy.ts";
import type { CellOptions } from "../../lib/session/options.ts";
import type { RunResult } from "../../lib/verdict.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { killRound } from "../support/kill-host/kill-round.ts";
import { looseCells, withSession } from "../support/live-session.ts";
import { suite } from "../support/suite.ts";

const test = suite("the life of a session on a real Engine");
const MiB = 1024 ** 2;

test("its container says what it is, and until when it may live", () =>
  withSession({ maxAgeMs: 7_200_000, cpus: 0.25 }, async ({ session, client, containers }) => {
    const [found] = await containers();
    assert.is(found?.Labels?.[sessionLabel], session.id);
    const left = Number(found?.Labels?.[labels.deadline]) - Date.now();
    assert.ok(left > 7_200_000 && left < 9_000_000, `${left}`);
    const { HostConfig } = await inspectContainer(client, found?.Id ?? "");
    assert.is(HostConfig?.NanoCpus, 250_000_000, "held to its limit before the first cell");
  }));

test("holds its place in the queue, and limits of the container are its own", async () => {
  await using executor = createExecutor({ admission: { maxConcurrent: 1 } });
  const session = await executor.session({ memoryBytes: 128 * MiB });
  const waiting = executor.start("result = 1");
  assert.equal([executor.stats().active, executor.stats().queued], [1, 1]);
  await rejectionOf(
    session.run("pass", { memoryBytes: 64 * MiB } as CellOptions),
    ConfigError,
    /whole session/,
  );
  await rejectionOf(executor.session({ memoryBytes: 2 ** 40 }), ConfigError, /memoryBytes/);
  await session.close();
  assert.is((await waiting.result).values.result, 1);
});

test("after a time without cells its container is gone, and the session closed or started anew as asked", async () => {
  await withSession({ maxIdleMs: 300 }, async ({ session, containers }) => {
    await session.run("pass");
    while ((await containers()).length > 0) await delay(20);
    await rejectionOf(session.run("pass"), SandboxError, /had no cell for 300 ms and was closed/);
  });
  await withSession({ maxIdleMs: 300, afterIdle: "restart" }, async ({ session, containers, executor }) => {
    await session.run("x = 1");
    while ((await containers()).length > 0) await delay(20);
    while (executor.stats().active > 0) await delay(20);
    const { values, session: place } = await session.run("result = 'x' in globals()");
    assert.equal([values.result, place?.isFresh], [false, true]);
  });
});

test("closing it, or its executor, ends what runs and leaves nothing", async () => {
  for (const whose of ["session", "executor"] as const)
    await withSession({}, async (rig) => {
      const running = rig.session.start("import time\nprint('up', flush=True)\ntime.sleep(600)");
      for await (const _ of running.output) break;
      await rig[whose].close();
      const { status, message } = await running.result;
      assert.is(status, "cancelled");
      assert.match(message, whose === "session" ? /this session was closed/ : /the executor was closed/);
      assert.is((await rig.containers()).length, 0);
      await rejectionOf(rig.session.run("pass"), SandboxError, /was closed/);
    });
});

test(
  "a host that is killed in the midst of its cells leaves nothing",
  async () => {
    await using client = createClient();
    for (const killAfterMs of [800, 1600]) {
      const round = await killRound(client, { program: "session", killAfterMs });
      assert.ok(round.startedGoneMs !== null && round.startedGoneMs < 5000, JSON.stringify(round));
      assert.is(round.left, 0, JSON.stringify(round));
    }
  },
  { timeoutMs: 60_000 },
);

test(
  "no attack gets further from a cell than from a run, and the session outlives them",
  () =>
    withSession({ memoryBytes: 128 * MiB }, async ({ session }) => {
      const run = (code: string, { timeoutMs, signal }: CellOptions): Promise<RunResult> =>
        session.run(code, {
          ...(timeoutMs && { timeoutMs }),
          ...(signal && { signal }),
          returns: ["result"],
        });
      const results = await attackJail(run, {
        policy: resolvePolicy({ ...looseCells, memoryBytes: 128 * MiB }),
      });
      const through = results.filter(({ outcome }) => outcome === "through");
      assert.equal(
        through.map(({ id, seen }) => [id, seen.replace(/(, )?pipe:\[\d+\]/g, "")]),
        [
          // By one more pipe come the cells, by another one goes the word that one is over.
          ["descriptors-inherited", "holds "],
          // Their containers go on, as they are to.
          ["daemon", "ok, and its container is not gone"],
          ["forged-report", "error, and its container is not gone"],
        ],
      );
      assert.equal(
        results.filter(({ outcome }) => outcome === "unknown"),
        [],
      );
      assert.is((await session.run("result = 1")).values.result, 1);
    }),
  { timeoutMs: 120_000 },
);

test.run();
