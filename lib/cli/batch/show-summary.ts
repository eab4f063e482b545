import { formatDuration } from "../../config/units.ts";
import { printableLine } from "../output/printable.ts";
import { type Output, paint } from "../output/terminal.ts";
import { type Alignment, alignTable } from "../output/text-table.ts";
import type { StatusCount, Tally } from "./tally.ts";

/** A batch in words: a table of how its jobs ended and how long they took, and below it what is worth a look. */
export function summaryLines(
  tally: Tally,
  { elapsedMs, output }: { readonly elapsedMs: number; readonly output: Output },
): string[] {
  const counts = tally.counts();
  const times = counts.flatMap((count) => count.times).sort((left, right) => left - right);
  const { warm, cold, direct } = tally.starts();
  const without = direct > 0 ? `, ${direct} without a container` : "";
  const afterwards = [
    `${times.length} job${times.length === 1 ? "" : "s"} in ${formatDuration(elapsedMs)}`,
    ...(times.length > 0 ? [`${warm} warm, ${cold} cold${without}`] : []),
  ];
  const slowest = tally.slowest().map(({ id, ms }) => `${printableLine(id, 60)} (${formatDuration(ms)})`);
  const left = tally.left();
  return [
    ...(counts.length > 0 ? table(counts, times) : []),
    paint(output, "quiet", `  ${afterwards.join("; ")}`),
    ...(slowest.length > 0 ? [paint(output, "quiet", `  slowest: ${slowest.join(", ")}`)] : []),
    ...(left > 0 ? [paint(output, "bad", `  ${left} containers could not be removed; see brigbox ps`)] : []),
  ];
}

function table(counts: readonly StatusCount[], times: readonly number[]): string[] {
  const earlier = counts.reduce((sum, count) => sum + count.earlier, 0);
  const columns: readonly (readonly [string, Alignment, (count: Row) => string])[] = [
    ["STATUS", "left", ({ name }) => name],
    ["JOBS", "right", (count) => String(count.times.length)],
    ...(earlier > 0 ? [["BEFORE", "right", (count: Row) => String(count.earlier)] as const] : []),
    ["MEDIAN", "right", (count) => timeAt(count.times, 0.5)],
    ["90 %", "right", (count) => timeAt(count.times, 0.9)],
    ["LONGEST", "right", (count) => timeAt(count.times, 1)],
  ];
  const rows: Row[] = counts.map(({ status, ...count }) => ({ name: status, ...count }));
  if (rows.length > 1) rows.push({ name: "in all", times, earlier });
  return alignTable(
    [columns.map(([head]) => head), ...rows.map((row) => columns.map(([, , cell]) => cell(row)))],
    columns.map(([, alignment]) => alignment),
  );
}

interface Row {
  readonly name: string;
  readonly times: readonly number[];
  readonly earlier: number;
}

/** The time below which so large a part of them lies. */
function timeAt(times: readonly number[], part: number): string {
  const time = times[Math.max(0, Math.ceil(times.length * part) - 1)];
  return time === undefined ? "" : formatDuration(time);
}
