import * as assert from "uvu/assert";
import { playCall, playContainer, playFailure, playRun, playSweep } from "../../support/metrics/messages.ts";
import type { Samples } from "../../support/metrics/samples.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { suite } from "../../support/suite.ts";

const test = suite("metrics are bounded");

/** Runs, containers, calls and sweeps that differ from all others in everything that they say of themselves. */
function playStrangers(from: number, to: number): void {
  for (let number = from; number < to; number++) {
    const id = `stranger-${number}`;
    playRun({
      runId: id,
      executorId: id,
      status: id as "ok",
      start: id as "cold",
      rules: [id],
      containerName: id,
      timings: { runMs: number },
      usage: { maxRssBytes: number * 1_000_000 },
    });
    playFailure(Object.assign(new Error(id), { name: id }), id);
    playContainer(id, { strategy: id as "remove" }, id);
    playCall({
      endpoint: id,
      operation: `GET /containers/${id}/json`,
      status: 400 + (number % 200),
      error: id,
    });
    playCall({ endpoint: id, operation: "GET /info", status: null, error: id });
    playSweep({ endpoint: id, containers: 1 });
  }
}

test("ten thousand runs that have nothing in common make no more time series than two hundred", () =>
  withMetrics(async (_, read) => {
    const names = async (): Promise<string[]> => [...(await read()).keys()];
    const before = await names();
    playStrangers(0, 200);
    const early = await names();
    playStrangers(200, 10_000);
    const late = await names();
    assert.equal(
      late.filter((name) => !early.includes(name)),
      [],
    );
    assert.ok(late.length < before.length + 200, `${before.length} at first, ${late.length} in the end`);
    assert.not.match(late.join("\n"), "stranger");
    const samples: Samples = await read();
    assert.is(samples.get("brigbox_runs_started_total"), 20_000);
    assert.is(samples.get('brigbox_runs_total{status="other"}'), 10_000);
    assert.is(samples.get("brigbox_uncounted_total"), 0);
    assert.is(samples.get("brigbox_active_containers"), 0);
    assert.is(
      samples.get("brigbox_engine_containers"),
      100,
      "of more Engines than that the first are forgotten",
    );
  }));

test.run();
