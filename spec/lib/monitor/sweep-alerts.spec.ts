import * as assert from "uvu/assert";
import type { RaisedAlert } from "../../../lib/monitor/alert-feed.ts";
import { createSweepAlerts } from "../../../lib/monitor/sweep-alerts.ts";
import type { ReapedContainer } from "../../../lib/reaper/reap.ts";
import { nothingToClean } from "../../../lib/run/cleanup.ts";
import { suite } from "../../support/suite.ts";

const test = suite("alerts of sweeps");

function reaped(
  name: string,
  verdict: "orphan" | "alive",
  outcome: ReapedContainer["outcome"],
): ReapedContainer {
  const attempts = [{ strategy: "remove", outcome: "failed", message: "the disk is full" }] as const;
  const cleanup = outcome === "failed" ? { ...nothingToClean, isConfirmed: false, attempts } : null;
  return {
    id: name,
    name,
    state: "running",
    runId: null,
    owner: null,
    ageMs: 1,
    verdict,
    reason: "",
    outcome,
    cleanup,
  };
}

function alertsOf(...sweeps: readonly (readonly ReapedContainer[])[]): readonly (readonly string[])[] {
  const raised: string[] = [];
  const alert = createSweepAlerts((one: RaisedAlert) =>
    raised.push(
      one.type === "orphans"
        ? `${one.names.join()} removed ${one.removed}`
        : one.type === "cleanup-failed"
          ? `${one.containerName}: ${one.message}`
          : one.type,
    ),
  );
  return sweeps.map((containers) => {
    alert({ containers, clockSkewMs: 0 });
    return raised.splice(0);
  });
}

test("orphans are told with how many went; the living are no news", () => {
  assert.equal(alertsOf([reaped("a", "orphan", "removed"), reaped("b", "alive", "kept")], []), [
    ["a removed 1"],
    [],
  ]);
});

test("one that stays is told once, and again when it was gone and another stays", () => {
  const stuck = reaped("a", "orphan", "failed");
  assert.equal(alertsOf([stuck], [stuck], [stuck, reaped("b", "orphan", "removed")], [], [stuck]), [
    ["a removed 0", "a: the disk is full"],
    [],
    ["b removed 1"],
    [],
    ["a removed 0", "a: the disk is full"],
  ]);
});

test.run();
