import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { SandboxError } from "../../../lib/errors.ts";
import type { RunHandle } from "../../../lib/run/run-handle.ts";
import { settle } from "../../support/fake-containers.ts";
import { withSession } from "../../support/play-session.ts";
import { createRandom } from "../../support/random.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a session, at random");

test("however cells, cancellations, losses and resets follow each other, all ends, and no two containers stand side by side", async () => {
  for (let seed = 0; seed < 60; seed++) await liveAnyhow(seed);
});

async function liveAnyhow(seed: number): Promise<void> {
  const random = createRandom(seed);
  const handles: RunHandle[] = [];
  const resets: Promise<unknown>[] = [];
  await withSession({ staysBehind: true, afterIdle: "restart", maxIdleMs: 3 }, async ({ session, made }) => {
    const acts: readonly (() => void)[] = [
      () => void handles.push(session.start(`a = ${handles.length}`)),
      () => handles[random(handles.length)]?.cancel(),
      () => made.at(-1)?.becomeReady(),
      () => made.at(-1)?.becomeReady(),
      () => made.at(-1)?.endCell(),
      () => made.at(-1)?.endCell(),
      () => made.at(-1)?.end(),
      () => made.at(-1)?.end({ kind: "failed", error: new Error("lost") }),
      () => made[random(made.length)]?.vanishIfOver(),
      () => made.at(-1)?.vanishIfOver(),
      () => void resets.push(session.reset().catch(() => undefined)),
    ];
    for (let turn = 0; turn < 60; turn++) {
      acts[random(acts.length)]?.();
      if (random(3) > 0) await settle();
      if (random(20) === 0) await delay(4);
      const there = made.filter((container) => !container.isGone());
      assert.ok(there.length <= 1, `seed ${seed}: ${there.length} containers at a time`);
    }
    const closed = session.close();
    for (const container of made) container.vanish();
    await closed;
    await Promise.all(resets);
    const results = await Promise.allSettled(handles.map(({ result }) => result));
    for (const result of results)
      if (result.status === "rejected") assert.instance(result.reason, SandboxError);
    await Promise.all(handles.map(({ cleaned }) => cleaned));
  });
}

test.run();
