import type { Timings } from "../../verdict.ts";
import { type Output, paint } from "./terminal.ts";
import { alignTable } from "./text-table.ts";

/** Phases in the order in which they take place. */
const phases: readonly (readonly [name: string, key: Exclude<keyof Timings, "totalMs">])[] = [
  ["validate", "validateMs"],
  ["queue", "queueMs"],
  ["create", "createMs"],
  ["start", "startMs"],
  ["ready", "readyMs"],
  ["run", "runMs"],
  ["collect", "collectMs"],
  ["cleanup", "cleanupMs"],
];

const leastBar = 8;
const mostBar = 60;

/**
 * Where the time of a run went. On a terminal a line for each phase, whose bar stands where the phase lies in the whole; elsewhere one line
 * of words and numbers.
 */
export function timingLines(timings: Timings, output: Output): string[] {
  return output.isTerminal ? chart(timings, output) : [sentence(timings)];
}

function sentence(timings: Timings): string {
  const parts = phases.map(([name, key]) => `${name} ${inMs(timings[key])}`);
  return `timings: ${parts.join(", ")}; ${inMs(timings.totalMs)} in all`;
}

function chart(timings: Timings, output: Output): string[] {
  const rows = [
    ...phases.map(([name, key]) => [name, inMs(timings[key])]),
    ["in all", inMs(timings.totalMs)],
  ];
  const heads = alignTable(rows, ["left", "right"]).map((line) => `  ${line}`);
  const headWidth = Math.max(...heads.map(({ length }) => length));
  const room = Math.min(mostBar, output.columns - headWidth - 3);
  if (room < leastBar) return heads;
  // What lies between the phases belongs to none of them, so their sum is the measure, and the bars fill the width.
  const sum = phases.reduce((total, [, key]) => total + timings[key], 0);
  let before = 0;
  return heads.map((head, row) => {
    const key = phases[row]?.[1];
    if (key === undefined) return head;
    const bar = drawSpan(before, before + timings[key], { whole: sum, room });
    before += timings[key];
    return bar === "" ? head : `${head.padEnd(headWidth)}  ${paint(output, "good", bar)}`;
  });
}

/** Spaces up to where it begins, then a block for each cell it covers: a whole phase is seen, however short. */
function drawSpan(
  from: number,
  to: number,
  { whole, room }: { readonly whole: number; readonly room: number },
): string {
  if (to <= from || whole <= 0) return "";
  const first = Math.min(room - 1, Math.round((from / whole) * room));
  const length = Math.round((to / whole) * room) - first;
  return " ".repeat(first) + (length > 0 ? "█".repeat(length) : "▏");
}

function inMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
