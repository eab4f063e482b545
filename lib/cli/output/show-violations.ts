import type { FileReport } from "../../validator/sarif.ts";
import type { Violation } from "../../validator/violation.ts";
import { printableLine } from "./printable.ts";
import { type Output, paint } from "./terminal.ts";
import { displayWidth } from "./text-table.ts";

const widestSource = 160;

/** What was found in a file, each with its line and a caret below it. */
export function violationLines(
  { file, ok, violations }: FileReport,
  source: string,
  output: Output,
): string[] {
  if (ok) return [`${paint(output, "good", "✔")} ${printableLine(file, 200)}`];
  const lines = source.split("\n");
  return violations.flatMap((violation) => [
    `${paint(output, "bad", "✖")} ${printableLine(file, 200)}:${violation.line}:${violation.column} ${paint(output, "strong", violation.rule)} ${violation.message}`,
    ...quote(violation, lines[violation.line - 1] ?? "", output),
  ]);
}

/** The part of the line around the violation, and carets under it. */
function quote({ column, line, endLine, endColumn }: Violation, text: string, output: Output): string[] {
  const from = Math.max(0, column - 1 - widestSource / 2);
  const before = printableLine(text.slice(from, column - 1), widestSource);
  const end = endLine === line ? endColumn - 1 : text.length;
  const marked = printableLine(text.slice(column - 1, Math.min(end, from + widestSource)), widestSource);
  const after = printableLine(
    text.slice(Math.min(end, from + widestSource), from + widestSource),
    widestSource,
  );
  const carets = `${" ".repeat(displayWidth(before))}${"^".repeat(Math.max(1, displayWidth(marked)))}`;
  return [`    ${before}${marked}${after}`, `    ${paint(output, "bad", carets)}`];
}
