import type { JsonValue } from "../values/types.ts";
import type { Champion, LoopCounts } from "./ledger.ts";
import type { Failure } from "./outcome.ts";

/** Why a loop came to its end: its budget of candidates or time is used up, the proposer has no more, or only repeats itself. */
export type DoneReason = "candidates" | "time" | "exhausted" | "repeats";

/** What a loop tells while it works. What is told is in the journal already. */
export type LoopEvent =
  /** The first: what the journal held, all 0 where it is new. */
  | { readonly type: "resumed"; readonly counts: LoopCounts; readonly pending: number }
  | { readonly type: "proposed"; readonly index: number; readonly id: string }
  /** A proposal whose code had been proposed before; `score` is null where that failed or has not ended yet. */
  | { readonly type: "repeated"; readonly index: number; readonly id: string; readonly score: number | null }
  | {
      readonly type: "result";
      readonly index: number;
      readonly id: string;
      /** What the proposer gave along with the code. */
      readonly meta: JsonValue;
      /** Null where it failed. */
      readonly score: number | null;
      readonly holdout: number | null;
      readonly failure: Failure | null;
      /** True where it is the best so far. */
      readonly isBest: boolean;
      readonly counts: LoopCounts;
    }
  | {
      readonly type: "dead-letter";
      readonly index: number;
      readonly id: string;
      readonly attempts: number;
      readonly reason: string;
      readonly counts: LoopCounts;
    }
  /** A run was lost and is tried again: `attempt` counts where the code may be why, and is null where the sandbox was not ready. */
  | {
      readonly type: "retry";
      readonly index: number;
      readonly attempt: number | null;
      readonly reason: string;
    }
  /** The proposer failed and is asked again. */
  | { readonly type: "propose-failed"; readonly index: number; readonly message: string }
  /** The last. */
  | { readonly type: "done"; readonly summary: LoopSummary };

/** What came of a loop. */
export interface LoopSummary {
  readonly reason: DoneReason;
  readonly counts: LoopCounts;
  /** Best first. */
  readonly champions: readonly Champion[];
}
