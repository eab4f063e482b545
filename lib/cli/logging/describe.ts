import { formatDuration, formatSize } from "../../config/units.ts";
import type { DiagnosticChannels } from "../../diagnostics/channels.ts";
import type { MonitorAlert, RunEnded } from "../../diagnostics/messages.ts";
import type { LogEntry } from "./log-entry.ts";

/** A message in a line for people, with the level at which it matters. */
export type Description = Pick<LogEntry, "level" | "text">;

/** How each channel is told. */
export const descriptions: {
  readonly [N in keyof DiagnosticChannels]: (message: DiagnosticChannels[N]) => Description;
} = {
  "brigbox:run:start": ({ runId, codeBytes, inputBytes, sessionId }) => ({
    level: "info",
    text: `run ${runId}: asked for${sessionId === null ? "" : ` in session ${sessionId}`}, ${formatSize(codeBytes)} of code, ${formatSize(inputBytes)} of inputs`,
  }),
  "brigbox:run:phase": ({ runId, phase }) => ({ level: "debug", text: `run ${runId}: ${phase}` }),
  "brigbox:run:end": (message) => ({ level: "info", text: `run ${message.runId}: ${verdictOf(message)}` }),
  "brigbox:run:error": ({ runId, error }) => ({
    level: "error",
    text: `run ${runId}: no result: ${error instanceof Error ? error.message : "for no known reason"}`,
  }),
  "brigbox:run:cleaned": ({ runId, report: { strategy } }) => ({
    level: "debug",
    text: `run ${runId}: ${strategy === "none" ? "nothing to clean up" : "cleanup over"}`,
  }),
  "brigbox:container:begin": ({ containerName }) => ({
    level: "debug",
    text: `container ${containerName}: begun`,
  }),
  "brigbox:container:cleaned": ({ containerName, report }) =>
    report.isConfirmed
      ? { level: "debug", text: `container ${containerName}: gone in ${formatDuration(report.cleanupMs)}` }
      : {
          level: "warn",
          text: `container ${containerName}: the Engine did not confirm that it is gone; \`brigbox reap\` removes what is left`,
        },
  "brigbox:monitor:sweep": ({ endpoint, containers, orphans, removed, failed }) => ({
    level: orphans > 0 ? "info" : "debug",
    text: `sweep of ${endpoint}: ${containers} containers, ${orphans} orphans, ${removed} removed, ${failed} not removed`,
  }),
  "brigbox:monitor:alert": (message) => ({ level: "warn", text: `alert: ${alertOf(message)}` }),
  "brigbox:engine:call": ({ operation, status, error, durationMs }) => ({
    level: isTrouble(status, error) ? "warn" : "trace",
    text: `engine: ${operation}: ${status ?? error} in ${formatDuration(durationMs)}`,
  }),
};

function verdictOf({ status, rules, start, timings }: RunEnded): string {
  const how = rules.length > 0 ? ` by ${rules.join(", ")}` : start === null ? "" : `, ${start}`;
  return `${status}${how}, in ${formatDuration(timings.totalMs)}`;
}

function alertOf(alert: MonitorAlert): string {
  switch (alert.type) {
    case "orphans":
      return `${alert.names.length} orphans on ${alert.endpoint}, ${alert.removed} removed`;
    case "cleanup-failed":
      return `container ${alert.containerName} could not be removed: ${alert.message}`;
    case "queue-full":
      return `the queue of executor ${alert.executorId} is full`;
    case "engine-gone":
      return `no Engine at ${alert.endpoint}: ${alert.message}`;
    case "engine-back":
      return `the Engine at ${alert.endpoint} is back after ${formatDuration(alert.goneMs)}`;
    default:
      return alert satisfies never;
  }
}

/** Other refusals are everyday life: by 404 one learns that a container is gone. Who cancels knows it already. */
function isTrouble(status: number | null, error: string | null): boolean {
  if (status !== null) return status >= 500;
  return error === "ConnectionError" || error === "ProtocolError";
}
