import { formatDuration, formatSize } from "../../config/units.ts";
import type { RunResult, Usage } from "../../verdict.ts";
import type { CliContext } from "../context.ts";
import { printable, printableLine } from "./printable.ts";
import { showValue } from "./show-value.ts";
import { violationLines } from "./show-violations.ts";
import { type Output, paint } from "./terminal.ts";

const shownRows = 10;
const shownViolations = 10;

/** What a result is shown with. */
export interface ShownBeside {
  /** Where artifacts were written; null for nowhere. */
  readonly folder?: string | null;
  /** The code, whose lines violations quote. */
  readonly source?: { readonly fileName: string; readonly text: string } | null;
}

/** A result for people: values on stdout; the verdict, the traceback and what became of the container on stderr. */
export async function showResult(
  result: RunResult,
  { out, err }: CliContext,
  { folder = null, source = null }: ShownBeside = {},
): Promise<void> {
  if (!result.stdout.endsWith("\n") && result.stdout !== "") await out.write("\n");
  for (const [name, value] of Object.entries(result.values)) {
    const lines = showValue(printableLine(name, 80), value, {
      maxRows: shownRows,
      maxWidth: Math.max(40, out.columns - 2),
    });
    await out.write(`${lines.join("\n")}\n`);
  }
  const lines = [
    ...tracebackLines(result),
    ...artifactLines(result, folder),
    ...(source === null || result.violations.length === 0
      ? []
      : violationLines(
          { file: source.fileName, ok: false, violations: result.violations.slice(0, shownViolations) },
          source.text,
          err,
        )),
    verdictLine(result, err),
    ...afterwards(result, err),
  ];
  await err.write(`${lines.join("\n")}\n`);
}

function tracebackLines({ exception }: RunResult): string[] {
  return exception === null ? [] : [printable(exception.traceback.trimEnd())];
}

function artifactLines({ artifacts, droppedArtifacts }: RunResult, folder: string | null): string[] {
  const where = folder === null ? "use --out DIR to keep it" : `written to ${folder}`;
  return [
    ...artifacts.map(
      ({ path, bytes }) => `artifact ${printableLine(path, 200)}: ${formatSize(bytes.length)}, ${where}`,
    ),
    ...droppedArtifacts.map(
      ({ path, reason }) => `artifact ${printableLine(path, 200)}: left behind (${reason})`,
    ),
  ];
}

function verdictLine(result: RunResult, output: Output): string {
  const isGood = result.status === "ok";
  const mark = paint(output, isGood ? "good" : "bad", `${isGood ? "✔" : "✖"} ${result.status}`);
  return `${mark}: ${printableLine(result.message, 500)}`;
}

/** The most that there was, and how much of it was the code's own. */
function memoryText({ maxRssBytes, peakMemoryBytes, containerPeakBytes }: Usage): string {
  const most = containerPeakBytes ?? maxRssBytes;
  if (most === null) return "";
  return peakMemoryBytes === null
    ? `${formatSize(most)} at most`
    : `${formatSize(most)} at most (${formatSize(peakMemoryBytes)} by the code)`;
}

/** What it took, and what is left. */
function afterwards({ usage, timings, cleanup, missing, evidence }: RunResult, output: Output): string[] {
  const isDirect = evidence.start === "direct";
  const parts = [
    usage.userCpuMs === null ? "" : `${formatDuration(usage.userCpuMs + (usage.systemCpuMs ?? 0))} CPU`,
    memoryText(usage),
    `${formatDuration(timings.totalMs)} in all`,
    cleanup?.isConfirmed === true && cleanup.strategy !== "none"
      ? `${isDirect ? "processes and folder" : "container"} gone`
      : "",
  ].filter((part) => part !== "");
  const lines = [paint(output, "quiet", `  ${parts.join(", ")}`)];
  if (missing.length > 0)
    lines.push(paint(output, "warn", `  not defined by the code: ${missing.join(", ")}`));
  if (cleanup !== null && !cleanup.isConfirmed) {
    const why = cleanup.attempts.at(-1)?.message ?? "unknown";
    lines.push(
      paint(
        output,
        "bad",
        `  ${isDirect ? "not all is gone" : "the container could not be removed"}: ${printableLine(why, 300)}`,
      ),
    );
  }
  return lines;
}
