import { formatDuration } from "../config/units.ts";
import { SandboxError } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import { type Admission, type Capacity, createAdmission, type Ticket } from "../run/admission.ts";
import { awaitAll } from "../run/await-all.ts";
import { createDeferred, type Deferred } from "../run/deferred.ts";
import type { ContainerRecipe } from "../run/plan.ts";
import type { RunHandle } from "../run/run-handle.ts";
import type { CleanupReport, RunResult } from "../verdict.ts";
import { type ContainerSlot, createContainerSlot, type SessionSurroundings } from "./container-slot.ts";
import { type CellOptions, type SessionLife, tightenCell } from "./options.ts";
import { type Cell, type CellSurroundings, startCell } from "./start-cell.ts";

/**
 * One container that keeps its interpreter from cell to cell, like a notebook, for one caller who trusts all of the cells alike: a cell can
 * reach whatever earlier ones left, and change what later ones see.
 *
 * What ends a cell by force (a timeout, a limit, a cancellation, the end of its process) ends the interpreter and the container with
 * everything in it. The result says so by `session.stateLost`, and the next cell begins in a new container, told by `session.isFresh`.
 *
 * @example
 * await using session = await executor.session({ preload: ["pandas"] });
 * await session.run("import pandas as pd\nprices = pd.Series([1.0, 2.0, 4.0])");
 * const { values } = await session.run("result = prices.pct_change()");
 */
export interface Session {
  readonly id: string;
  /**
   * Starts a cell and returns at once. One runs at a time; the others wait in the order in which they came.
   *
   * @throws ConfigError for options that cannot be used, SandboxError where the session is closed or has run all of its cells.
   */
  start(code: string, options?: CellOptions): RunHandle;
  /**
   * Runs a cell to its end.
   *
   * @throws ConfigError, or SandboxError where the session is closed or the sandbox itself failed.
   */
  run(code: string, options?: CellOptions): Promise<RunResult>;
  /**
   * Forgets everything, once the cells before are over: the container is removed, and a new one is ready when this resolves. A new one, since
   * of an emptied one it would have to be believed that nothing is left in it.
   *
   * @throws SandboxError where the session is closed, or no container can be made.
   */
  reset(): Promise<void>;
  /** Cancels what runs and waits, and resolves when the container is gone or everything was tried. Never rejects. */
  close(): Promise<CleanupReport>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A session as its executor sees it. */
export interface OpenSession extends Session {
  /** Resolves when the first container waits. Rejects where none can be made, and with the signal's reason. */
  open(signal?: AbortSignal): Promise<void>;
  /** The same as `close()`, with a reason that is told to whoever still wants something. */
  end(reason: string): Promise<CleanupReport>;
  /** Resolves when it is over, whoever ended it. */
  readonly ended: Promise<void>;
}

/** What a session is made of. */
export interface SessionParts {
  readonly executorId: string;
  readonly id: string;
  readonly life: SessionLife;
  readonly policy: Policy;
  readonly recipe: Pick<ContainerRecipe, "client" | "image">;
  readonly surroundings: SessionSurroundings;
}

interface SessionContext {
  readonly life: SessionLife;
  readonly policy: Policy;
  readonly slot: ContainerSlot;
  /** Cells and resets, one after another. */
  readonly lane: Admission;
  /** Aborts, with the reason, when the session ends. */
  readonly closing: AbortController;
  readonly ended: Deferred<void>;
  /** Cells that are not over. */
  readonly handles: Set<RunHandle>;
  readonly ageTimer: NodeJS.Timeout;
  idleTimer: NodeJS.Timeout | null;
  cells: number;
  closed: Promise<CleanupReport> | null;
}

/** A session without a container yet. Its timers keep no process alive. */
export function createSession({
  executorId,
  id,
  life,
  policy,
  recipe,
  surroundings,
}: SessionParts): OpenSession {
  const session: SessionContext = {
    life,
    policy,
    slot: createContainerSlot(policy, surroundings),
    // A queue with a single place never asks what the machine has.
    lane: createAdmission({ maxConcurrent: 1, maxQueued: Number.POSITIVE_INFINITY }, async () => nothing),
    closing: new AbortController(),
    ended: createDeferred(),
    handles: new Set(),
    ageTimer: setTimeout(() => void end(session, overAge(life)), life.maxAgeMs),
    idleTimer: null,
    cells: 0,
    closed: null,
  };
  session.ageTimer.unref();
  const { slot, closing } = session;
  const enter = (): Ticket => enterLane(session);
  const cells = {
    executorId,
    sessionId: id,
    recipe,
    slot,
    used: new WeakSet(),
    closing: closing.signal,
    enter,
  };
  const start = (code: string, options: CellOptions = {}): RunHandle =>
    startNext(session, cells, { code, options });
  const close = (): Promise<CleanupReport> => end(session, "this session was closed");
  return {
    id,
    start,
    run: async (code, options) => awaitAll(start(code, options)),
    reset: () => reset(session),
    close,
    [Symbol.asyncDispose]: async () => void (await close()),
    open: (signal) => open(session, signal),
    end: (reason) => end(session, reason),
    ended: session.ended.promise,
  };
}

const nothing: Capacity = { memoryBytes: 0, cpus: 0 };

function startNext(
  session: SessionContext,
  surroundings: CellSurroundings,
  { code, options }: Pick<Cell, "code" | "options">,
): RunHandle {
  throwIfClosed(session);
  const { life, handles, cells } = session;
  if (cells >= life.maxCells)
    throw new SandboxError(`this session has run its ${life.maxCells} cells; open another one`);
  const policy = tightenCell(session.policy, options);
  const handle = startCell(surroundings, { number: cells + 1, code, options, policy });
  session.cells++;
  handles.add(handle);
  void Promise.allSettled([handle.result, handle.cleaned]).then(() => handles.delete(handle));
  return handle;
}

async function open(session: SessionContext, signal?: AbortSignal): Promise<void> {
  // A signal of its own, so that many who wait do not look like a leak of listeners.
  const either = AbortSignal.any([session.closing.signal, ...(signal === undefined ? [] : [signal])]);
  if ((await session.slot.open(either)) === null) throw either.reason;
  idle(session);
}

async function reset(session: SessionContext): Promise<void> {
  throwIfClosed(session);
  const signal = AbortSignal.any([session.closing.signal]);
  const ticket = enterLane(session);
  try {
    await ticket.turn(signal);
    await session.slot.empty(new Error("the session was reset"));
    await open(session);
  } finally {
    ticket.leave();
  }
}

/** A place in the lane; while there is any, the session is not idle. */
function enterLane(session: SessionContext): Ticket {
  const ticket = session.lane.request(session.policy);
  stopIdling(session);
  return {
    turn: ticket.turn,
    leave() {
      ticket.leave();
      idle(session);
    },
  };
}

function idle(session: SessionContext): void {
  stopIdling(session);
  const { active, queued } = session.lane.counts();
  if (active + queued > 0 || session.closed !== null) return;
  session.idleTimer = setTimeout(() => giveUpIdle(session), session.life.maxIdleMs);
  session.idleTimer.unref();
}

function stopIdling(session: SessionContext): void {
  if (session.idleTimer !== null) clearTimeout(session.idleTimer);
  session.idleTimer = null;
}

function giveUpIdle(session: SessionContext): void {
  const waited = formatDuration(session.life.maxIdleMs);
  if (session.life.afterIdle === "restart") {
    void session.slot.leave(new Error(`the session had no cell for ${waited}`));
    return;
  }
  void end(
    session,
    `this session had no cell for ${waited} and was closed; open another one, or open it with afterIdle: "restart"`,
  );
}

function overAge({ maxAgeMs }: SessionLife): string {
  return `this session reached its age of ${formatDuration(maxAgeMs)} and was closed; open another one, or raise maxAgeMs`;
}

function throwIfClosed({ closing: { signal } }: SessionContext): void {
  if (signal.aborted) throw new SandboxError(signal.reason.message);
}

function end(session: SessionContext, reason: string): Promise<CleanupReport> {
  session.closed ??= shutDown(session, new SandboxError(reason));
  return session.closed;
}

async function shutDown(session: SessionContext, reason: SandboxError): Promise<CleanupReport> {
  clearTimeout(session.ageTimer);
  stopIdling(session);
  session.closing.abort(reason);
  const cells = [...session.handles].map(({ cleaned }) => cleaned);
  const [report] = await Promise.all([session.slot.leave(reason), ...cells]);
  session.ended.resolve();
  return report;
}
