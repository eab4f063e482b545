import type { Attributes } from "@opentelemetry/api";
import type { RunEnded, RunStarted } from "../diagnostics/messages.ts";
import type { CleanupReport } from "../verdict.ts";

/** Of a run's span from its start on. */
export function startAttributes(message: RunStarted): Attributes {
  return withoutNull({
    "brigbox.run.id": message.runId,
    "brigbox.executor.id": message.executorId,
    "brigbox.session.id": message.sessionId,
    "brigbox.run.code_bytes": message.codeBytes,
    "brigbox.run.input_bytes": message.inputBytes,
  });
}

/** Of a run's span once there is a verdict. */
export function endAttributes({ usage, rules, ...message }: RunEnded): Attributes {
  return withoutNull({
    "brigbox.run.status": message.status,
    "brigbox.run.isolation": message.isolation,
    "brigbox.run.start": message.start,
    "brigbox.run.limit": message.limit,
    "brigbox.run.rules": rules.length === 0 ? null : [...rules],
    "brigbox.container.name": message.containerName,
    "brigbox.run.wall_ms": usage.wallMs,
    "brigbox.run.user_cpu_ms": usage.userCpuMs,
    "brigbox.run.system_cpu_ms": usage.systemCpuMs,
    "brigbox.run.max_rss_bytes": usage.maxRssBytes,
    "brigbox.run.peak_memory_bytes": usage.peakMemoryBytes,
    "brigbox.run.result_bytes": usage.resultBytes,
    "brigbox.run.stdout_bytes": usage.stdoutBytes,
    "brigbox.run.stderr_bytes": usage.stderrBytes,
    "brigbox.run.artifact_bytes": message.artifactBytes,
  });
}

/** Of the span of a cleanup. */
export function cleanupAttributes({ strategy, isConfirmed, attempts }: CleanupReport): Attributes {
  return {
    "brigbox.cleanup.strategy": strategy,
    "brigbox.cleanup.confirmed": isConfirmed,
    "brigbox.cleanup.attempts": attempts.length,
  };
}

/** What is not known is left out: null is no value of an attribute. */
function withoutNull(attributes: Readonly<Record<string, string | number | string[] | null>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)) as Attributes;
}
