/**
 * Metrics for Prometheus of what Brigbox does in this process. Needs the package `prom-client`.
 *
 * @module
 */

export { createMetrics, type Metrics, type MetricsOptions } from "./create-metrics.ts";
export type { ObservedExecutor } from "./gauge-executors.ts";
export type { MetricsRegister } from "./meter.ts";
