import { performance } from "node:perf_hooks";
import { createRunTeller } from "../diagnostics/tell-of-run.ts";
import { newRunId } from "../ownership.ts";
import type { Policy } from "../policy/policy.ts";
import type { Ticket } from "../run/admission.ts";
import { type Attempts, createAttempts } from "../run/attempts.ts";
import { composeResult } from "../run/compose-result.ts";
import type { Assignment, RunEnd } from "../run/drive.ts";
import { orAborted } from "../run/or-aborted.ts";
import { type ContainerRecipe, defaultReturns, toJob } from "../run/plan.ts";
import { rejectedRun } from "../run/rejected-run.ts";
import type { RunHandle } from "../run/run-handle.ts";
import { isLostBeforeItBegan, type RunFacts, told } from "../run/start-run.ts";
import { initialState } from "../run/state.ts";
import { createSupervisorStream } from "../run/supervisor-stream.ts";
import { toRunHandle } from "../run/to-run-handle.ts";
import { validate } from "../validator/mod.ts";
import type { RunResult, SessionCell } from "../verdict.ts";
import type { ContainerSlot } from "./container-slot.ts";
import { type CellContainer, goesOn } from "./drive-cells.ts";
import type { CellOptions } from "./options.ts";

/** What the cells of one session share. */
export interface CellSurroundings {
  readonly executorId: string;
  readonly sessionId: string;
  readonly recipe: Pick<ContainerRecipe, "client" | "image">;
  readonly slot: ContainerSlot;
  /** Containers in which a cell ran already. */
  readonly used: WeakSet<CellContainer>;
  /** Aborts when the session is closed. */
  readonly closing: AbortSignal;
  /** A place among the session's cells, of which one runs at a time. */
  enter(): Ticket;
}

/** One cell before it runs. */
export interface Cell {
  /** 1 for the session's first. */
  readonly number: number;
  readonly code: string;
  readonly options: CellOptions;
  readonly policy: Policy;
}

/**
 * Starts a cell, which runs once those before it are over, and returns at once.
 *
 * @throws ConfigError for options that cannot be used; nothing is started then.
 */
export function startCell(surroundings: CellSurroundings, cell: Cell): RunHandle {
  const { code, options, policy, number } = cell;
  const askedAt = performance.now();
  const runId = newRunId();
  const defaults = { fileName: `cell-${number}.py`, returns: namedIn(code) };
  const job = toJob(code, { ...defaults, ...withoutUndefined(options) }, policy);
  const teller = createRunTeller(surroundings.executorId, runId);
  teller.start(job, surroundings.sessionId);
  const violations = validate(code, { mode: policy.validator, imports: policy.imports });
  const validateMs = performance.now() - askedAt;
  const place = { id: surroundings.sessionId, cell: number, isFresh: false, stateLost: false };
  if (violations.length > 0)
    return told(teller, rejectedRun(runId, violations, { validateMs, session: place }));
  teller.phase("queue");
  const controller = new AbortController();
  const signals = [controller.signal, surroundings.closing, options.signal];
  const signal = AbortSignal.any(signals.filter((given) => given !== undefined));
  const attempts = createAttempts();
  const ticket = surroundings.enter();
  const facts = { runId, asked: options.returns ?? [], askedAt, validateMs, place };
  const assignment = { job, policy, signal, onMark: teller.mark };
  const result = execute(surroundings, ticket, assignment, facts, attempts).finally(() => {
    attempts.close();
    ticket.leave();
  });
  return told(teller, toRunHandle({ runId, attempts, result, controller }));
}

interface CellFacts extends RunFacts {
  readonly place: SessionCell;
}

async function execute(
  surroundings: CellSurroundings,
  ticket: Ticket,
  assignment: Assignment,
  { place, ...facts }: CellFacts,
  attempts: Attempts,
): Promise<RunResult> {
  await ticket.turn(assignment.signal);
  const { end, isFresh } = await driveCell(surroundings, assignment, attempts);
  const { client, image } = surroundings.recipe;
  const session = { ...place, isFresh, stateLost: end.containerId !== null && !goesOn(end) };
  const queueMs = Math.max(0, endOfWaiting(end, facts.askedAt) - facts.askedAt - facts.validateMs);
  const { policy } = assignment;
  return composeResult({ ...facts, client, image, policy, start: "session", session, queueMs, end });
}

/** In the session's container; once more, in a new one, where that was lost before the cell began. */
async function driveCell(
  { slot, used }: CellSurroundings,
  assignment: Assignment,
  attempts: Attempts,
): Promise<{ readonly end: RunEnd; readonly isFresh: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const container = await slot.open(assignment.signal);
    if (container === null) return { end: cancelledBefore(assignment.signal), isFresh: false };
    const isFresh = !used.has(container);
    const run = container.start(assignment);
    if (run === null) {
      // It is about to end, for a reason that is none of this cell's.
      await orAborted(container.ended, assignment.signal);
      continue;
    }
    used.add(container);
    attempts.add(run);
    const end = await run.ended;
    if (attempt > 1 || !isLostBeforeItBegan(end, assignment.signal)) return { end, isFresh };
  }
}

/** Of a cell that was cancelled while it waited. */
function cancelledBefore(signal: AbortSignal): RunEnd {
  return {
    state: { ...initialState, phase: "done", cause: { kind: "cancelled", reason: signal.reason } },
    containerId: null,
    containerName: "",
    stream: createSupervisorStream(),
    marks: new Map(),
  };
}

/** When its container was begun on its behalf, or, in one that was there already, when its job was sent. */
function endOfWaiting({ marks }: RunEnd, askedAt: number): number {
  const begunAt = marks.get("begin");
  return begunAt !== undefined && begunAt >= askedAt ? begunAt : (marks.get("job") ?? performance.now());
}

/** What an earlier cell left in `result` is not a result of one that does not speak of it. */
function namedIn(code: unknown): readonly string[] {
  return typeof code === "string"
    ? defaultReturns.filter((name) => new RegExp(`\\b${name}\\b`).test(code))
    : [];
}

function withoutUndefined(options: CellOptions): CellOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
