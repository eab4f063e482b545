import * as assert from "uvu/assert";
import { playContainer } from "../../support/metrics/messages.ts";
import { nonZero } from "../../support/metrics/samples.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { suite } from "../../support/suite.ts";

const test = suite("metrics of containers");

test("containers are active from their beginning to the end of their cleanup", () =>
  withMetrics(async (_, read) => {
    playContainer("a", null);
    playContainer("b", null);
    playContainer("c");
    assert.is((await read()).get("brigbox_active_containers"), 2);
    playContainer("b");
    const samples = await read();
    assert.is(samples.get("brigbox_active_containers"), 1);
    assert.is(samples.get("brigbox_containers_begun_total"), 4);
  }));

test("a container whose beginning was not heard does not make the number of active ones negative", () =>
  withMetrics(async (metrics, read) => {
    playContainer("a", null);
    metrics.close();
    await withMetrics(async (_, readAgain) => {
      playContainer("b");
      assert.is((await readAgain()).get("brigbox_active_containers"), 0);
    });
    assert.is((await read()).size, 0);
  }));

test("cleanups are counted by strategy, and by whether the container is gone", () =>
  withMetrics(async (_, read) => {
    playContainer("a", { strategy: "remove" });
    playContainer("b", { strategy: "none" });
    playContainer("c", { strategy: "kill-remove", isConfirmed: false });
    const samples = await read();
    assert.equal(nonZero(samples, "brigbox_container_cleanups_total"), {
      '{outcome="gone",strategy="remove"}': 1,
      '{outcome="gone",strategy="none"}': 1,
      '{outcome="failed",strategy="kill-remove"}': 1,
    });
    assert.is(samples.get('brigbox_container_cleanups_total{outcome="gone",strategy="force-remove"}'), 0);
  }));

test.run();
