import type { RuleId } from "../validator/violation.ts";
import type { JsonValue } from "../values/types.ts";
import { type RunResult, type RunStatus, runStatuses } from "../verdict.ts";

/**
 * How a candidate failed: as its run did; `unscored` where its score could not be worked out; `disqualified` where it did not hold on the
 * inputs that are kept back; `dead-letter` where the sandbox failed at it again and again.
 */
export type FailureStatus = Exclude<RunStatus, "ok"> | "unscored" | "disqualified" | "dead-letter";

/** All of {@link FailureStatus}. */
export const failureStatuses: readonly FailureStatus[] = [
  ...runStatuses.filter((status) => status !== "ok"),
  "unscored",
  "disqualified",
  "dead-letter",
];

/** Why a candidate failed, short enough to be told to whoever proposes the next. Texts of the code are capped. */
export interface Failure {
  readonly status: FailureStatus;
  readonly message: string;
  /** Class name of the exception that ended the code, if one did. */
  readonly exceptionType: string | null;
  /** 1-based line of the code, or null. */
  readonly line: number | null;
  /** The first five of what the validator refused, each with what to write instead. */
  readonly violations: readonly { readonly rule: RuleId; readonly line: number; readonly message: string }[];
}

/** What became of a proposal, as its proposer may know it: nothing of inputs that are kept back. */
export interface Outcome {
  /** The proposal's number, from 0 on. */
  readonly index: number;
  /** What the proposer gave along with the code. */
  readonly meta: JsonValue;
  /** Null where it failed. */
  readonly score: number | null;
}

const mostViolations = 5;
const longestMessage = 400;
const longestType = 100;

/** A failure without a place in the code. */
export function plainFailure(status: FailureStatus, message: string): Failure {
  return { status, message: cap(message, longestMessage), exceptionType: null, line: null, violations: [] };
}

/** Why a run failed; null where it went well. */
export function toFailure({ status, message, exception, violations }: RunResult): Failure | null {
  if (status === "ok") return null;
  return {
    status,
    message: cap(exception?.message ?? message, longestMessage),
    exceptionType: exception === null ? null : cap(exception.type, longestType),
    line: exception?.line ?? violations[0]?.line ?? null,
    violations: violations.slice(0, mostViolations).map((violation) => ({
      rule: violation.rule,
      line: violation.line,
      message: cap(violation.message, longestMessage),
    })),
  };
}

/** At most so many letters, none of them half a surrogate pair. */
export function cap(text: string, longest: number): string {
  return text.length <= longest ? text.toWellFormed() : `${text.slice(0, longest - 1).toWellFormed()}…`;
}
