import * as assert from "uvu/assert";
import { tell } from "../../../lib/diagnostics/channels.ts";
import { playSweep } from "../../support/metrics/messages.ts";
import { nonZero } from "../../support/metrics/samples.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { suite } from "../../support/suite.ts";

const test = suite("metrics of monitors");
const [here, there] = ["unix:///here.sock", "tcp://there:2376"];

test("where no monitor looked, nothing is said of orphans", () =>
  withMetrics(async (_, read) => {
    const samples = await read();
    for (const name of ["orphaned_containers", "engine_containers", "last_sweep_timestamp_seconds"])
      assert.is(samples.has(`brigbox_${name}`), false, name);
  }));

test("the last sweep of each Engine tells what is there, and all of them what was removed", () =>
  withMetrics(async (_, read) => {
    playSweep({ endpoint: here, containers: 9, orphans: 4, removed: 3, failed: 1, at: 5000, durationMs: 40 });
    playSweep({ endpoint: here, containers: 6, orphans: 2, removed: 1, failed: 1, at: 9000, durationMs: 60 });
    playSweep({ endpoint: there, containers: 5, orphans: 2, removed: 0, at: 7000, durationMs: 100 });
    const samples = await read();
    assert.is(samples.get("brigbox_engine_containers"), 11);
    assert.is(samples.get("brigbox_orphaned_containers"), 3);
    assert.is(samples.get("brigbox_last_sweep_timestamp_seconds"), 9);
    assert.equal(nonZero(samples, "brigbox_orphan_removals_total"), {
      '{outcome="gone"}': 4,
      '{outcome="failed"}': 2,
    });
    assert.is(samples.get("brigbox_sweep_duration_seconds_count"), 3);
    assert.is(samples.get("brigbox_sweep_duration_seconds_sum"), 0.2);
  }));

test("alerts are counted by their type, and Engines that are gone until they are back", () =>
  withMetrics(async (_, read) => {
    const at = Date.now();
    tell("brigbox:monitor:alert", { type: "engine-gone", endpoint: here, at, message: "no socket" });
    tell("brigbox:monitor:alert", { type: "engine-gone", endpoint: there, at, message: "no route" });
    assert.is((await read()).get("brigbox_unreachable_engines"), 2);
    tell("brigbox:monitor:alert", { type: "engine-back", endpoint: here, at, goneMs: 1000 });
    tell("brigbox:monitor:alert", { type: "orphans", endpoint: here, at, names: ["x"], removed: 1 });
    const samples = await read();
    assert.is(samples.get("brigbox_unreachable_engines"), 1);
    assert.equal(nonZero(samples, "brigbox_monitor_alerts_total"), {
      '{type="engine-gone"}': 2,
      '{type="engine-back"}': 1,
      '{type="orphans"}': 1,
    });
  }));

test.run();
