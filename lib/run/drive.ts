import type { ContainerSpec, EngineClient } from "../../engine-api/mod.ts";
import type { Job } from "../harness/job.ts";
import type { CompiledModules } from "../harness/protocol.ts";
import type { UsageSample } from "../monitor/usage-sample.ts";
import { watchUsage } from "../monitor/watch-usage.ts";
import type { Policy } from "../policy/policy.ts";
import type { CleanupReport } from "../verdict.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import { type Place, performIn } from "./effects.ts";
import type { StepResults } from "./engine-steps.ts";
import { inContainer } from "./in-container.ts";
import {
  type Effect,
  initialState,
  initialStateAhead,
  type RunEvent,
  type RunState,
  type Step,
  step,
  type Transition,
} from "./state.ts";
import { createSupervisorStream, type JobStream, type SupervisorStream } from "./supervisor-stream.ts";

/** What every run needs, wherever it takes place. */
export interface RunPlan {
  /** Of the Engine whose container it is; null where there is none. */
  readonly client: EngineClient | null;
  /** The container's; unique also where there is none. */
  readonly name: string;
  /** What the supervisor's stdin gets before any job: the supervisor itself, for which its command waits. */
  readonly program: Uint8Array;
  /** Gets the supervisor as it was compiled there; null where that is not asked for. */
  readonly onCodes?: ((codes: CompiledModules) => void) | null;
  /** How long the supervisor may take from its job to the code's start, milliseconds; only the run's deadline counts unless given. */
  readonly takeUpMs?: number;
  /** How long the supervisor may take to get ready, milliseconds. @default 60000 */
  readonly bootTimeoutMs?: number;
}

/** What the container of a run needs. */
export interface ContainerPlan extends RunPlan {
  readonly client: EngineClient;
  readonly spec: ContainerSpec;
  /** True where what the Engine applied is read back before the start. */
  readonly isInspected: boolean;
  /** What a container that was started ahead is held to before it waits; null where `spec` says so already. */
  readonly clampTo?: ContainerSpec | null;
  /** @default 30000 */
  readonly callTimeoutMs?: number;
}

/** What a container is to do. */
export interface Assignment {
  readonly job: Job;
  readonly policy: Policy;
  /** Cancels the run; its reason ends up in the verdict. */
  readonly signal: AbortSignal;
  /** Hears of the moments of the run as they come. */
  onMark?(mark: Mark): void;
}

/** What is known when a run is over; its container may still be about to end. */
export interface RunEnd {
  readonly state: RunState;
  readonly containerId: string | null;
  readonly containerName: string;
  readonly stream: JobStream;
  /** When each thing happened, `performance.now()` milliseconds. */
  readonly marks: ReadonlyMap<Mark, number>;
}

/** Moments of a run. */
export type Mark = "begin" | Step | "ready" | "job" | "ended" | "judging";

/** A container run under way. */
export interface DrivenRun {
  readonly containerName: string;
  readonly stream: JobStream;
  /** Resolves when the evidence is complete; never rejects. */
  readonly ended: Promise<RunEnd>;
  /** Resolves when the container is gone, or everything was tried; never rejects. */
  readonly cleaned: Promise<CleanupReport>;
  /** What its container uses, from when it runs to when the evidence is complete. @throws the signal's reason. */
  watch(signal?: AbortSignal): AsyncGenerator<UsageSample, void, undefined>;
}

/** A container that was started ahead of its job. */
export interface DrivenAhead extends DrivenRun {
  /** The Engine's id; null until the container was made. */
  containerId(): string | null;
  /** Resolves to true once it waits for a job, to false where it ended before. Never rejects. */
  readonly waits: Promise<boolean>;
  /** Gives it its job. False where it does not wait any more, and then nothing was sent. */
  assign(assignment: Assignment): boolean;
  /** Ends it, unless it was given a job. */
  discard(reason: unknown): void;
}

/** A run under way, as the effects see it. */
export interface RunContext {
  readonly plan: RunPlan;
  readonly stream: SupervisorStream;
  readonly results: StepResults;
  readonly marks: Map<Mark, number>;
  /** Ends the streams that outlive their step. */
  readonly streams: AbortController;
  readonly runs: Deferred<boolean>;
  readonly waits: Deferred<boolean>;
  readonly ended: Deferred<RunEnd>;
  readonly cleaned: Deferred<CleanupReport>;
  state(): RunState;
  /** Null while a container waits. */
  assignment(): Assignment | null;
  dispatch(event: RunEvent): void;
  mark(name: Mark): void;
  /** Dispatches an event after a time, unless the run is over by then or the event is null. */
  arm(ms: number, makeEvent: () => RunEvent | null): void;
  /** No timer fires and no cancellation counts any more. */
  disarm(): void;
}

/** A state machine of a container, and what is done for its effects. */
export interface Machine<E> {
  readonly start: RunState;
  step(state: RunState, event: RunEvent): Transition<E>;
  perform(effect: E, run: RunContext): void;
}

/** How a container is given its job, and taken from it. */
export interface Controls {
  readonly context: RunContext;
  /** From now on the job is under way. */
  accept(assignment: Assignment): JobStream;
  cancel(reason: unknown): void;
  /** The job is over though the container is not: neither its timers nor its cancellation count any more. */
  dismiss(): void;
}

/** Beyond this, Node's timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Makes a container for a job, and drives both to their end. */
export function driveRun(plan: ContainerPlan, assignment: Assignment): DrivenRun {
  return driveIn(inContainer(plan), plan, assignment);
}

/** The same, in any place. */
export function driveIn(place: Place, plan: RunPlan, assignment: Assignment): DrivenRun {
  const machine: Machine<Effect> = { start: initialState, step, perform: performIn(place) };
  const { context, accept, cancel } = createContext(plan, machine);
  accept(assignment);
  context.mark("begin");
  if (assignment.signal.aborted) cancel(assignment.signal.reason);
  else context.dispatch({ type: "begin" });
  return toDriven(context);
}

/** Makes a container that waits for a job. */
export function driveAhead(plan: ContainerPlan): DrivenAhead {
  const { context, accept, cancel } = createContext(plan, {
    start: initialStateAhead,
    step,
    perform: performIn(inContainer(plan)),
  });
  context.mark("begin");
  context.dispatch({ type: "begin" });
  return {
    ...toDriven(context),
    containerId: () => context.results.containerId,
    waits: context.waits.promise,
    assign(assignment) {
      if (context.state().phase !== "waiting") return false;
      accept(assignment);
      if (assignment.signal.aborted) cancel(assignment.signal.reason);
      else context.dispatch({ type: "job" });
      return true;
    },
    discard(reason) {
      if (context.assignment() === null) cancel(reason);
    },
  };
}

/** The container as whoever cleans up after it sees it. */
export function toDriven(context: RunContext): DrivenRun {
  const { plan, stream, cleaned } = context;
  const ended = context.ended.promise;
  return {
    containerName: plan.name,
    stream,
    ended,
    cleaned: cleaned.promise,
    watch: (signal) => watchContainer(context, ended, signal),
  };
}

/** What the container of a run uses, until that run is over. */
export function watchContainer(
  { plan, runs }: RunContext,
  ended: Promise<unknown>,
  signal?: AbortSignal,
): AsyncGenerator<UsageSample, void, undefined> {
  const { client, name } = plan;
  return watchUsage({ client, containerName: name, runs: runs.promise, ended }, signal);
}

/** Carries out what the state machine says, and tells it what came of that. */
export function createContext<E>(plan: RunPlan, machine: Machine<E>): Controls {
  const timers = new Set<NodeJS.Timeout>();
  let state = machine.start;
  let assigned: Assignment | null = null;
  const cancel = (reason: unknown): void => context.dispatch({ type: "cancel", reason });
  const onAbort = (): void => cancel(assigned?.signal.reason);
  const context: RunContext = {
    plan,
    stream: createSupervisorStream(plan.onCodes ?? null),
    results: { containerId: null, attachment: null, wait: null },
    marks: new Map(),
    streams: new AbortController(),
    runs: createDeferred(),
    waits: createDeferred(),
    ended: createDeferred(),
    cleaned: createDeferred(),
    state: () => state,
    assignment: () => assigned,
    dispatch(event) {
      const transition = machine.step(state, event);
      state = transition.state;
      for (const effect of transition.effects) machine.perform(effect, context);
    },
    mark(name) {
      context.marks.set(name, performance.now());
      assigned?.onMark?.(name);
    },
    arm(ms, makeEvent) {
      const fire = (): void => {
        timers.delete(timer);
        const event = makeEvent();
        if (event !== null) context.dispatch(event);
      };
      const timer = setTimeout(fire, Math.min(ms, longestTimerMs));
      timers.add(timer);
    },
    disarm() {
      assigned?.signal.removeEventListener("abort", onAbort);
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };

  function accept(assignment: Assignment): JobStream {
    assigned = assignment;
    assignment.signal.addEventListener("abort", onAbort, { once: true });
    return context.stream.accept(assignment.policy);
  }

  function dismiss(): void {
    context.disarm();
    context.stream.rest();
    assigned = null;
  }

  return { context, accept, cancel, dismiss };
}
