import type { RunEnded, RunMessage } from "../diagnostics/messages.ts";
import { runStatuses, type Usage } from "../verdict.ts";
import { memoryBytes, runSeconds } from "./buckets.ts";
import { phases, rules, runErrors, starts, streams } from "./label-values.ts";
import type { Counting } from "./listen.ts";
import type { CountingMetric, Meter, SizingMetric } from "./meter.ts";

/** Counts runs, from what is told of them. */
export function countRuns({ meter, listen }: Counting, isCounted: (message: RunMessage) => boolean): void {
  const metrics = createRunMetrics(meter);
  const { started, failures, bytes, phaseSeconds } = metrics;
  listen("brigbox:run:start", (message) => {
    if (!isCounted(message)) return;
    started.add({});
    bytes.add({ stream: "code" }, message.codeBytes);
    bytes.add({ stream: "input" }, message.inputBytes);
  });
  listen("brigbox:run:end", (message) => {
    if (isCounted(message)) countEnd(metrics, message);
  });
  listen("brigbox:run:error", (message) => {
    if (isCounted(message)) failures.add({ error: nameOf(message.error) });
  });
  listen("brigbox:run:cleaned", (message) => {
    if (isCounted(message)) observePhase(phaseSeconds, "cleanup", message.report.cleanupMs);
  });
}

interface RunMetrics {
  readonly started: CountingMetric<Record<never, never>>;
  readonly ended: CountingMetric<{ status: readonly string[] }>;
  readonly failures: CountingMetric<{ error: readonly string[] }>;
  readonly rejections: CountingMetric<{ rule: readonly string[] }>;
  readonly bytes: CountingMetric<{ stream: readonly string[] }>;
  readonly cpuSeconds: CountingMetric<{ mode: readonly string[] }>;
  readonly seconds: SizingMetric<{ start: readonly string[] }>;
  readonly phaseSeconds: SizingMetric<{ phase: readonly string[] }>;
  readonly memoryPeak: SizingMetric<Record<never, never>>;
}

function createRunMetrics(meter: Meter): RunMetrics {
  return {
    ...createRunCounters(meter),
    seconds: meter.histogram({
      name: "brigbox_run_duration_seconds",
      help: "Time from the call to the verdict, by how the run came to its container.",
      labels: { start: starts },
      buckets: runSeconds,
    }),
    phaseSeconds: meter.histogram({
      name: "brigbox_run_phase_duration_seconds",
      help: "Time that runs spent in each phase that they went through; queue is the wait for a turn.",
      labels: { phase: phases },
      buckets: runSeconds,
    }),
    memoryPeak: meter.histogram({
      name: "brigbox_run_memory_peak_bytes",
      help: "The most memory that each run's code used, where that could be measured.",
      labels: {},
      buckets: memoryBytes,
    }),
  };
}

function createRunCounters(meter: Meter): Omit<RunMetrics, "seconds" | "phaseSeconds" | "memoryPeak"> {
  return {
    started: meter.counter({
      name: "brigbox_runs_started_total",
      help: "Runs that were asked for, cells of sessions too.",
      labels: {},
    }),
    ended: meter.counter({
      name: "brigbox_runs_total",
      help: "Runs that ended with a verdict.",
      labels: { status: runStatuses },
    }),
    failures: meter.counter({
      name: "brigbox_run_failures_total",
      help: "Runs that ended without a verdict, by the error that the caller got.",
      labels: { error: runErrors },
    }),
    rejections: meter.counter({
      name: "brigbox_validator_rejections_total",
      help: "Rejected runs, by each rule that their code broke.",
      labels: { rule: rules },
    }),
    bytes: meter.counter({
      name: "brigbox_run_bytes_total",
      help: "Bytes that went into runs (code, input) and came out of them.",
      labels: { stream: streams },
    }),
    cpuSeconds: meter.counter({
      name: "brigbox_run_cpu_seconds_total",
      help: "Processor time that the code of runs took.",
      labels: { mode: ["user", "system"] },
    }),
  };
}

function countEnd(metrics: RunMetrics, { status, start, rules: broken, ...message }: RunEnded): void {
  const { usage, timings, artifactBytes } = message;
  metrics.ended.add({ status });
  for (const rule of broken) metrics.rejections.add({ rule });
  metrics.seconds.observe({ start: start ?? "none" }, timings.totalMs / 1000);
  for (const phase of phases) observePhase(metrics.phaseSeconds, phase, timings[`${phase}Ms`]);
  metrics.bytes.add({ stream: "stdout" }, usage.stdoutBytes);
  metrics.bytes.add({ stream: "stderr" }, usage.stderrBytes);
  metrics.bytes.add({ stream: "result" }, usage.resultBytes);
  metrics.bytes.add({ stream: "artifact" }, artifactBytes);
  metrics.cpuSeconds.add({ mode: "user" }, (usage.userCpuMs ?? 0) / 1000);
  metrics.cpuSeconds.add({ mode: "system" }, (usage.systemCpuMs ?? 0) / 1000);
  const memoryPeak = memoryPeakOf(usage);
  if (memoryPeak !== null) metrics.memoryPeak.observe({}, memoryPeak);
}

/** Zero is a phase that did not take place. */
function observePhase(seconds: RunMetrics["phaseSeconds"], phase: string, ms: number): void {
  if (ms !== 0) seconds.observe({ phase }, ms / 1000);
}

/** The most memory that the code of a run used, bytes; null where that is not known. */
export function memoryPeakOf({ peakMemoryBytes }: Usage): number | null {
  return peakMemoryBytes;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "other";
}
