import { onDiagnostic } from "../diagnostics/channels.ts";
import type { RunEnded, RunFailed, RunPhaseBegan, RunStarted } from "../diagnostics/messages.ts";
import { QueueFullError } from "../errors.ts";
import { type CleanupReport, runStatuses } from "../verdict.ts";
import type { ActiveRun, EndedRun, MonitoredLatency, MonitoredRuns } from "./snapshot.ts";

/** What a history is told, and what it tells. */
export interface RunHistoryOptions {
  /** Whose runs count; those of all executors in this process where null. */
  readonly executorIds: ReadonlySet<string> | null;
  /** Something is not what it was. */
  onChange(): void;
  onQueueFull(executorId: string): void;
  /** A container of these executors may still be there. */
  onCleanupFailed(containerName: string, report: CleanupReport): void;
}

/** What became of the runs of this process since it began. */
export interface RunHistory {
  summary(): MonitoredRuns;
  /** Hears no more. */
  close(): void;
}

const keptRuns = 200;
const longestMessage = 300;

/** Keeps what diagnostics tell of runs. */
export function createRunHistory(options: RunHistoryOptions): RunHistory {
  const { executorIds, onChange } = options;
  const active = new Map<string, ActiveRun>();
  const recent: EndedRun[] = [];
  const counts = noCounts();
  const isOurs = ({ executorId }: { readonly executorId: string }): boolean =>
    executorIds?.has(executorId) ?? true;

  function end(run: EndedRun): void {
    active.delete(run.runId);
    recent.push(run);
    if (recent.length > keptRuns) recent.shift();
    counts[run.status]++;
    onChange();
  }

  function follow(message: RunStarted | RunPhaseBegan): void {
    const known = active.get(message.runId);
    // The phases after the verdict are no more of its life.
    if (known === undefined && "phase" in message) return;
    active.set(message.runId, { ...(known ?? begun(message as RunStarted)), ...phaseOf(message) });
    onChange();
  }

  function fail(message: RunFailed): void {
    end(failed(message));
    if (message.error instanceof QueueFullError) options.onQueueFull(message.executorId);
  }

  const stops = [
    onDiagnostic("brigbox:run:start", (message) => isOurs(message) && follow(message)),
    onDiagnostic("brigbox:run:phase", (message) => isOurs(message) && follow(message)),
    onDiagnostic("brigbox:run:end", (message) => isOurs(message) && end(ended(message))),
    onDiagnostic("brigbox:run:error", (message) => isOurs(message) && fail(message)),
    onDiagnostic("brigbox:container:cleaned", (message) => {
      const { containerName, report } = message;
      if (isOurs(message) && !report.isConfirmed) options.onCleanupFailed(containerName, report);
    }),
  ];
  return {
    summary: () => ({
      active: [...active.values()].slice(0, keptRuns),
      activeCount: active.size,
      recent: [...recent],
      counts: { ...counts },
      latency: latencyOf(recent),
    }),
    close() {
      for (const stop of stops) stop();
    },
  };
}

function noCounts(): Record<EndedRun["status"], number> {
  const names = [...runStatuses, "failed"] as const;
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<EndedRun["status"], number>;
}

function begun({ runId, executorId, sessionId, at }: RunStarted): ActiveRun {
  return { runId, executorId, sessionId, since: at, phase: "validate" };
}

function phaseOf(message: RunStarted | RunPhaseBegan): Partial<ActiveRun> {
  return "phase" in message ? { phase: message.phase } : {};
}

function ended(message: RunEnded): EndedRun {
  const { runId, executorId, at, status, isolation, start, containerName, timings } = message;
  const totalMs = Math.round(timings.totalMs * 10) / 10;
  return { runId, executorId, at, status, isolation, start, containerName, totalMs, message: null };
}

function failed({ runId, executorId, at, error }: RunFailed): EndedRun {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, longestMessage);
  const nothing = { isolation: "none", start: null, containerName: null, totalMs: null } as const;
  return { runId, executorId, at, status: "failed", ...nothing, message };
}

/** By the nearest rank, so that each is the time of a run. */
function latencyOf(recent: readonly EndedRun[]): MonitoredLatency | null {
  const times = recent
    .flatMap(({ isolation, totalMs }) => (isolation === "none" || totalMs === null ? [] : [totalMs]))
    .sort((left, right) => left - right);
  const at = (share: number): number => times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? 0;
  if (times.length === 0) return null;
  return { count: times.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}
