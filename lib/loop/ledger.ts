import type { JsonValue } from "../values/types.ts";
import { JournalError } from "./errors.ts";
import type { JournalRecord } from "./journal/records.ts";
import { cap, type Failure, type Outcome, plainFailure } from "./outcome.ts";

/** A candidate that did well. */
export interface Champion {
  readonly index: number;
  readonly id: string;
  readonly code: string;
  readonly meta: JsonValue;
  readonly score: number;
  /** On the inputs that are kept back; null where it was not tried on them. Never told to the proposer. */
  readonly holdout: number | null;
}

/** A candidate that failed; of its code the first 4,000 letters. */
export interface FailedCandidate {
  readonly index: number;
  readonly id: string;
  readonly code: string;
  readonly failure: Failure;
}

/** A candidate without a result yet. */
export interface PendingCandidate {
  readonly index: number;
  readonly id: string;
  readonly code: string;
  readonly meta: JsonValue;
  /** Tries that were begun. */
  readonly attempts: number;
}

/** Where a loop stands, all its processes together. */
export interface LoopCounts {
  /** Different candidates that were proposed. */
  readonly candidates: number;
  /** Those with a score. */
  readonly scored: number;
  /** Those that failed, dead letters among them. */
  readonly failed: number;
  readonly deadLetters: number;
  /** Proposals whose code had been proposed before. */
  readonly repeated: number;
  /** How long the loop has worked, milliseconds. */
  readonly elapsedMs: number;
}

/**
 * What a loop knows. Its records are the only way to change it, so that what is read back from a journal gives what was there when it was
 * written. It keeps the code of the best, of the last that failed, and of those under way; of all others id and score, some 100 bytes.
 */
export interface Ledger {
  /** @returns outcomes that are certain now. @throws JournalError for a record that cannot follow the ones before */
  apply(record: JournalRecord): readonly Outcome[];
  has(id: string): boolean;
  /** The score of an earlier result, null where it failed or is not there yet. */
  scoreOf(id: string): number | null;
  /** In the order in which they were proposed. */
  pending(): readonly PendingCandidate[];
  /** Best first; of two with one score, the one that was proposed first. */
  champions(): readonly Champion[];
  /** Whether a candidate would be the best. */
  wouldLead(candidate: { readonly index: number; readonly score: number }): boolean;
  /** Latest first. */
  failures(): readonly FailedCandidate[];
  counts(): LoopCounts;
}

interface Entry extends PendingCandidate {
  attempts: number;
  /** Proposals of the same code that wait for its result. */
  readonly followers: { readonly index: number; readonly meta: JsonValue }[];
}

const longestFailedCode = 4000;

/** An empty ledger. @param keep how many of the best and of the last failed are kept */
export function createLedger(keep: { readonly champions: number; readonly failures: number }): Ledger {
  const scores = new Map<string, number | null>();
  const pending = new Map<string, Entry>();
  const champions: Champion[] = [];
  const failures: FailedCandidate[] = [];
  const counts = { candidates: 0, scored: 0, failed: 0, deadLetters: 0, repeated: 0, elapsedMs: 0 };

  function propose({ id, index, code, meta }: Extract<JournalRecord, { type: "proposed" }>): void {
    if (scores.has(id) || pending.has(id)) throw new JournalError("this candidate has been proposed before");
    pending.set(id, { id, index, code, meta, attempts: 1, followers: [] });
    counts.candidates++;
  }

  function repeat({ id, index, meta }: Extract<JournalRecord, { type: "repeated" }>): readonly Outcome[] {
    counts.repeated++;
    const score = scores.get(id);
    if (score !== undefined) return [{ index, meta, score }];
    entryOf(id).followers.push({ index, meta });
    return [];
  }

  function entryOf(id: string): Entry {
    const entry = pending.get(id);
    if (entry === undefined)
      throw new JournalError("this candidate was never proposed, or has its result already");
    return entry;
  }

  function settle(
    id: string,
    score: number | null,
  ): { readonly entry: Entry; readonly outcomes: readonly Outcome[] } {
    const entry = entryOf(id);
    pending.delete(id);
    scores.set(id, score);
    const outcomes = [entry, ...entry.followers].map(({ index, meta }) => ({ index, meta, score }));
    return { entry, outcomes };
  }

  function crown(champion: Champion): void {
    champions.push(champion);
    champions.sort(byRank);
    champions.length = Math.min(champions.length, keep.champions);
  }

  function remember({ index, id, code }: Entry, failure: Failure): void {
    counts.failed++;
    failures.unshift({ index, id, code: cap(code, longestFailedCode), failure });
    failures.length = Math.min(failures.length, keep.failures);
  }

  function conclude(record: Extract<JournalRecord, { type: "result" }>): readonly Outcome[] {
    const { id, holdout, failure } = record;
    const score = failure === null ? record.score : null;
    if (failure === null && score === null) throw new JournalError("a result has a score or a failure");
    const { entry, outcomes } = settle(id, score);
    if (failure !== null) remember(entry, failure);
    if (score === null) return outcomes;
    counts.scored++;
    crown({ index: entry.index, id, code: entry.code, meta: entry.meta, score, holdout });
    return outcomes;
  }

  function giveUp({ id, reason }: Extract<JournalRecord, { type: "dead-letter" }>): readonly Outcome[] {
    const { entry, outcomes } = settle(id, null);
    counts.deadLetters++;
    remember(entry, plainFailure("dead-letter", reason));
    return outcomes;
  }

  function apply(record: JournalRecord): readonly Outcome[] {
    if ("elapsedMs" in record) counts.elapsedMs = Math.max(counts.elapsedMs, record.elapsedMs);
    switch (record.type) {
      case "proposed":
        propose(record);
        return [];
      case "attempt":
        entryOf(record.id).attempts = record.attempt;
        return [];
      case "repeated":
        return repeat(record);
      case "result":
        return conclude(record);
      case "dead-letter":
        return giveUp(record);
      case "done":
        return [];
      case "loop":
        throw new JournalError("a second first line");
      default:
        return record satisfies never;
    }
  }

  return {
    apply,
    has: (id) => scores.has(id) || pending.has(id),
    scoreOf: (id) => scores.get(id) ?? null,
    pending: () => [...pending.values()],
    champions: () => [...champions],
    wouldLead: (candidate) => champions[0] === undefined || byRank(candidate, champions[0]) < 0,
    failures: () => [...failures],
    counts: () => ({ ...counts }),
  };
}

type Ranked = Pick<Champion, "score" | "index">;

/** A tie goes to the earlier proposal, so that the order in which runs end does not matter. */
function byRank(left: Ranked, right: Ranked): number {
  return right.score - left.score || left.index - right.index;
}
