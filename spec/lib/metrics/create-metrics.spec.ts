import { register as defaultRegister, type OpenMetricsContentType, Registry } from "prom-client";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { createMetrics } from "../../../lib/metrics/mod.ts";
import { playCall, playContainer, playFailure, playRun, playSweep } from "../../support/metrics/messages.ts";
import { nonZero } from "../../support/metrics/samples.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { suite } from "../../support/suite.ts";

const test = suite("metrics");

test("by default all executors are counted, and on demand the observed ones alone", async () => {
  const play = (): void => {
    for (const executorId of ["mine", "another"]) {
      playRun({ executorId });
      playFailure(new Error("no"), executorId);
      playContainer(`container of ${executorId}`, {}, executorId);
    }
  };
  const names = ["runs_started_total", "containers_begun_total"].map((name) => `brigbox_${name}`);
  await withMetrics(async (_, read) => {
    play();
    const samples = await read();
    assert.equal(
      names.map((name) => samples.get(name)),
      [4, 2],
    );
  });
  await withMetrics(
    async (metrics, read) => {
      const stats = () => ({ active: 0, queued: 0, sessions: 0, leftovers: 0, pool: null });
      const stop = metrics.observe({ id: "mine", stats });
      play();
      stop();
      play();
      const samples = await read();
      assert.equal(
        names.map((name) => samples.get(name)),
        [2, 1],
      );
      assert.equal(nonZero(samples, "brigbox_runs_total"), { '{status="ok"}': 1 });
      assert.equal(nonZero(samples, "brigbox_run_failures_total"), { '{error="other"}': 1 });
      assert.is(samples.get('brigbox_run_phase_duration_seconds_count{phase="cleanup"}'), 1);
    },
    { executors: "observed" },
  );
});

test("they go into the register that is given, beside what is there, and leave it when they are closed", async () => {
  const register = new Registry();
  const metrics = createMetrics({ register });
  assert.is(metrics.register, register);
  playRun();
  assert.match(await register.metrics(), 'brigbox_runs_total{status="ok"} 1');
  assert.throws(
    () => createMetrics({ register }),
    (error: unknown) => error instanceof ConfigError && /brigbox_uncounted_total already/.test(error.message),
  );
  metrics.close();
  assert.is((await register.metrics()).trim(), "");
  using again = createMetrics({ register });
  assert.match(await again.text(), 'brigbox_runs_total{status="ok"} 0');
  assert.is((await defaultRegister.metrics()).trim(), "", "and into no other");
});

test("closed, they count no more", async () => {
  const metrics = createMetrics();
  const started = metrics.register.getSingleMetric("brigbox_runs_started_total");
  metrics.close();
  playRun();
  assert.is((await started?.get())?.values[0]?.value, 0);
});

test("options that cannot be used are refused", () => {
  const refusal = (options: object): string => {
    try {
      createMetrics(options);
    } catch (error) {
      assert.instance(error, ConfigError);
      return (error as ConfigError).message;
    }
    throw new Error("they were taken");
  };
  assert.match(refusal({ registry: new Registry() }), /registry.*register/);
  assert.match(refusal({ executors: "some" }), /"all" or "observed"/);
});

test("the text is of the format that the content type says, in OpenMetrics too", async () => {
  await withMetrics(async (metrics) => {
    assert.match(metrics.contentType, "text/plain; version=0.0.4");
    assert.match(await metrics.text(), "# TYPE brigbox_runs_total counter");
  });
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  await withMetrics(
    async (metrics) => {
      playRun();
      assert.match(metrics.contentType, "application/openmetrics-text; version=1.0.0");
      const text = await metrics.text();
      assert.match(text, '# TYPE brigbox_runs counter\nbrigbox_runs_total{status="ok"} 1\n');
      assert.match(text, /# EOF\n$/);
    },
    { register },
  );
});

test("what is not as it should be is counted as that, and ends nothing", () =>
  withMetrics(async (_, read) => {
    playRun({
      status: "surprised" as "ok",
      start: "lukewarm" as "cold",
      rules: ["R99", "__proto__"],
      usage: { stdoutBytes: Number.NaN, stderrBytes: -1, userCpuMs: Number.POSITIVE_INFINITY },
      timings: { runMs: Number.NaN },
    });
    playRun({ usage: { peakMemoryBytes: "much" as unknown as number } });
    playContainer("a", { strategy: undefined as unknown as "none" });
    playCall({ operation: "GET /secret/of/mine", status: 500, error: "ResponseError" });
    playCall({ durationMs: undefined as unknown as number });
    playSweep({ removed: -5 });
    playRun({ rules: null as unknown as string[] });
    const samples = await read();
    assert.is(samples.get("brigbox_uncounted_total"), 8);
    assert.equal(nonZero(samples, "brigbox_runs_total"), { '{status="other"}': 1, '{status="ok"}': 2 });
    assert.equal(nonZero(samples, "brigbox_validator_rejections_total"), { '{rule="other"}': 2 });
    assert.is(samples.get('brigbox_run_bytes_total{stream="stderr"}'), 1);
    assert.equal(nonZero(samples, "brigbox_container_cleanups_total"), {
      '{outcome="gone",strategy="other"}': 1,
    });
    assert.equal(nonZero(samples, "brigbox_engine_errors_total"), {
      '{error="engine",operation="other"}': 1,
    });
  }));

test.run();
