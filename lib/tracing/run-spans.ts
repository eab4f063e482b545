import type { Context, Span, Tracer } from "@opentelemetry/api";
import type {
  RunCleaned,
  RunEnded,
  RunFailed,
  RunPhase,
  RunPhaseBegan,
  RunStarted,
} from "../diagnostics/messages.ts";
import { cleanupAttributes, endAttributes, startAttributes } from "./attributes.ts";
import type { OpenTelemetry } from "./load-api.ts";
import { failureOf, markFailed } from "./mark-failed.ts";

/** The spans of runs under way. A run that it was not told the start of is none of its business. */
export interface RunSpans {
  /** To be called in the context of the run's caller. */
  start(message: RunStarted): void;
  phase(message: RunPhaseBegan): void;
  end(message: RunEnded): void;
  fail(message: RunFailed): void;
  clean(message: RunCleaned): void;
  /** Ends the spans of all runs that are not over. */
  close(): void;
}

/** A run whose span has not ended. */
interface OpenRun {
  readonly span: Span;
  /** In which what is started becomes a child of the run. */
  readonly context: Context;
  /** From the time of a message to that of the system's clock, which other spans go by; they part where the machine slept. */
  readonly skewMs: number;
  phase: { readonly name: RunPhase; readonly span: Span } | null;
}

/** No spans yet. */
export function createRunSpans({ context, trace }: OpenTelemetry, tracer: Tracer): RunSpans {
  const runs = new Map<string, OpenRun>();

  function start(message: RunStarted): void {
    const skewMs = Date.now() - message.at;
    const parent = context.active();
    const options = { startTime: message.at + skewMs, attributes: startAttributes(message) };
    const span = tracer.startSpan("brigbox.run", options, parent);
    runs.set(message.runId, { span, context: trace.setSpan(parent, span), skewMs, phase: null });
  }

  function phase({ runId, at, phase: name }: RunPhaseBegan): void {
    const run = runs.get(runId);
    if (run === undefined) return;
    endPhase(run, at);
    const span = tracer.startSpan(spanNameOf(name), { startTime: at + run.skewMs }, run.context);
    run.phase = { name, span };
  }

  function end(message: RunEnded): void {
    const run = runs.get(message.runId);
    if (run === undefined) return;
    run.span.setAttributes(endAttributes(message));
    leavePhase(run, message.at);
  }

  function fail({ runId, at, error }: RunFailed): void {
    const run = runs.get(runId);
    if (run === undefined) return;
    if (error instanceof Error) run.span.recordException(error, at + run.skewMs);
    markFailed(run.span, failureOf(error));
    leavePhase(run, at);
  }

  function clean({ runId, at, report }: RunCleaned): void {
    const run = runs.get(runId);
    if (run === undefined) return;
    runs.delete(runId);
    if (run.phase?.name === "cleanup") {
      run.phase.span.setAttributes(cleanupAttributes(report));
      if (!report.isConfirmed) markFailed(run.phase.span, unconfirmed);
    }
    endRun(run, at);
  }

  function close(): void {
    const at = performance.timeOrigin + performance.now();
    for (const run of runs.values()) {
      run.span.setAttribute("brigbox.run.unfinished", true);
      endRun(run, at);
    }
    runs.clear();
  }

  return { start, phase, end, fail, clean, close };
}

const unconfirmed = {
  type: "cleanup_unconfirmed",
  message: "the Engine did not confirm that the container is gone",
};

function spanNameOf(phase: RunPhase): string {
  return `brigbox.${phase === "run" ? "execute" : phase}`;
}

/** With the verdict every phase but the cleanup is over, which may have begun a moment before. */
function leavePhase(run: OpenRun, at: number): void {
  if (run.phase?.name !== "cleanup") endPhase(run, at);
}

function endPhase(run: OpenRun, at: number): void {
  run.phase?.span.end(at + run.skewMs);
  run.phase = null;
}

function endRun(run: OpenRun, at: number): void {
  endPhase(run, at);
  run.span.end(at + run.skewMs);
}
