import { createMetrics, type Metrics, type MetricsOptions } from "../../../lib/metrics/mod.ts";
import { parseSamples, type Samples } from "./samples.ts";

/** Runs a spec's body with metrics that are closed afterwards. */
export async function withMetrics(
  body: (metrics: Metrics, read: () => Promise<Samples>) => void | Promise<void>,
  options: MetricsOptions = {},
): Promise<void> {
  const metrics = createMetrics(options);
  try {
    await body(metrics, async () => parseSamples(await metrics.text()));
  } finally {
    metrics.close();
  }
}
