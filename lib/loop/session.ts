import type { Channel } from "./channel.ts";
import type { DoneReason, LoopEvent } from "./events.ts";
import type { Indexes } from "./indexes.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalRecord } from "./journal/records.ts";
import type { Ledger, PendingCandidate } from "./ledger.ts";
import type { LoopSettings } from "./options.ts";

/** What the workers of one loop share. */
export interface Session {
  readonly settings: LoopSettings;
  /** Stands for the inputs and all else that results depend on. */
  readonly identity: string;
  readonly ledger: Ledger;
  readonly indexes: Indexes;
  readonly journal: Journal;
  readonly channel: Channel<LoopEvent>;
  /** Candidates of earlier processes that have no result. */
  readonly resumed: PendingCandidate[];
  /** Whether the process before went down in the middle. */
  readonly isAfterCrash: boolean;
  /** Aborts where nothing new is begun. */
  readonly ending: AbortController;
  /** Aborts where all is dropped. */
  readonly stopping: AbortController;
  /** Why nothing new is begun. */
  reason: DoneReason | null;
  /** Proposals under way. */
  proposing: number;
  /** In a row. */
  repeats: number;
  proposalTroubles: number;
  sandboxTroubles: number;
  /** False as long as the journal ends with `done` or `closed`. */
  isChanged: boolean;
  /** What was left in the middle, but in order: by the signal, or by a reader who went away. */
  isLeft: boolean;
  /** How long the loop has worked, all its processes together, milliseconds. */
  elapsedMs(): number;
}

/**
 * What happened: it counts from now on for all that comes after it in the journal, and for the world once this resolves. In one go, so that
 * no two workers can propose the same.
 */
export async function commit(session: Session, record: JournalRecord): Promise<void> {
  const outcomes = session.ledger.apply(record);
  session.isChanged = true;
  await session.journal.append(record);
  for (const outcome of outcomes) session.settings.proposer.observe?.(outcome);
}

/** Nothing new is begun from now on; the first reason counts. */
export function endWith(session: Session, reason: DoneReason): void {
  session.reason ??= reason;
  session.ending.abort(new DOMException("no further proposal is wanted", "AbortError"));
}
