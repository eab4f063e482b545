import type { FailedCandidate } from "../ledger.ts";
import { cap } from "../outcome.ts";
import type { ProposeContext } from "../proposer.ts";

/** How much of what is told may be code of one candidate, and how many are told of, letters. */
const longestCode = 8000;
const mostChampions = 3;
const mostFailures = 5;
const longestPrompt = 60_000;

const rules = `Answer with one whole Python program in one fenced block that begins with \`\`\`python, and nothing that matters outside of it.
It runs in a sandbox without network and files, with numpy and pandas, within limits of time and memory. Its inputs are globals already; do not
read them from files. Imports other than numpy, pandas and the standard library's harmless parts are refused, as are eval, exec, open, and
private attributes.`;

/** What a model is told first, whatever it is asked for. */
export function systemPrompt(task: string): string {
  return `${task.trim()}\n\n${rules}`;
}

/**
 * What a model is told of the search so far: the best with their scores, the last that failed with verdict and place. All within a cap. Texts in
 * it come of code that ran, so a model may be talked to by what it wrote itself; it can still only answer with code for the sandbox.
 */
export function feedbackPrompt({
  champions,
  failures,
}: Pick<ProposeContext, "champions" | "failures">): string {
  const parts = [
    champions.length === 0
      ? "There is no candidate with a score yet."
      : "The best so far, by score (more is better):",
    ...champions
      .slice(0, mostChampions)
      .map(({ score, code }) => `Score ${score.toPrecision(6)}:\n${fenced(cap(code, longestCode))}`),
    ...(failures.length === 0 ? [] : ["The last that failed, so that you do not repeat it:"]),
    ...failures.slice(0, mostFailures).map(tellFailure),
    "Propose a candidate that differs from all of these and scores higher.",
  ];
  return cap(parts.join("\n\n"), longestPrompt);
}

function tellFailure({ code, failure }: FailedCandidate): string {
  const { status, message, exceptionType, line, violations } = failure;
  const what = exceptionType === null ? message : `${exceptionType}: ${message}`;
  const where = line === null ? "" : ` (line ${line})`;
  const refused = violations.map((violation) => `- line ${violation.line}: ${violation.message}`);
  return [`${status}${where}: ${what}`, ...refused, fenced(cap(code, longestCode))].join("\n");
}

/** A fence longer than any in the code. */
function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}python\n${code.trimEnd()}\n${fence}`;
}
