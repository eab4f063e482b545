import { QueueFullError, SandboxError } from "../errors.ts";
import { backOff } from "./backoff.ts";
import { evaluate, LostRun } from "./evaluate.ts";
import type { PendingCandidate } from "./ledger.ts";
import type { LoopSettings } from "./options.ts";
import { cap } from "./outcome.ts";
import { commit, type Session } from "./session.ts";

/** How a try of a candidate went wrong; `mayBeCode` where the code may be why. */
interface Trouble {
  readonly reason: string;
  readonly mayBeCode: boolean;
  readonly error: unknown;
}

const longestReason = 400;

/**
 * Sees a candidate to its end: a result, or a dead letter after so many tries that took the sandbox down.
 *
 * @param isAfterCrash whether a try of it was lost with the process that made it.
 * @throws what no further try would change, and the sandbox's error where it is not ready again and again.
 */
export async function settle(
  session: Session,
  candidate: PendingCandidate,
  isAfterCrash: boolean,
): Promise<void> {
  const { settings, stopping } = session;
  const lost = { ...candidate.lost };
  let attempts = candidate.attempts;
  let after: "sandbox" | "process" | null = isAfterCrash ? "process" : null;
  for (;;) {
    if (after !== null) {
      lost[after]++;
      if (isTooOften(lost, settings)) return giveUp(session, candidate, attempts);
      await commit(session, { type: "attempt", id: candidate.id, attempt: ++attempts, after });
    }
    const trouble = await tryOnce(session, candidate);
    if (trouble === null) return;
    const { reason, mayBeCode, error } = trouble;
    after = mayBeCode ? "sandbox" : null;
    if (!mayBeCode && ++session.sandboxTroubles >= settings.maxTroubles) throw error;
    const { index } = candidate;
    await session.channel.push({ type: "retry", index, attempt: mayBeCode ? attempts + 1 : null, reason });
    const troubles = mayBeCode ? 1 : session.sandboxTroubles;
    await backOff(troubles, { firstMs: settings.retryDelayMs, signal: stopping.signal });
  }
}

function isTooOften(lost: PendingCandidate["lost"], { maxAttempts, maxCrashes }: LoopSettings): boolean {
  return lost.sandbox >= maxAttempts || lost.process >= maxCrashes;
}

/** Null where it came to a result. */
async function tryOnce(session: Session, candidate: PendingCandidate): Promise<Trouble | null> {
  const { settings, ledger, stopping } = session;
  try {
    const evaluation = await evaluate(candidate, settings, { ledger, signal: stopping.signal });
    session.sandboxTroubles = 0;
    await conclude(session, candidate, evaluation);
    return null;
  } catch (error) {
    stopping.signal.throwIfAborted();
    const trouble = toTrouble(error);
    if (trouble === null) throw error;
    return trouble;
  }
}

async function conclude(
  session: Session,
  { index, id, meta }: PendingCandidate,
  evaluation: Awaited<ReturnType<typeof evaluate>>,
): Promise<void> {
  const { score } = evaluation;
  const isBest = score !== null && session.ledger.wouldLead({ index, score });
  await commit(session, { type: "result", id, ...evaluation, elapsedMs: session.elapsedMs() });
  const counts = session.ledger.counts();
  await session.channel.push({ type: "result", index, id, meta, ...evaluation, isBest, counts });
}

async function giveUp(session: Session, { index, id }: PendingCandidate, attempts: number): Promise<void> {
  const reason = `the sandbox, or the process that uses it, went down in each of ${attempts} tries`;
  await commit(session, { type: "dead-letter", id, attempts, reason, elapsedMs: session.elapsedMs() });
  const counts = session.ledger.counts();
  await session.channel.push({ type: "dead-letter", index, id, attempts, reason, counts });
}

/** Null for what no further try would change. */
function toTrouble(error: unknown): Trouble | null {
  const isLost = error instanceof LostRun;
  if (!isLost && !(error instanceof SandboxError) && !(error instanceof QueueFullError)) return null;
  // Where nothing was run, the code cannot be why.
  const mayBeCode = isLost || (error instanceof SandboxError && error.outcomeUnknown);
  return { reason: cap(error.message, longestReason), mayBeCode, error };
}
