import { type EngineClient, engineInfo, listContainers, ProtocolError } from "../../engine-api/mod.ts";
import { ConfigError, SandboxError } from "../errors.ts";
import { labels, type Owner } from "../ownership.ts";
import { cleanUp } from "../run/cleanup.ts";
import type { CleanupReport } from "../verdict.ts";
import { type FoundContainer, readFoundContainer } from "./found-container.ts";
import { clockSkewOf, gatherFacts } from "./host-facts.ts";
import { createHostView, type HostView } from "./host-view.ts";
import { type Judgement, judgeOrphan } from "./judge-orphan.ts";

const defaultCallTimeoutMs = 30_000;

/** Options of {@link reap}. */
export interface ReapOptions {
  /** Judges and removes nothing. @default false */
  readonly dryRun?: boolean;
  /** Also removes what has a living owner or one that cannot be judged; never what is not certainly ours. @default false */
  readonly all?: boolean;
  /** Only containers that carry these labels too, each `name` or `name=value`. @default [] */
  readonly withLabels?: readonly string[];
  /** How many are removed at a time. @default 4 */
  readonly concurrency?: number;
  /** How long the Engine may take to answer a question, milliseconds. @default 30000 */
  readonly callTimeoutMs?: number;
  /** Stops: no further removal begins, and those under way are not waited for. */
  readonly signal?: AbortSignal;
  /** The host by which owners are judged. @default this one */
  readonly host?: HostView;
}

/** What became of one container. */
export interface ReapedContainer {
  readonly id: string;
  readonly name: string;
  /** In the Engine's words: `created`, `running`, `exited` ... */
  readonly state: string;
  /** Null where its labels cannot be read. */
  readonly runId: string | null;
  readonly owner: Owner | null;
  /** By the Engine's clock; null where it is not known. */
  readonly ageMs: number | null;
  readonly verdict: Judgement["verdict"];
  readonly reason: string;
  /** `removed` only once the Engine said that it is gone. */
  readonly outcome: "kept" | "would-remove" | "removed" | "failed";
  /** How it was removed, or what was tried; null where nothing was. */
  readonly cleanup: CleanupReport | null;
}

/** What {@link reap} found and did. */
export interface ReapReport {
  /**
   * Without those that were gone when it came to their removal: somebody else had removed them, or they stand in the Engine's list alone,
   * as after a daemon's death in the middle of a removal (seen with 20.10; the list is right again after the next start).
   */
  readonly containers: readonly ReapedContainer[];
  /** By how much the Engine's clock is ahead of this host's, milliseconds; null where nothing was found or it does not tell. */
  readonly clockSkewMs: number | null;
}

/**
 * Removes the containers that dead processes left behind, and says of each container of ours why it went or stayed.
 *
 * @throws ConnectionError, ResponseError or SandboxError where the Engine does not list its containers; ConfigError for a concurrency
 * that is none; the signal's reason. What cannot be removed is no error, but an outcome.
 * @example
 * const { containers } = await reap(client, { dryRun: true });
 * const orphans = containers.filter(({ verdict }) => verdict === "orphan");
 */
export async function reap(client: EngineClient, options: ReapOptions = {}): Promise<ReapReport> {
  const { host = createHostView(), concurrency = 4 } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new ConfigError("concurrency must be a whole number from 1");
  const found = await findOurs(client, options);
  const clockSkewMs = found.length === 0 ? null : await measureClockSkew(client, host, options);
  const containers = await mapInParallel(found, concurrency, (container) =>
    judgeAndRemove(client, container, { options, host, clockSkewMs }),
  );
  return { containers: containers.flatMap((container) => container ?? []), clockSkewMs };
}

async function findOurs(client: EngineClient, options: ReapOptions): Promise<readonly FoundContainer[]> {
  const filters = { label: [labels.run, ...(options.withLabels ?? [])] };
  const limit = AbortSignal.timeout(options.callTimeoutMs ?? defaultCallTimeoutMs);
  try {
    const listed: unknown = await listContainers(client, {
      all: true,
      filters,
      signal: either(options, limit),
    });
    if (!Array.isArray(listed))
      throw new ProtocolError("GET /containers/json answered no list of containers");
    return listed.map(readFoundContainer);
  } catch (error) {
    if (error !== limit.reason) throw error;
    throw new SandboxError("the Engine did not list its containers in time; see its log", { cause: error });
  }
}

/** The Engine's clock minus ours; null where it does not tell, which only makes deadlines mean nothing. */
async function measureClockSkew(
  client: EngineClient,
  host: HostView,
  options: ReapOptions,
): Promise<number | null> {
  const askedAtMs = host.now();
  const limit = AbortSignal.timeout(options.callTimeoutMs ?? defaultCallTimeoutMs);
  try {
    const { SystemTime } = await engineInfo(client, { signal: either(options, limit) });
    return clockSkewOf(SystemTime, askedAtMs, host.now());
  } catch {
    options.signal?.throwIfAborted();
    return null;
  }
}

interface ReapContext {
  readonly options: ReapOptions;
  readonly host: HostView;
  readonly clockSkewMs: number | null;
}

/** Null for one that was gone before it was removed. */
async function judgeAndRemove(
  client: EngineClient,
  container: FoundContainer,
  { options, host, clockSkewMs }: ReapContext,
): Promise<ReapedContainer | null> {
  const { id, name, state, createdAtMs, claim } = container;
  const facts = gatherFacts(container, host, clockSkewMs);
  const judgement = judgeOrphan(container, facts);
  const ageMs = createdAtMs === null ? null : Math.max(0, (facts.engineNowMs ?? facts.nowMs) - createdAtMs);
  const known = { id, name, state, runId: claim?.runId ?? null, owner: claim?.owner ?? null, ageMs };
  const isDoomed = judgement.verdict === "orphan" || (options.all === true && claim !== null);
  if (!isDoomed || options.dryRun === true)
    return { ...known, ...judgement, outcome: isDoomed ? "would-remove" : "kept", cleanup: null };
  const cleanup = await leaveOnAbort(() => cleanUp(client, id), options.signal);
  if (cleanup.attempts[0]?.outcome === "absent") return null;
  return { ...known, ...judgement, outcome: cleanup.isConfirmed ? "removed" : "failed", cleanup };
}

function either({ signal }: ReapOptions, limit: AbortSignal): AbortSignal {
  return signal === undefined ? limit : AbortSignal.any([signal, limit]);
}

/** Results in the order of the items. The first failure is everybody's. */
async function mapInParallel<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  const takeTurns = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  const lanes = Math.min(concurrency, items.length);
  await Promise.all(Array.from({ length: lanes }, takeTurns));
  return items.flatMap((_, index) => results.get(index) ?? []);
}

/** Begins no work once the signal is aborted, and rejects with its reason as soon as it aborts; the work then goes on unheard. */
async function leaveOnAbort<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  let leave = (): void => undefined;
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
  });
  try {
    return await Promise.race([work(), left]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
