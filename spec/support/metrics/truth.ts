import { memoryPeakOf } from "../../../lib/metrics/count-runs.ts";
import type { RunHandle, RunOptions } from "../../../lib/run/run-handle.ts";
import { encodeValues } from "../../../lib/values/encode.ts";
import type { RunResult } from "../../../lib/verdict.ts";
import { type Samples, sampleKey } from "./samples.ts";

/** What metrics must say, counted from what callers get. */
export interface Truth {
  /** Counts a run that is started, and its end once that is there. */
  follow(handle: RunHandle, code: string, options: RunOptions): Promise<void>;
  /** Counts a run that was refused at once. */
  refused(error: Error, code: string): void;
  samples(): Samples;
}

/** Nothing was run yet. */
export function createTruth(): Truth {
  const counts = new Map<string, number>();
  const add = (name: string, labels: Record<string, string>, amount = 1): void => {
    const key = sampleKey(`brigbox_${name}`, labels);
    counts.set(key, (counts.get(key) ?? 0) + amount);
  };

  function begin(code: string, inputs: RunOptions["inputs"] = {}): void {
    const sent = Object.keys(inputs).length === 0 ? [] : encodeValues(inputs);
    add("runs_started_total", {});
    add("run_bytes_total", { stream: "code" }, Buffer.byteLength(code));
    add("run_bytes_total", { stream: "input" }, sum(sent.map(({ length }) => length)));
  }

  function end({ status, violations, evidence, usage, timings, artifacts }: RunResult): void {
    add("runs_total", { status });
    for (const rule of new Set(violations.map(({ rule }) => rule)))
      add("validator_rejections_total", { rule });
    add("run_duration_seconds_count", { start: evidence.start ?? "none" });
    const { totalMs: _total, ...phases } = timings;
    for (const [name, ms] of Object.entries(phases))
      if (ms !== 0) add("run_phase_duration_seconds_count", { phase: name.replace("Ms", "") });
    add("run_bytes_total", { stream: "stdout" }, usage.stdoutBytes);
    add("run_bytes_total", { stream: "stderr" }, usage.stderrBytes);
    add("run_bytes_total", { stream: "result" }, usage.resultBytes);
    add("run_bytes_total", { stream: "artifact" }, sum(artifacts.map(({ bytes }) => bytes.length)));
    if (memoryPeakOf(usage) !== null) add("run_memory_peak_bytes_count", {});
  }

  return {
    async follow(handle, code, options) {
      begin(code, options.inputs);
      await handle.result.then(end, (error: Error) => add("run_failures_total", { error: error.name }));
      const { cleanupMs } = await handle.cleaned;
      if (cleanupMs !== 0) add("run_phase_duration_seconds_count", { phase: "cleanup" });
    },
    refused(error, code) {
      begin(code);
      add("run_failures_total", { error: error.name });
    },
    samples: () => counts,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
