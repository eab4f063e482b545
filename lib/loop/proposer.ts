import type { JsonValue } from "../values/types.ts";
import type { Champion, FailedCandidate, LoopCounts } from "./ledger.ts";
import type { Outcome } from "./outcome.ts";

/** What a proposer is told: never anything of the inputs that are kept back. */
export interface ProposeContext {
  /** The proposal's number, from 0 on. After a resumption the numbers go on; one whose proposal was lost is asked for again. */
  readonly index: number;
  /** The best so far, best first. */
  readonly champions: readonly Omit<Champion, "holdout">[];
  /** The last that failed, latest first, each with its verdict and where it went wrong. */
  readonly failures: readonly FailedCandidate[];
  readonly counts: LoopCounts;
  /** Aborts where no proposal is wanted any more. */
  readonly signal: AbortSignal;
}

/** Code to try, and what the proposer wants to be told again along with its outcome: small, it is kept in the journal. */
export type Proposal = string | { readonly code: string; readonly meta?: JsonValue };

/** Gives the next code to try, or null where there is no more. Called for several indexes at a time. */
export type Propose = (context: ProposeContext) => Promise<Proposal | null> | Proposal | null;

/** A proposer that is told every outcome, those of earlier processes first. */
export interface Proposer {
  readonly propose: Propose;
  readonly observe?: (outcome: Outcome) => void;
}
