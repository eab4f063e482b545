import { askForCandidate } from "./ask.ts";
import { hashOf } from "./candidate-id.ts";
import { createChannel } from "./channel.ts";
import type { LoopEvent, LoopSummary } from "./events.ts";
import { createIndexes } from "./indexes.ts";
import { type Journal, noJournal, openJournal } from "./journal/journal.ts";
import type { JournalRecord } from "./journal/records.ts";
import { createLedger } from "./ledger.ts";
import { type LoopOptions, type LoopSettings, resolveLoopOptions } from "./options.ts";
import { endWith, type Session } from "./session.ts";
import { settle } from "./settle.ts";

/** A loop that proposes, runs and scores until its budget is used up. It works once, by iterating or by `run()`. */
export interface Loop extends AsyncIterable<LoopEvent> {
  /**
   * Works to the end.
   *
   * @throws JournalError, ConfigError for what cannot be used, the proposer's or the sandbox's error where it fails again and again, the
   * signal's reason where it aborts. What is in the journal then stays, and a further loop goes on from there.
   */
  run(): Promise<LoopSummary>;
}

/** Events that wait for a slow reader before the workers do. */
const eventRoom = 64;

/**
 * A loop: asks `propose` for code, runs it, scores what comes back, and tells the proposer of the best and of what went wrong. With a
 * journal it survives SIGKILL: a further loop with the same options goes on, repeats no candidate and loses none. A candidate is its code:
 * what was proposed before is not run again, and its earlier result counts. Leaving the iteration cancels what still runs.
 *
 * @throws ConfigError for options that cannot be used.
 * @example
 * await using executor = createExecutor({ pool: { size: 2, preload: ["pandas"] } });
 * const loop = createLoop({
 *   executor,
 *   propose: ({ index }) => `result = ${index} * (10 - ${index})`,
 *   score: ({ values }) => Number(values.result),
 *   budget: { candidates: 11 },
 *   journal: "loop.jsonl",
 * });
 * const { champions } = await loop.run(); // champions[0].code is "result = 5 * (10 - 5)"
 */
export function createLoop(options: LoopOptions): Loop {
  const settings = resolveLoopOptions(options);
  let isUsed = false;
  const begin = (): AsyncGenerator<LoopEvent, void, undefined> => {
    if (isUsed) throw new TypeError("a loop works once; create another one to resume");
    isUsed = true;
    return work(settings);
  };
  return {
    [Symbol.asyncIterator]: begin,
    async run() {
      let summary: LoopSummary | null = null;
      for await (const event of begin()) if (event.type === "done") summary = event.summary;
      if (summary === null) throw new Error("the loop ended without a summary");
      return summary;
    },
  };
}

async function* work(settings: LoopSettings): AsyncGenerator<LoopEvent, void, undefined> {
  const { signal } = settings;
  signal?.throwIfAborted();
  const session = await openSession(settings);
  const onAbort = (): void => leave(session, signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = startTimer(session);
  const working = workToEnd(session);
  try {
    yield* session.channel.read();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    leave(session, new DOMException("nobody reads on", "AbortError"));
    await working;
    await closeJournal(session);
  }
}

async function openSession(settings: LoopSettings): Promise<Session> {
  const { inputs, returns, limits, identity: given, holdout } = settings;
  const identity = hashOf([given, JSON.stringify([returns, limits]), inputs, holdout?.inputs ?? {}]);
  const ledger = createLedger(settings);
  const indexes = createIndexes();
  let isChanged = true;
  const onRecord = (record: JournalRecord): void => {
    isChanged = record.type !== "done" && record.type !== "closed";
    if ("index" in record) indexes.mark(record.index);
    for (const outcome of ledger.apply(record)) settings.proposer.observe?.(outcome);
  };
  const journal: Journal =
    settings.journal === null ? noJournal : await openJournal(settings.journal, { identity, onRecord });
  const beforeMs = ledger.counts().elapsedMs;
  const startedAt = performance.now();
  return {
    ...{ settings, identity, ledger, indexes, journal },
    channel: createChannel(eventRoom),
    resumed: [...ledger.pending()],
    isAfterCrash: isChanged,
    ending: new AbortController(),
    stopping: new AbortController(),
    reason: null,
    proposing: 0,
    repeats: 0,
    proposalTroubles: 0,
    sandboxTroubles: 0,
    isChanged,
    isLeft: false,
    elapsedMs: () => Math.round(beforeMs + performance.now() - startedAt),
  };
}

/** Longer timers would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

function startTimer(session: Session): NodeJS.Timeout {
  const leftMs = session.settings.budget.timeMs - session.elapsedMs();
  const timer = setTimeout(
    () => {
      if (leftMs <= longestTimerMs) endWith(session, "time");
    },
    Math.min(Math.max(0, leftMs), longestTimerMs),
  );
  return timer.unref();
}

/** Never rejects: what goes wrong is the reader's. */
async function workToEnd(session: Session): Promise<void> {
  const { settings, channel, ledger } = session;
  try {
    await channel.push({ type: "resumed", counts: ledger.counts(), pending: session.resumed.length });
    const workers = Array.from({ length: settings.concurrency }, () => workOn(session));
    await Promise.all(workers.map((worker) => worker.catch((error: unknown) => stop(session, error))));
    if (session.stopping.signal.aborted) return;
    await channel.push({ type: "done", summary: await conclude(session) });
    channel.end();
  } catch (error) {
    stop(session, error);
  }
}

/** One after another: first what an earlier process left, then what the proposer gives. */
async function workOn(session: Session): Promise<void> {
  while (!session.stopping.signal.aborted) {
    const left = session.resumed.shift();
    const candidate = left ?? (await askForCandidate(session));
    if (candidate === null) return;
    await settle(session, candidate, left !== undefined && session.isAfterCrash);
  }
}

async function conclude(session: Session): Promise<LoopSummary> {
  const { ledger, journal } = session;
  const reason = session.reason ?? "candidates";
  if (session.isChanged) await journal.append({ type: "done", reason, elapsedMs: session.elapsedMs() });
  session.isChanged = false;
  return {
    reason,
    counts: { ...ledger.counts(), elapsedMs: session.elapsedMs() },
    champions: ledger.champions(),
  };
}

/** Drops all, by nobody's fault. */
function leave(session: Session, reason: unknown): void {
  if (!session.stopping.signal.aborted) session.isLeft = true;
  stop(session, reason);
}

async function closeJournal({ journal, isLeft, isChanged, elapsedMs }: Session): Promise<void> {
  try {
    if (isLeft && isChanged) await journal.append({ type: "closed", elapsedMs: elapsedMs() });
  } finally {
    await journal.close();
  }
}

/** Drops all; the first cause counts. */
function stop(session: Session, error: unknown): void {
  session.channel.end({ error });
  session.ending.abort(error);
  session.stopping.abort(error);
}
