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
  /** How often a try was lost, and what with it. */
  readonly lost: { readonly sandbox: number; readonly process: number };
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
 * written. It keeps the code of the best, of the last that failed, and of those under way; of all others id and score, some 150 bytes.
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
  lost: { sandbox: number; process: number };
  /** Proposals of the same code that wait for its result. */
  readonly followers: { readonly index: number; readonly meta: JsonValue }[];
}

const longestFailedCode = 4000;

/** What a ledger is made of. */
interface Books {
  readonly keep: { readonly champions: number; readonly failures: number };
  readonly scores: Map<string, number | null>;
  readonly pending: Map<string, Entry>;
  readonly champions: Champion[];
  readonly failures: FailedCandidate[];
  readonly counts: { -readonly [name in keyof LoopCounts]: number };
}

/** An empty ledger. @param keep how many of the best and of the last failed are kept */
export function createLedger(keep: Books["keep"]): Ledger {
  const counts = { candidates: 0, scored: 0, failed: 0, deadLetters: 0, repeated: 0, elapsedMs: 0 };
  const [scores, pending] = [new Map<string, number | null>(), new Map<string, Entry>()];
  const [champions, failures]: [Champion[], FailedCandidate[]] = [[], []];
  const books: Books = { keep, scores, pending, champions, failures, counts };
  return {
    apply: (record) => apply(books, record),
    has: (id) => scores.has(id) || pending.has(id),
    scoreOf: (id) => scores.get(id) ?? null,
    pending: () => [...pending.values()],
    champions: () => [...champions],
    wouldLead: (candidate) => champions[0] === undefined || byRank(candidate, champions[0]) < 0,
    failures: () => [...failures],
    counts: () => ({ ...counts }),
  };
}

function apply(books: Books, record: JournalRecord): readonly Outcome[] {
  const { counts } = books;
  if ("elapsedMs" in record) counts.elapsedMs = Math.max(counts.elapsedMs, record.elapsedMs);
  switch (record.type) {
    case "proposed":
      propose(books, record);
      return [];
    case "attempt":
      tryAgain(books, record);
      return [];
    case "repeated":
      return repeat(books, record);
    case "result":
      return conclude(books, record);
    case "dead-letter":
      return giveUp(books, record);
    case "done":
    case "closed":
      return [];
    case "loop":
      throw new JournalError("a second first line");
    default:
      return record satisfies never;
  }
}

type RecordOf<T extends JournalRecord["type"]> = Extract<JournalRecord, { readonly type: T }>;

function propose({ scores, pending, counts }: Books, { id, index, code, meta }: RecordOf<"proposed">): void {
  if (scores.has(id) || pending.has(id)) throw new JournalError("this candidate has been proposed before");
  pending.set(id, { id, index, code, meta, attempts: 1, lost: { sandbox: 0, process: 0 }, followers: [] });
  counts.candidates++;
}

function tryAgain(books: Books, { id, attempt, after }: RecordOf<"attempt">): void {
  const entry = entryOf(books, id);
  entry.attempts = attempt;
  entry.lost[after]++;
}

function repeat(books: Books, { id, index, meta }: RecordOf<"repeated">): readonly Outcome[] {
  books.counts.repeated++;
  const score = books.scores.get(id);
  if (score !== undefined) return [{ index, meta, score }];
  entryOf(books, id).followers.push({ index, meta });
  return [];
}

function conclude(
  books: Books,
  { id, score: given, holdout, failure }: RecordOf<"result">,
): readonly Outcome[] {
  const score = failure === null ? given : null;
  if (failure === null && score === null) throw new JournalError("a result has a score or a failure");
  const { entry, outcomes } = settle(books, id, score);
  if (failure !== null) remember(books, entry, failure);
  if (score === null) return outcomes;
  books.counts.scored++;
  const { index, code, meta } = entry;
  crown(books, { index, id, code, meta, score, holdout });
  return outcomes;
}

function giveUp(books: Books, { id, reason }: RecordOf<"dead-letter">): readonly Outcome[] {
  const { entry, outcomes } = settle(books, id, null);
  books.counts.deadLetters++;
  remember(books, entry, plainFailure("dead-letter", reason));
  return outcomes;
}

function settle(
  books: Books,
  id: string,
  score: number | null,
): { readonly entry: Entry; readonly outcomes: readonly Outcome[] } {
  const entry = entryOf(books, id);
  books.pending.delete(id);
  books.scores.set(id, score);
  return { entry, outcomes: [entry, ...entry.followers].map(({ index, meta }) => ({ index, meta, score })) };
}

function entryOf({ pending }: Books, id: string): Entry {
  const entry = pending.get(id);
  if (entry === undefined)
    throw new JournalError("this candidate was never proposed, or has its result already");
  return entry;
}

function crown({ champions, keep }: Books, champion: Champion): void {
  champions.push(champion);
  champions.sort(byRank);
  champions.length = Math.min(champions.length, keep.champions);
}

function remember({ counts, failures, keep }: Books, { index, id, code }: Entry, failure: Failure): void {
  counts.failed++;
  failures.unshift({ index, id, code: cap(code, longestFailedCode), failure });
  failures.length = Math.min(failures.length, keep.failures);
}

type Ranked = Pick<Champion, "score" | "index">;

/** A tie goes to the earlier proposal, so that the order in which runs end does not matter. */
function byRank(left: Ranked, right: Ranked): number {
  return right.score - left.score || left.index - right.index;
}
