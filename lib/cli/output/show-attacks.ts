import type { AttackResult } from "../../doctor/attack/attack-jail.ts";
import { printableLine } from "./printable.ts";
import { type Output, paint, type Tone } from "./terminal.ts";
import { alignTable } from "./text-table.ts";

const marks: Readonly<Record<AttackResult["outcome"], readonly [string, Tone]>> = {
  stopped: ["✔", "good"],
  through: ["✖", "bad"],
  unknown: ["?", "warn"],
};

/** The attacks as a table: what was tried, what had to come of it, what came. A line at the end sums up. */
export function attackLines(results: readonly AttackResult[], output: Output): string[] {
  const rows = results.map(({ title, expected, outcome, seen }) => [
    title,
    expected,
    outcome === "stopped" ? printableLine(seen, 80) : `${outcome}: ${printableLine(seen, 160)}`,
  ]);
  const table = alignTable([["attack", "expected", "seen"], ...rows], ["left", "left", "left"]);
  const lines = table.map((line, row) => {
    const [mark, tone] = marks[results[row - 1]?.outcome ?? "unknown"];
    return row === 0 ? paint(output, "quiet", `  ${line}`) : `${paint(output, tone, mark)} ${line}`;
  });
  return [...lines, summary(results)];
}

function summary(results: readonly AttackResult[]): string {
  const count = (outcome: AttackResult["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  const through = count("through");
  const end =
    through === 0 ? "none got through" : `${through} got through: do not run foreign code in this jail`;
  const unknown = count("unknown") === 0 ? "" : `, ${count("unknown")} could not be tried`;
  return `${results.length} attacks, ${count("stopped")} stopped${unknown}, ${end}`;
}
