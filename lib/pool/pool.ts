import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { DrivenAhead, RunEnd } from "../run/drive.ts";
import type { ResolvedPoolOptions } from "./options.ts";
import { createQueues, type Pooled, type Queues } from "./queues.ts";
import { createWaitingList, type WaitingList } from "./waiting-list.ts";

/** What a pool needs of the world outside. */
export interface PoolSurroundings {
  /** Starts a container that will wait for a job. */
  launch(poolId: string): DrivenAhead;
  /** Tells what happens to the pool's containers, by container id and the event's name, until the signal aborts. */
  watch(poolId: string, onEvent: (containerId: string, action: string) => void, signal: AbortSignal): void;
}

/** How many containers of a pool are where, and how jobs fared with it. */
export interface PoolStats {
  readonly starting: number;
  /** Waiting for a job. */
  readonly idle: number;
  /** With a job. */
  readonly busy: number;
  /** Being removed. */
  readonly dead: number;
  /** Jobs that got a container from here. */
  readonly hits: number;
  /** Jobs that found none. */
  readonly misses: number;
  /** Why the last container could not be made ready, or lacks a module; null since one went well. */
  readonly lastError: Error | null;
}

/** Containers that were started ahead, each for one job. */
export interface Pool {
  /** One that waits, or that will soon and is nobody else's yet; null where there is none, and where the signal aborts. */
  take(signal: AbortSignal): Promise<DrivenAhead | null>;
  /** Fills it; resolves when as many wait as should. Rejects where one cannot be made ready, and with the signal's reason. */
  fill(signal?: AbortSignal): Promise<void>;
  stats(): PoolStats;
  /** Ends what waits, and resolves when it is gone. What has a job is left to whoever gave it. */
  close(): Promise<void>;
}

/** How long after failures in a row another container is tried, milliseconds; the last one is repeated. */
const pausesMs = [500, 2000, 10_000, 30_000] as const;

/**
 * For so long, or until its verdict, nothing is begun beside a run that got a container, nor where one got ready that somebody may be about to
 * take. Milliseconds; many runs are over by then.
 */
const hushMs = 30;

interface PoolContext {
  readonly id: string;
  readonly options: ResolvedPoolOptions;
  readonly surroundings: PoolSurroundings;
  readonly queues: Queues;
  /** Jobs that were promised a container which is still starting. */
  readonly jobs: WaitingList<Pooled>;
  /** Those who wait for the pool to be full: what they are given is why it will not be, or null. */
  readonly fillers: WaitingList<{ readonly error: Error | null }>;
  /** Ends the watch and the pauses. */
  readonly open: AbortController;
  isWatching: boolean;
  /** Something was run, or a fill was asked for, not long ago. */
  isAwake: boolean;
  /** Runs that began a moment ago and have no verdict yet. */
  readonly young: Set<Pooled>;
  /** Until then no container is started, `performance.now()` milliseconds. */
  hushedUntil: number;
  /** After a failure. */
  isPausing: boolean;
  failures: number;
  hits: number;
  misses: number;
  lastError: Error | null;
  idleTimer: NodeJS.Timeout | null;
}

/** A pool. Nothing is started before the first `take` or `fill`. */
export function createPool(options: ResolvedPoolOptions, surroundings: PoolSurroundings): Pool {
  const pool: PoolContext = {
    id: randomBytes(8).toString("hex"),
    options,
    surroundings,
    queues: createQueues(),
    jobs: createWaitingList(),
    fillers: createWaitingList(),
    open: new AbortController(),
    isWatching: false,
    isAwake: false,
    young: new Set(),
    hushedUntil: 0,
    isPausing: false,
    failures: 0,
    hits: 0,
    misses: 0,
    lastError: null,
    idleTimer: null,
  };
  return {
    take: (signal) => take(pool, signal),
    fill: (signal) => fill(pool, signal),
    stats: () => ({
      ...pool.queues.counts(),
      hits: pool.hits,
      misses: pool.misses,
      lastError: pool.lastError,
    }),
    close: () => close(pool),
  };
}

async function take(pool: PoolContext, signal: AbortSignal): Promise<DrivenAhead | null> {
  const [ready] = pool.queues.list("idle");
  keepAwake(pool);
  if (ready === undefined) refillNow(pool);
  else begin(pool, ready);
  const container = ready ?? (await waitForOne(pool, signal));
  if (container === null) pool.misses++;
  else pool.hits++;
  return container?.run ?? null;
}

/** It gets a job. */
function begin(pool: PoolContext, container: Pooled): void {
  pool.queues.move(container, "busy");
  pool.young.add(container);
  hush(pool);
}

/** Nothing is started for a moment, unless somebody waits for the pool to be full. */
function hush(pool: PoolContext): void {
  pool.hushedUntil = performance.now() + hushMs;
  const end = (): void => {
    if (performance.now() >= pool.hushedUntil) pool.young.clear();
    refill(pool);
  };
  setTimeout(end, hushMs + 1).unref();
}

/** A container that is on its way is sooner there than one that would be made now. */
async function waitForOne({ queues, jobs }: PoolContext, signal: AbortSignal): Promise<Pooled | null> {
  return queues.counts().starting > jobs.size() ? jobs.wait(signal) : null;
}

async function fill(pool: PoolContext, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  keepAwake(pool);
  const full = pool.fillers.wait(signal);
  refill(pool);
  tellFillers(pool);
  const end = await full;
  signal?.throwIfAborted();
  if (end === null) throw new Error("the pool was closed before it was full");
  if (end.error !== null) throw end.error;
}

function refill(pool: PoolContext): void {
  while (mayLaunch(pool)) launch(pool);
}

/** Whoever found none needs one more than those who run need the machine. */
function refillNow(pool: PoolContext): void {
  pool.hushedUntil = 0;
  refill(pool);
}

function mayLaunch(pool: PoolContext): boolean {
  const { options, queues, jobs, open } = pool;
  if (!pool.isAwake || pool.isPausing || open.signal.aborted) return false;
  if (performance.now() < pool.hushedUntil && pool.fillers.size() === 0) return false;
  const { starting, idle } = queues.counts();
  // One that a job waits for will not be there for another.
  const missing = options.size - (starting + idle - jobs.size());
  return missing > 0 && starting < options.refillConcurrency;
}

function launch(pool: PoolContext): void {
  watchOnce(pool);
  const container = pool.queues.add(pool.surroundings.launch(pool.id));
  const { waits, ended, cleaned } = container.run;
  void waits.then((isWaiting) => (isWaiting ? onReady(pool, container) : undefined));
  void ended.then((end) => onEnded(pool, container, end));
  void cleaned.then(() => pool.queues.forget(container));
}

function watchOnce(pool: PoolContext): void {
  if (pool.isWatching) return;
  pool.isWatching = true;
  pool.surroundings.watch(pool.id, (id, action) => onEvent(pool, id, action), pool.open.signal);
}

function onReady(pool: PoolContext, container: Pooled): void {
  if (container.queue !== "starting") return;
  pool.failures = 0;
  pool.lastError = missingModules(container);
  if (pool.jobs.size() > 0) {
    begin(pool, container);
    pool.jobs.give(container);
  } else {
    const fire = (): void => discard(pool, container, "it waited for long enough");
    pool.queues.move(container, "idle", { afterMs: pool.options.maxAgeMs, fire });
    // Of an empty pool the next container is what somebody is waiting for, however they do it.
    if (pool.queues.counts().idle === 1 && pool.options.size > 1) hush(pool);
  }
  tellFillers(pool);
  refill(pool);
}

function missingModules({ run }: Pooled): Error | null {
  const missing = run.stream.ready()?.missing ?? [];
  return missing.length === 0
    ? null
    : new Error(`the image cannot import ${missing.join(", ")}, which the pool is to preload`);
}

function onEnded(pool: PoolContext, container: Pooled, { state: { cause } }: RunEnd): void {
  const { queue } = container;
  pool.queues.move(container, "dead");
  if (queue === "starting") {
    const error = cause !== null && "error" in cause ? cause.error : null;
    void onFailure(pool, error instanceof Error ? error : new Error("a container ended before it was ready"));
  }
  if (pool.young.delete(container) && pool.young.size === 0) pool.hushedUntil = 0;
  // The verdict of a run reaches whoever waits for it first.
  if (queue === "busy") setImmediate(() => refill(pool));
  else refill(pool);
}

async function onFailure(pool: PoolContext, error: Error): Promise<void> {
  pool.lastError = error;
  pool.jobs.keepOnly(pool.queues.counts().starting);
  while (pool.fillers.give({ error }));
  if (pool.isPausing) return;
  pool.isPausing = true;
  const pauseMs = pausesMs[Math.min(pool.failures++, pausesMs.length - 1)];
  await delay(pauseMs, undefined, { signal: pool.open.signal, ref: false }).catch(() => undefined);
  pool.isPausing = false;
  refill(pool);
}

/** A container that somebody reached into from outside is not what it was. */
function onEvent(pool: PoolContext, containerId: string, action: string): void {
  const container = pool.queues.find(containerId);
  if (container?.queue === "starting" || container?.queue === "idle") discard(pool, container, action);
}

function discard(pool: PoolContext, container: Pooled, reason: string): void {
  pool.queues.move(container, "dead");
  container.run.discard(new Error(reason));
  pool.jobs.keepOnly(pool.queues.counts().starting);
  refill(pool);
}

function discardAll(pool: PoolContext, reason: string): void {
  pool.isAwake = false;
  for (const name of ["starting", "idle"] as const)
    for (const container of pool.queues.list(name)) {
      pool.queues.move(container, "dead");
      container.run.discard(new Error(reason));
    }
  pool.jobs.keepOnly(0);
}

/** Without runs for a while there is nothing to wait for. */
function keepAwake(pool: PoolContext): void {
  pool.isAwake = true;
  if (pool.idleTimer !== null) clearTimeout(pool.idleTimer);
  if (pool.options.maxIdleMs === Number.POSITIVE_INFINITY) return;
  pool.idleTimer = setTimeout(() => discardAll(pool, "nothing was run for a while"), pool.options.maxIdleMs);
  pool.idleTimer.unref();
}

function tellFillers({ options, queues, fillers }: PoolContext): void {
  if (queues.counts().idle < options.size) return;
  while (fillers.give({ error: null }));
}

async function close(pool: PoolContext): Promise<void> {
  const { queues, open, fillers } = pool;
  open.abort(new Error("the pool was closed"));
  if (pool.idleTimer !== null) clearTimeout(pool.idleTimer);
  discardAll(pool, "the pool was closed");
  fillers.keepOnly(0);
  await Promise.all(queues.list("dead").map(({ run }) => run.cleaned));
}
