import { formatDuration } from "../../config/units.ts";
import type { LoopEvent } from "../../loop/events.ts";
import type { Champion, LoopCounts } from "../../loop/ledger.ts";
import type { JsonValue } from "../../values/types.ts";
import { printableLine } from "./printable.ts";
import { type Output, paint } from "./terminal.ts";
import { alignTable } from "./text-table.ts";

/** The champions as a table. */
export function championLines(champions: readonly Champion[], columns: number): readonly string[] {
  if (champions.length === 0) return ["no candidate has a score"];
  const head = ["", "SCORE", "KEPT BACK", "CANDIDATE", ""];
  const rows = champions.map(({ score, holdout, index, meta }, place) => [
    String(place + 1),
    formatScore(score),
    holdout === null ? "" : formatScore(holdout),
    `#${index}`,
    metaText(meta),
  ]);
  return alignTable([head, ...rows], ["right", "right", "right", "left", "left"]).map((line) =>
    cut(line, columns),
  );
}

/** Where a loop stands, in one line. */
export function countsLine({
  candidates,
  scored,
  failed,
  deadLetters,
  repeated,
  elapsedMs,
}: LoopCounts): string {
  const parts = [
    `${candidates} candidate${candidates === 1 ? "" : "s"}`,
    `${scored} scored`,
    `${failed} failed`,
    ...(deadLetters === 0 ? [] : [`${deadLetters} of them dead letters`]),
    ...(repeated === 0 ? [] : [`${repeated} repeated`]),
    formatDuration(elapsedMs),
  ];
  return parts.join(", ");
}

/** One event in one line; null for what goes without saying. */
export function eventLine(event: LoopEvent, output: Output): string | null {
  switch (event.type) {
    case "resumed":
      return event.counts.candidates === 0
        ? null
        : `resumed: ${countsLine(event.counts)}; ${event.pending} to be run again`;
    case "result":
      return resultLine(event, output);
    case "dead-letter":
      return `${paint(output, "bad", "✖")} #${event.index} dead letter: ${printableLine(event.reason, 300)}`;
    case "retry":
      return `${paint(output, "warn", "!")} #${event.index} is run again: ${printableLine(event.reason, 300)}`;
    case "propose-failed":
      return `${paint(output, "warn", "!")} #${event.index} was not proposed: ${printableLine(event.message, 300)}`;
    case "proposed":
    case "repeated":
    case "done":
      return null;
    default:
      return event satisfies never;
  }
}

function resultLine(event: Extract<LoopEvent, { type: "result" }>, output: Output): string {
  const { index, score, holdout, failure, isBest, meta } = event;
  if (failure !== null || score === null) {
    const { status = "error", message = "" } = failure ?? {};
    const type = failure?.exceptionType == null ? "" : `${failure.exceptionType}: `;
    return `${paint(output, "bad", "✖")} #${index} ${status}: ${printableLine(`${type}${message}`, 200)}`;
  }
  const parts = [
    formatScore(score),
    ...(holdout === null ? [] : [`kept back ${formatScore(holdout)}`]),
    metaText(meta),
  ];
  const best = isBest ? ` ${paint(output, "strong", "best")}` : "";
  return `${paint(output, "good", "✔")} #${index}${best} ${parts.filter((part) => part !== "").join("  ")}`;
}

/** Four digits tell candidates apart. */
function formatScore(score: number): string {
  const size = Math.abs(score);
  return size !== 0 && (size < 0.001 || size >= 1e6)
    ? score.toExponential(3)
    : String(Number(score.toPrecision(4)));
}

/** Parameters as `LOOKBACK 12, HELD 2`. */
function metaText(meta: JsonValue): string {
  if (meta === null) return "";
  if (typeof meta !== "object" || Array.isArray(meta)) return printableLine(String(meta), 60);
  const parts = Object.entries(meta).map(
    ([name, value]) => `${name} ${typeof value === "object" ? "…" : value}`,
  );
  return printableLine(parts.join(", "), 160);
}

function cut(line: string, columns: number): string {
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}
