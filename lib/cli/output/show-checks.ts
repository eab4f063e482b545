import type { CheckResult, CheckStatus } from "../../doctor/check.ts";
import { printableLine } from "./printable.ts";
import { type Output, paint, type Tone } from "./terminal.ts";

const marks: Readonly<Record<CheckStatus, readonly [string, Tone]>> = {
  ok: ["✔", "good"],
  warning: ["!", "warn"],
  failure: ["✖", "bad"],
};

/** A check list for people, with what to do under each line that needs it. */
export function checkLines(results: readonly CheckResult[], output: Output): string[] {
  const width = Math.max(0, ...results.map(({ title }) => title.length));
  return results.flatMap(({ title, status, found, advice }) => {
    const [mark, tone] = marks[status];
    const line = `${paint(output, tone, mark)} ${title.padEnd(width)}  ${printableLine(found, 300)}`;
    return advice === null ? [line] : [line, `  ${" ".repeat(width)}  ${paint(output, tone, `→ ${advice}`)}`];
  });
}
