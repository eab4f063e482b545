import { context, type Span, type Tracer, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** A tracer of the real SDK, whose spans are kept. */
export interface RecordedSpans {
  readonly tracer: Tracer;
  /** Those that have ended, in the order of their ends. */
  ended(): readonly ReadableSpan[];
  /** The only one of a name. */
  one(name: string): ReadableSpan;
  /** The names of a span's children, in the order of their starts. */
  childrenOf(span: ReadableSpan): readonly string[];
  /** Calls `use` with a span of the caller's own active, which is ended afterwards. */
  within<T>(use: (span: Span) => Promise<T>): Promise<T>;
  /** Takes the process's context manager away again. */
  [Symbol.dispose](): void;
}

/** Spans are exported in memory, and contexts follow asynchronous work, as in a program that traces. */
export function recordSpans(): RecordedSpans {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer("spec");
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const ended = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
  return {
    tracer,
    ended,
    one(name) {
      const found = ended().filter((span) => span.name === name);
      if (found[0] === undefined || found.length > 1)
        throw new Error(`there are ${found.length} spans ${name}`);
      return found[0];
    },
    childrenOf: (parent) =>
      ended()
        .filter((span) => idOfParent(span) === parent.spanContext().spanId)
        .sort((left, right) => startOf(left) - startOf(right))
        .map(({ name }) => name),
    async within(use) {
      const span = tracer.startSpan("caller");
      try {
        return await context.with(trace.setSpan(context.active(), span), () => use(span));
      } finally {
        span.end();
      }
    },
    [Symbol.dispose]() {
      context.disable();
    },
  };
}

/** Milliseconds since 1970. */
export function startOf({ startTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1000 + nanos / 1e6;
}

/** Milliseconds since 1970. */
export function endOf({ endTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1000 + nanos / 1e6;
}

/** Null for the root of a trace. */
export function idOfParent({ parentSpanContext }: ReadableSpan): string | null {
  return parentSpanContext?.spanId ?? null;
}
