import type { Tracer } from "@opentelemetry/api";
import { onDiagnostic } from "../diagnostics/channels.ts";
import type { DiagnosticMessages } from "../diagnostics/messages.ts";
import { addEngineCallSpan } from "./engine-call-span.ts";
import { loadApi, type OpenTelemetry } from "./load-api.ts";
import { createRunSpans } from "./run-spans.ts";

/** Options of {@link traceRuns}. */
export interface TracingOptions {
  /** Makes the spans. @default the tracer `brigbox` of OpenTelemetry's global provider */
  readonly tracer?: Tracer;
  /** Whose runs are traced; those of all executors in this process unless given. */
  readonly executors?: readonly TracedExecutor[];
  /**
   * Also a client span for each call to an Engine, of all clients in this process. It is a child of the span that was active where the call
   * was made, and so a sibling of the run's: pools and sweeps make calls that belong to no run.
   *
   * @default false
   */
  readonly engineCalls?: boolean;
}

/** What is needed of an executor to know its runs. */
export interface TracedExecutor {
  readonly id: string;
}

/** Runs are traced until this is closed. */
export interface Tracing {
  /** False where `@opentelemetry/api` is not installed, and so nothing is traced. */
  readonly isActive: boolean;
  /** Stops, and ends the spans of runs that are not over, marked by `brigbox.run.unfinished`. The runs themselves go on. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Makes spans of OpenTelemetry from now on: `brigbox.run`, a child of the span that is active where a run is started, and below it
 * `brigbox.validate`, `.queue`, `.create`, `.start`, `.ready`, `.execute`, `.collect` and `.cleanup`, those that take place.
 *
 * The status of a run's span is an error where the sandbox failed, and unset for every verdict: what the code did is an attribute,
 * `brigbox.run.status`. No code, value, output or environment is in them. Without `@opentelemetry/api` nothing happens.
 *
 * @returns once runs are traced.
 * @throws what keeps an installed `@opentelemetry/api` from being loaded.
 * @example
 * import { traceRuns } from "brigbox/tracing";
 * const tracing = await traceRuns();
 * // ... at the end, before the provider's own shutdown:
 * tracing.close();
 */
export async function traceRuns(options: TracingOptions = {}): Promise<Tracing> {
  const api = await loadApi();
  return api === null ? toTracing(false, () => undefined) : startTracing(api, options);
}

function startTracing(api: OpenTelemetry, options: TracingOptions): Tracing {
  const tracer = options.tracer ?? api.trace.getTracer("brigbox");
  const spans = createRunSpans(api, tracer);
  const ids = options.executors === undefined ? null : new Set(options.executors.map(({ id }) => id));

  function on<N extends RunChannel>(name: N, take: (message: DiagnosticMessages[N]) => void): () => void {
    return onDiagnostic(name, (message) => {
      if (ids === null || ids.has(message.executorId)) take(message);
    });
  }

  const stops = [
    on("brigbox:run:start", spans.start),
    on("brigbox:run:phase", spans.phase),
    on("brigbox:run:end", spans.end),
    on("brigbox:run:error", spans.fail),
    on("brigbox:run:cleaned", spans.clean),
  ];
  if (options.engineCalls === true)
    stops.push(onDiagnostic("brigbox:engine:call", (call) => addEngineCallSpan(api, tracer, call)));
  return toTracing(true, () => {
    for (const stop of stops.splice(0)) stop();
    spans.close();
  });
}

type RunChannel = Extract<keyof DiagnosticMessages, `brigbox:run:${string}`>;

function toTracing(isActive: boolean, close: () => void): Tracing {
  return { isActive, close, [Symbol.dispose]: close };
}
