import * as assert from "uvu/assert";
import { QueueFullError, SandboxError } from "../../../lib/errors.ts";
import { playFailure, playRun } from "../../support/metrics/messages.ts";
import { nonZero } from "../../support/metrics/samples.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { suite } from "../../support/suite.ts";

const test = suite("metrics of runs");

test("each run is counted by its verdict, and verdicts that never came are there as zero", () =>
  withMetrics(async (_, read) => {
    for (const status of ["ok", "timeout", "ok"] as const) playRun({ status });
    const samples = await read();
    assert.equal(nonZero(samples, "brigbox_runs_total"), { '{status="ok"}': 2, '{status="timeout"}': 1 });
    assert.is(samples.get('brigbox_runs_total{status="oom"}'), 0);
    assert.is(samples.get("brigbox_runs_started_total"), 3);
  }));

test("runs without a verdict are counted by the error that their caller got", () =>
  withMetrics(async (_, read) => {
    playFailure(new SandboxError("no Engine"));
    playFailure(new QueueFullError(3));
    playFailure("a text");
    const samples = await read();
    assert.equal(nonZero(samples, "brigbox_run_failures_total"), {
      '{error="QueueFullError"}': 1,
      '{error="SandboxError"}': 1,
      '{error="other"}': 1,
    });
    assert.equal(nonZero(samples, "brigbox_runs_total"), {});
  }));

test("a rejected run is counted once for each rule that it broke", () =>
  withMetrics(async (_, read) => {
    playRun({ status: "rejected", start: null, rules: ["R1", "R13"] });
    playRun({ status: "rejected", start: null, rules: ["R1"] });
    assert.equal(nonZero(await read(), "brigbox_validator_rejections_total"), {
      '{rule="R1"}': 2,
      '{rule="R13"}': 1,
    });
  }));

test("times are in seconds, and a phase that did not take place is not one that took no time", () =>
  withMetrics(async (_, read) => {
    playRun({ start: "cold", timings: { queueMs: 2500, totalMs: 9000 }, report: { cleanupMs: 250 } });
    playRun({ start: "warm", timings: { createMs: 0, startMs: 0, readyMs: 0 }, report: { cleanupMs: 0 } });
    const samples = await read();
    assert.equal(nonZero(samples, "brigbox_run_phase_duration_seconds_count"), {
      '{phase="validate"}': 2,
      '{phase="queue"}': 2,
      '{phase="create"}': 1,
      '{phase="start"}': 1,
      '{phase="ready"}': 1,
      '{phase="run"}': 2,
      '{phase="collect"}': 2,
      '{phase="cleanup"}': 1,
    });
    assert.is(samples.get('brigbox_run_phase_duration_seconds_sum{phase="queue"}'), 2.502);
    assert.is(samples.get('brigbox_run_phase_duration_seconds_sum{phase="cleanup"}'), 0.25);
    assert.is(samples.get('brigbox_run_duration_seconds_sum{start="cold"}'), 9);
    assert.is(samples.get('brigbox_run_duration_seconds_count{start="warm"}'), 1);
    assert.is(samples.get('brigbox_run_duration_seconds_bucket{le="5",start="cold"}'), 0);
    assert.is(samples.get('brigbox_run_duration_seconds_bucket{le="10",start="cold"}'), 1);
  }));

test("bytes are counted by what they were", () =>
  withMetrics(async (_, read) => {
    const usage = { stdoutBytes: 10, stderrBytes: 20, resultBytes: 30 };
    playRun({ codeBytes: 1, inputBytes: 2, artifactBytes: 40, usage });
    playRun({ codeBytes: 100, inputBytes: 0, usage });
    assert.equal(nonZero(await read(), "brigbox_run_bytes_total"), {
      '{stream="code"}': 101,
      '{stream="input"}': 2,
      '{stream="stdout"}': 20,
      '{stream="stderr"}': 40,
      '{stream="result"}': 60,
      '{stream="artifact"}': 40,
    });
  }));

test("processor time and memory are counted where they were measured", () =>
  withMetrics(async (_, read) => {
    const MiB = 1024 ** 2;
    playRun({ usage: { userCpuMs: 1500, systemCpuMs: 250, peakMemoryBytes: 100 * MiB } });
    playRun({ usage: { userCpuMs: null, systemCpuMs: null, peakMemoryBytes: null } });
    const samples = await read();
    assert.equal(nonZero(samples, "brigbox_run_cpu_seconds_total"), {
      '{mode="user"}': 1.5,
      '{mode="system"}': 0.25,
    });
    assert.is(samples.get("brigbox_run_memory_peak_bytes_count"), 1);
    assert.is(samples.get("brigbox_run_memory_peak_bytes_sum"), 100 * MiB);
    assert.is(samples.get(`brigbox_run_memory_peak_bytes_bucket{le="${64 * MiB}"}`), 0);
    assert.is(samples.get(`brigbox_run_memory_peak_bytes_bucket{le="${128 * MiB}"}`), 1);
  }));

test.run();
