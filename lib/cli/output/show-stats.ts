import { formatDuration, formatSize } from "../../config/units.ts";
import type { UsageSample } from "../../monitor/usage-sample.ts";
import { type Output, paint } from "./terminal.ts";

/** Writes a line for each sample as it comes. */
export async function relayStats(samples: AsyncIterable<UsageSample>, output: Output): Promise<void> {
  let startedAt: number | null = null;
  for await (const sample of samples) {
    startedAt ??= sample.at;
    await output.write(`${paint(output, "quiet", statsLine(sample, sample.at - startedAt))}\n`);
  }
}

function statsLine(sample: UsageSample, elapsedMs: number): string {
  const { memoryBytes, memoryLimitBytes, cpus, pids, throttledMs } = sample;
  const limit = memoryLimitBytes === null ? "" : ` of ${formatSize(memoryLimitBytes)}`;
  const parts = [
    `${formatSize(memoryBytes)}${limit}`,
    cpus === null ? "" : `${cpus.toFixed(2)} CPUs`,
    pids === null ? "" : pids === 1 ? "1 process" : `${pids} processes`,
    throttledMs === null || throttledMs < 1 ? "" : `held back for ${formatDuration(throttledMs)}`,
  ].filter((part) => part !== "");
  return `  +${(elapsedMs / 1000).toFixed(1)} s: ${parts.join(", ")}`;
}
