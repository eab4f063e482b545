import * as assert from "uvu/assert";
import { playCall, playContainer, playFailure, playRun, playSweep } from "../../support/metrics/messages.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { alertsFile } from "../../support/prometheus/monitoring-profile.ts";
import { promtool } from "../../support/prometheus/programs.ts";
import { suite } from "../../support/suite.ts";

const test = suite("promtool");

test("finds nothing amiss with the alerts", () => {
  const { isFine, says } = promtool(["check", "rules", alertsFile]);
  assert.ok(isFine, says);
  assert.match(says, /SUCCESS: \d+ rules found/);
});

test("sees each alert fire where it should, and none where all is well", () => {
  const { isFine, says } = promtool(["test", "rules", "spec/fixtures/monitoring/alerts.test.yaml"]);
  assert.ok(isFine, says);
});

test("finds nothing amiss with the metrics, be they all zero or of all kinds", () =>
  withMetrics(async (metrics) => {
    const check = async (): Promise<void> => {
      const { isFine, says } = promtool(["check", "metrics"], await metrics.text());
      assert.ok(isFine && says === "", says);
    };
    await check();
    metrics.observe({
      id: "here",
      stats: () => ({ active: 1, queued: 2, sessions: 0, leftovers: 0, pool: null }),
    });
    playRun();
    playFailure(new Error("no"));
    playContainer("a");
    playCall();
    playCall({ status: 500, error: "ResponseError" });
    playSweep();
    await check();
  }));

test("would find something amiss", () => {
  assert.is(promtool(["check", "metrics"], "# TYPE brigbox_runs counter\nbrigbox_runs 1\n").isFine, false);
});

test.run();
