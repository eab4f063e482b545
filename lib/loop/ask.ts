import { ConfigError } from "../errors.ts";
import { backOff } from "./backoff.ts";
import { candidateId } from "./candidate-id.ts";
import { ProposalError } from "./errors.ts";
import type { PendingCandidate } from "./ledger.ts";
import { cap } from "./outcome.ts";
import type { Proposal, ProposeContext } from "./proposer.ts";
import { commit, endWith, type Session } from "./session.ts";
import { untilAborted } from "./until-aborted.ts";

const longestMeta = 16_384;
const longestMessage = 400;

/** Asks the proposer until it gives a new candidate; null where nothing new is wanted, or there is none. */
export async function askForCandidate(session: Session): Promise<PendingCandidate | null> {
  while (hasBudget(session)) {
    const index = session.indexes.take();
    session.proposing++;
    try {
      const candidate = await askOnce(session, index);
      if (candidate !== null) return candidate;
    } finally {
      session.proposing--;
    }
  }
  return null;
}

/** False where nothing new may be begun now; other proposals under way may still turn out not to count. */
function hasBudget(session: Session): boolean {
  const { settings, ledger, ending } = session;
  if (ending.signal.aborted) return false;
  if (session.elapsedMs() >= settings.budget.timeMs) endWith(session, "time");
  const { candidates } = ledger.counts();
  if (candidates >= settings.budget.candidates) endWith(session, "candidates");
  return session.reason === null && candidates + session.proposing < settings.budget.candidates;
}

/** Null where there is nothing new this time. */
async function askOnce(session: Session, index: number): Promise<PendingCandidate | null> {
  let proposal: Required<Exclude<Proposal, string>> | null;
  try {
    proposal = await propose(session, index);
  } catch (error) {
    session.indexes.giveBack(index);
    if (session.ending.signal.aborted) return null;
    await waitAfter(session, index, error);
    return null;
  }
  session.proposalTroubles = 0;
  if (proposal !== null) return take(session, index, proposal);
  session.indexes.giveBack(index);
  endWith(session, "exhausted");
  return null;
}

async function propose(session: Session, index: number): Promise<Required<Exclude<Proposal, string>> | null> {
  const { settings, ledger, ending } = session;
  const context: ProposeContext = {
    index,
    champions: ledger.champions().map(({ holdout: _holdout, ...champion }) => champion),
    failures: ledger.failures(),
    counts: ledger.counts(),
    signal: ending.signal,
  };
  const asked = Promise.resolve(settings.proposer.propose(context));
  const proposal = await untilAborted(asked, ending.signal);
  if (proposal === null) return null;
  const { code, meta = null } = typeof proposal === "string" ? { code: proposal } : proposal;
  if (typeof code !== "string" || !code.isWellFormed())
    throw new ProposalError("what was proposed is no text that could be code");
  if (Buffer.byteLength(code) > settings.maxCodeBytes)
    throw new ProposalError(`what was proposed is longer than ${settings.maxCodeBytes} bytes`);
  if ((JSON.stringify(meta)?.length ?? Number.POSITIVE_INFINITY) > longestMeta)
    throw new TypeError(`meta must be JSON of at most ${longestMeta} letters`);
  return { code, meta };
}

/** Whatever a proposer throws may pass: services do. Only a mistake of the program is none. */
async function waitAfter(session: Session, index: number, error: unknown): Promise<void> {
  const { settings, ending, stopping } = session;
  if (
    error instanceof TypeError ||
    error instanceof ConfigError ||
    ++session.proposalTroubles >= settings.maxTroubles
  )
    throw error;
  const message = cap(error instanceof Error ? error.message : String(error), longestMessage);
  await session.channel.push({ type: "propose-failed", index, message });
  await backOff(session.proposalTroubles, { firstMs: settings.retryDelayMs, signal: ending.signal }).catch(
    () => stopping.signal.throwIfAborted(),
  );
}

/** Between the look and the record nothing is awaited, so that of two equal proposals one is the second. */
async function take(
  session: Session,
  index: number,
  { code, meta }: Required<Exclude<Proposal, string>>,
): Promise<PendingCandidate | null> {
  const { ledger, settings, channel } = session;
  const id = candidateId(code, session.identity);
  if (ledger.has(id)) {
    if (++session.repeats >= settings.maxRepeats) endWith(session, "repeats");
    await commit(session, { type: "repeated", index, id, meta });
    await channel.push({ type: "repeated", index, id, score: ledger.scoreOf(id) });
    return null;
  }
  session.repeats = 0;
  await commit(session, { type: "proposed", index, id, code, meta });
  await channel.push({ type: "proposed", index, id });
  return { index, id, code, meta, attempts: 1, lost: { sandbox: 0, process: 0 } };
}
