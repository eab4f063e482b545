import { channel } from "node:diagnostics_channel";
import { type EngineCall, engineCallChannel } from "../../../engine-api/mod.ts";
import { tell } from "../../../lib/diagnostics/channels.ts";
import type { OrphansSwept, RunEnded } from "../../../lib/diagnostics/messages.ts";
import { nothingToClean } from "../../../lib/run/cleanup.ts";
import type { CleanupReport, Timings, Usage } from "../../../lib/verdict.ts";

const timings: Timings = {
  validateMs: 1,
  queueMs: 2,
  createMs: 30,
  startMs: 200,
  readyMs: 40,
  runMs: 500,
  collectMs: 4,
  cleanupMs: 0,
  totalMs: 777,
};

const usage: Usage = {
  wallMs: 500,
  userCpuMs: 400,
  systemCpuMs: 50,
  maxRssBytes: 20 * 1024 ** 2,
  peakMemoryBytes: 8 * 1024 ** 2,
  containerPeakBytes: 24 * 1024 ** 2,
  pids: 5,
  throttledMs: 0,
  throttledPeriods: 0,
  resultBytes: 300,
  stdoutBytes: 20,
  stderrBytes: 1,
};

/** What a made-up run is like; what is not named is that of a friendly one. */
export interface PlayedRun extends Partial<Omit<RunEnded, "timings" | "usage">> {
  readonly timings?: Partial<Timings>;
  readonly usage?: Partial<Usage>;
  readonly codeBytes?: number;
  readonly inputBytes?: number;
  readonly report?: Partial<CleanupReport>;
}

/** Tells of a run that never was, from its start to its cleanup. */
export function playRun({ codeBytes = 7, inputBytes = 0, report, ...end }: PlayedRun = {}): void {
  const head = { executorId: end.executorId ?? "here", runId: end.runId ?? "a-run", at: Date.now() };
  tell("brigbox:run:start", { ...head, codeBytes, inputBytes, sessionId: null });
  tell("brigbox:run:end", {
    status: "ok",
    isolation: "container",
    start: "cold",
    limit: null,
    containerName: `brigbox-${head.runId}`,
    rules: [],
    artifactBytes: 0,
    ...end,
    ...head,
    timings: { ...timings, ...end.timings },
    usage: { ...usage, ...end.usage },
  });
  tell("brigbox:run:cleaned", { ...head, report: removed(report) });
}

/** Tells of a run without a verdict. */
export function playFailure(error: unknown, executorId = "here"): void {
  const head = { executorId, runId: "a-run", at: Date.now() };
  tell("brigbox:run:start", { ...head, codeBytes: 7, inputBytes: 0, sessionId: null });
  tell("brigbox:run:error", { ...head, error });
}

/** Tells of a container, to its end only where a report is given. */
export function playContainer(
  containerName: string,
  report: Partial<CleanupReport> | null = {},
  executorId = "here",
): void {
  const head = { executorId, containerName, at: Date.now() };
  tell("brigbox:container:begin", head);
  if (report !== null) tell("brigbox:container:cleaned", { ...head, report: removed(report) });
}

/** Tells of a sweep. */
export function playSweep(sweep: Partial<OrphansSwept> = {}): void {
  tell("brigbox:monitor:sweep", {
    endpoint: "unix:///here.sock",
    at: Date.now(),
    durationMs: 30,
    containers: 0,
    orphans: 0,
    removed: 0,
    failed: 0,
    ...sweep,
  });
}

/** Tells of a call to an Engine. */
export function playCall(call: Partial<EngineCall> = {}): void {
  channel(engineCallChannel).publish({
    endpoint: "unix:///here.sock",
    operation: "GET /info",
    status: 200,
    error: null,
    at: Date.now(),
    durationMs: 12,
    ...call,
  } satisfies EngineCall);
}

function removed(report: Partial<CleanupReport> = {}): CleanupReport {
  return { ...nothingToClean, strategy: "remove", cleanupMs: 15, ...report };
}
