/**
 * Spans of OpenTelemetry for runs and their phases. Needs `@opentelemetry/api`, and does nothing where that is not installed.
 *
 * @module
 */

export { type TracedExecutor, type Tracing, type TracingOptions, traceRuns } from "./trace-runs.ts";
