import { formatDuration } from "../../config/units.ts";
import type { MonitorAlert } from "../../diagnostics/messages.ts";
import { printableLine } from "./printable.ts";
import { type Output, paint, type Tone } from "./terminal.ts";

const longestMessage = 500;
const namedOrphans = 5;

/** An alert in one line, without its end. */
export function alertLine(alert: MonitorAlert, output: Output): string {
  const time = new Date(alert.at).toTimeString().slice(0, 8);
  const [tone, text] = describe(alert);
  const sign = tone === "good" ? "✔" : "!";
  return `${paint(output, "quiet", time)} ${paint(output, tone, sign)} ${printableLine(text, longestMessage)}`;
}

function describe(alert: MonitorAlert): readonly [Tone, string] {
  switch (alert.type) {
    case "orphans":
      return ["warn", describeOrphans(alert)];
    case "cleanup-failed":
      return ["bad", `${alert.containerName} could not be removed: ${alert.message}`];
    case "queue-full":
      return ["warn", `the queue of executor ${alert.executorId} is full`];
    case "engine-gone":
      return ["bad", `the Engine is gone: ${alert.message}`];
    case "engine-back":
      return ["good", `the Engine is back after ${formatDuration(alert.goneMs)}`];
    default:
      return alert satisfies never;
  }
}

function describeOrphans({ names, removed }: Extract<MonitorAlert, { readonly type: "orphans" }>): string {
  const more = names.length - namedOrphans;
  const listed = names.slice(0, namedOrphans).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const found = names.length === 1 ? "1 orphan" : `${names.length} orphans`;
  return `${found} found, ${removed} removed: ${listed}`;
}
