import { performance } from "node:perf_hooks";
import { createRunTeller, type RunTeller } from "../diagnostics/tell-of-run.ts";
import { driveDirect } from "../direct/drive-direct.ts";
import { isDirect, type RunRecipe } from "../direct/recipe.ts";
import { newRunId } from "../ownership.ts";
import type { Policy } from "../policy/policy.ts";
import type { Validate } from "../validator/remember.ts";
import type { RunResult } from "../verdict.ts";
import type { Ticket } from "./admission.ts";
import { type Attempts, createAttempts } from "./attempts.ts";
import { composeResult } from "./compose-result.ts";
import { type Assignment, type DrivenAhead, type DrivenRun, driveRun, type RunEnd } from "./drive.ts";
import { sawOutOfMemory, toEngineTime } from "./engine-oom.ts";
import { type ContainerRecipe, planContainer, toJob } from "./plan.ts";
import { rejectedRun } from "./rejected-run.ts";
import type { RunHandle, RunOptions } from "./run-handle.ts";
import { toRunHandle } from "./to-run-handle.ts";

/** What runs of one executor share. */
export interface RunSurroundings {
  /** Which executor this is, for whoever listens to the diagnostics. */
  readonly executorId: string;
  readonly policy: Policy;
  readonly validate: Validate;
  /** Resolves to what runs are made of, once they may start. */
  prepare(): Promise<RunRecipe>;
  /** A container that waits for a job under this policy; null where there is none, and one must be made. */
  takeAhead(recipe: ContainerRecipe, policy: Policy, signal: AbortSignal): Promise<DrivenAhead | null>;
  /** A place in the queue. @throws QueueFullError */
  request(policy: Policy): Ticket;
  /** Hears of each container that is made for a run. */
  onContainer(run: DrivenRun): void;
}

/**
 * Starts a run and returns at once.
 *
 * @throws ConfigError for options that cannot be used, QueueFullError where too many wait; nothing is started then.
 */
export function startRun(surroundings: RunSurroundings, code: string, options: RunOptions): RunHandle {
  const { policy, validate } = surroundings;
  const askedAt = performance.now();
  const runId = newRunId();
  const job = toJob(code, options, policy);
  const teller = createRunTeller(surroundings.executorId, runId);
  teller.start(job);
  const violations = validate(code, { mode: policy.validator, imports: policy.imports });
  const validateMs = performance.now() - askedAt;
  if (violations.length > 0) return told(teller, rejectedRun(runId, violations, { validateMs }));
  teller.phase("queue");
  const controller = new AbortController();
  const signal =
    options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  const attempts = createAttempts();
  const run = { runId, asked: options.returns ?? [], askedAt, validateMs };
  const ticket = requestTurn(surroundings, teller);
  const assignment = { job, policy, signal, onMark: teller.mark };
  const result = execute(surroundings, ticket, assignment, run, attempts).finally(attempts.close);
  // The turn lasts until the container is gone: until then it may use what the run may use.
  void attempts.cleaned.finally(ticket.leave);
  return told(teller, toRunHandle({ runId, attempts, result, controller }));
}

/** @throws QueueFullError */
function requestTurn({ request, policy }: RunSurroundings, teller: RunTeller): Ticket {
  try {
    return request(policy);
  } catch (error) {
    teller.fail(error);
    throw error;
  }
}

/** The run, with whoever listens told of its end. */
export function told(teller: RunTeller, run: RunHandle): RunHandle {
  teller.follow(run.result, run.cleaned);
  return run;
}

/** What is known of a run from its start on. */
export interface RunFacts {
  readonly runId: string;
  readonly asked: readonly string[];
  readonly askedAt: number;
  readonly validateMs: number;
}

async function execute(
  surroundings: RunSurroundings,
  ticket: Ticket,
  assignment: Assignment,
  run: RunFacts,
  attempts: Attempts,
): Promise<RunResult> {
  const recipe = await surroundings.prepare();
  await ticket.turn(assignment.signal);
  const { start, end, begunAt } = await driveSomewhere(surroundings, recipe, assignment, run.runId, attempts);
  const queueMs = begunAt - run.askedAt - run.validateMs;
  const { client, image } = isDirect(recipe) ? { client: null, image: null } : recipe;
  return composeResult({
    ...run,
    client,
    image,
    policy: assignment.policy,
    start,
    session: null,
    queueMs,
    end,
  });
}

interface Driven {
  readonly start: "cold" | "warm" | "direct";
  readonly end: RunEnd;
  readonly begunAt: number;
}

async function driveSomewhere(
  surroundings: RunSurroundings,
  recipe: RunRecipe,
  assignment: Assignment,
  runId: string,
  attempts: Attempts,
): Promise<Driven> {
  if (!isDirect(recipe)) return driveInContainer(surroundings, recipe, assignment, runId, attempts);
  const begunAt = performance.now();
  const run = driveDirect(recipe, runId, assignment);
  attempts.add(run);
  return { start: "direct", end: await run.ended, begunAt };
}

/** In a container that waits, if there is one; else, and where that one is lost before the code began, in a new one. */
async function driveInContainer(
  { takeAhead, onContainer }: RunSurroundings,
  recipe: ContainerRecipe,
  assignment: Assignment,
  runId: string,
  attempts: Attempts,
): Promise<Driven> {
  const { policy, signal } = assignment;
  const ahead = signal.aborted ? null : await takeAhead(recipe, policy, signal);
  // For a container that gets ready is waited too.
  const begunAt = performance.now();
  if (ahead?.assign(assignment)) {
    attempts.add(ahead);
    const end = await ahead.ended;
    const isLost = isLostBeforeItBegan(end, signal) && !(await wasOutOfMemory(recipe, end, begunAt));
    if (!isLost) return { start: "warm", end, begunAt };
  }
  const cold: DrivenRun = driveRun(planContainer(recipe, policy, runId), assignment);
  attempts.add(cold);
  onContainer(cold);
  return { start: "cold", end: await cold.ended, begunAt };
}

/**
 * That the code began is told some milliseconds late, and what can end its supervisor within those is code that uses up the memory. So that
 * none has itself run twice, it is not run again where the Engine saw the memory killer.
 */
async function wasOutOfMemory(
  { client }: ContainerRecipe,
  { state, containerId }: RunEnd,
  begunAt: number,
): Promise<boolean> {
  if (containerId === null || state.cause?.kind !== "exit") return false;
  return (await sawOutOfMemory(client, containerId, toEngineTime(begunAt))) === true;
}

/** Nothing of the code was seen to run, and nothing that it did can have left the container. */
export function isLostBeforeItBegan({ state: { cause }, stream }: RunEnd, signal: AbortSignal): boolean {
  const isLost = cause?.kind === "exit" || cause?.kind === "failed";
  return isLost && !stream.hasStarted() && !signal.aborted;
}
