import type { Violation } from "../validator/violation.ts";
import type { RunResult, SessionCell } from "../verdict.ts";
import { nothingToClean } from "./cleanup.ts";
import { noTime, nothingUsed } from "./nothing.ts";
import type { RunHandle } from "./run-handle.ts";

/** A run that is over before it began: the validator refused the code, and no container was made. */
export function rejectedRun(
  runId: string,
  violations: readonly Violation[],
  { validateMs, session = null }: { readonly validateMs: number; readonly session?: SessionCell | null },
): RunHandle {
  return {
    runId,
    output: { [Symbol.asyncIterator]: nothing },
    result: Promise.resolve({ ...rejectedResult(runId, violations, validateMs), session }),
    cleaned: Promise.resolve(nothingToClean),
    stats: () => ({ [Symbol.asyncIterator]: nothing }),
    cancel: () => undefined,
  };
}

async function* nothing(): AsyncGenerator<never, void, undefined> {}

function rejectedResult(runId: string, violations: readonly Violation[], validateMs: number): RunResult {
  return {
    runId,
    status: "rejected",
    message: summary(violations),
    violations,
    values: {},
    missing: [],
    exception: null,
    stdout: "",
    stderr: "",
    artifacts: [],
    droppedArtifacts: [],
    auditEvents: [],
    evidence: {
      cause: "violation",
      limit: null,
      exitCode: null,
      signal: null,
      oomKills: null,
      containerExitCode: null,
      engineOom: null,
      containerId: null,
      containerName: null,
      start: null,
      image: null,
      python: null,
    },
    usage: nothingUsed,
    timings: { ...noTime, validateMs, totalMs: validateMs },
    cleanup: null,
    isolation: "none",
    session: null,
  };
}

function summary(violations: readonly Violation[]): string {
  const [first] = violations;
  if (first === undefined) return "the validator refused the code";
  const others = violations.length - 1;
  const more = others === 0 ? "" : `, and ${others} more`;
  return `line ${first.line}: ${first.message} (${first.rule})${more}`;
}
