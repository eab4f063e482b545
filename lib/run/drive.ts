import type { ContainerSpec, EngineClient } from "../../engine-api/mod.ts";
import type { Job } from "../harness/job.ts";
import type { Policy } from "../policy/policy.ts";
import type { CleanupReport } from "../verdict.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import { perform } from "./effects.ts";
import type { StepResults } from "./engine-steps.ts";
import { initialState, type RunEvent, type RunState, type Step, step } from "./state.ts";
import { createSupervisorStream, type SupervisorStream } from "./supervisor-stream.ts";

/** What one container run needs. */
export interface RunPlan {
  readonly client: EngineClient;
  readonly name: string;
  readonly spec: ContainerSpec;
  /** True where what the Engine applied is read back before the start. */
  readonly isInspected: boolean;
  readonly job: Job;
  readonly policy: Policy;
  /** Cancels the run; its reason ends up in the verdict. */
  readonly signal: AbortSignal;
  /** @default 30000 */
  readonly callTimeoutMs?: number;
  /** How long the supervisor may take to get ready, milliseconds. @default 60000 */
  readonly bootTimeoutMs?: number;
}

/** What is known when a container run is over. */
export interface RunEnd {
  readonly state: RunState;
  readonly containerId: string | null;
  readonly stream: SupervisorStream;
  /** When each thing happened, `performance.now()` milliseconds. */
  readonly marks: ReadonlyMap<Mark, number>;
}

/** Moments of a run. */
export type Mark = "begin" | Step | "ready" | "ended" | "judging";

/** A container run under way. */
export interface DrivenRun {
  readonly stream: SupervisorStream;
  /** Resolves when the evidence is complete; never rejects. */
  readonly ended: Promise<RunEnd>;
  /** Resolves when the container is gone, or everything was tried; never rejects. */
  readonly cleaned: Promise<CleanupReport>;
}

/** A run under way, as the effects see it. */
export interface RunContext {
  readonly plan: RunPlan;
  readonly stream: SupervisorStream;
  readonly results: StepResults;
  readonly marks: Map<Mark, number>;
  /** Ends the streams that outlive their step. */
  readonly streams: AbortController;
  readonly ended: Deferred<RunEnd>;
  readonly cleaned: Deferred<CleanupReport>;
  state(): RunState;
  dispatch(event: RunEvent): void;
  mark(name: Mark): void;
  /** Dispatches an event after a time, unless the run is over by then or the event is null. */
  arm(ms: number, makeEvent: () => RunEvent | null): void;
  /** No timer fires and no cancellation counts any more. */
  disarm(): void;
}

/** Beyond this, Node's timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Carries out what the state machine says, and tells it what came of that. */
export function driveRun(plan: RunPlan): DrivenRun {
  const { signal } = plan;
  const timers = new Set<NodeJS.Timeout>();
  const cancel = (): void => context.dispatch({ type: "cancel", reason: signal.reason });
  let state = initialState;
  const context: RunContext = {
    plan,
    stream: createSupervisorStream(plan.policy),
    results: { containerId: null, attachment: null, wait: null },
    marks: new Map(),
    streams: new AbortController(),
    ended: createDeferred(),
    cleaned: createDeferred(),
    state: () => state,
    dispatch(event) {
      const transition = step(state, event);
      state = transition.state;
      for (const effect of transition.effects) perform(effect, context);
    },
    mark: (name) => void context.marks.set(name, performance.now()),
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
      signal.removeEventListener("abort", cancel);
      for (const timer of timers) clearTimeout(timer);
    },
  };

  context.mark("begin");
  if (signal.aborted) cancel();
  else {
    signal.addEventListener("abort", cancel, { once: true });
    context.dispatch({ type: "begin" });
  }
  return { stream: context.stream, ended: context.ended.promise, cleaned: context.cleaned.promise };
}
