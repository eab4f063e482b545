import type { ReadyFrame, ReportFrame } from "../harness/protocol.ts";

/** The steps that lead to a running supervisor, in order; each is one call or a few to the Engine. */
export type Step = "create" | "check" | "attach" | "wait" | "start";

/** The steps in order. */
export const steps: readonly Step[] = ["create", "check", "attach", "wait", "start"];

/** What ended a run. The first cause wins: whatever follows from it, for example an exit by our own kill, changes nothing. */
export type Cause =
  | { readonly kind: "report"; readonly report: ReportFrame }
  | { readonly kind: "exit" }
  | { readonly kind: "deadline" }
  | { readonly kind: "output-limit"; readonly limit: "stdout" | "stderr" | "result" }
  | { readonly kind: "cancelled"; readonly reason: unknown }
  | { readonly kind: "failed"; readonly error: unknown };

/** Everything that can happen to a run. */
export type RunEvent =
  | { readonly type: "begin" }
  | { readonly type: "step-done"; readonly step: Step }
  | { readonly type: "step-failed"; readonly step: Step; readonly error: unknown }
  | { readonly type: "ready"; readonly frame: ReadyFrame }
  /** The container is held to the limits of the code that it waits for. */
  | { readonly type: "clamped" }
  /** A container that waits is given its job. */
  | { readonly type: "job" }
  | { readonly type: "report"; readonly report: ReportFrame }
  | { readonly type: "output-limit"; readonly limit: "stdout" | "stderr" | "result" }
  /** The supervisor did not keep to its protocol, did not get ready, or the connection broke. */
  | { readonly type: "failed"; readonly error: unknown }
  | { readonly type: "deadline" }
  | { readonly type: "cancel"; readonly reason: unknown }
  | { readonly type: "output-ended" }
  | { readonly type: "exited"; readonly exitCode: number | null }
  /** The container should have ended by now and has not said so. */
  | { readonly type: "overdue" }
  | { readonly type: "judged" }
  | { readonly type: "cleaned" };

/** What the driver does next. */
export type Effect =
  | { readonly type: "step"; readonly step: Step }
  | { readonly type: "arm-boot-timer" }
  /** Holds a container that started with more than the code may have to the code's limits. */
  | { readonly type: "clamp" }
  /** Says that the container waits for a job. */
  | { readonly type: "offer" }
  | { readonly type: "send-job" }
  | { readonly type: "kill" }
  | { readonly type: "arm-overdue-timer" }
  /** Gives out the evidence, which is complete. */
  | { readonly type: "judge" }
  | { readonly type: "clean" }
  | { readonly type: "finish" };

/** Where a run is. */
export type Phase =
  | "idle"
  | "preparing"
  | "booting"
  | "clamping"
  | "waiting"
  | "running"
  | "stopping"
  | "judging"
  | "cleaning"
  | "done";

/** A run at one moment. */
export interface RunState {
  readonly phase: Phase;
  readonly cause: Cause | null;
  /** The step under way, while preparing. */
  readonly step: Step | null;
  /** A container may exist under the run's name. */
  readonly mayExist: boolean;
  /** The supervisor waits for a job; it may say so before the Engine has answered the start. */
  readonly isReady: boolean;
  /** There is a job for the container; one that is started ahead gets it later. */
  readonly hasJob: boolean;
  /** The code may have begun to run. */
  readonly jobSent: boolean;
  readonly isOutputOpen: boolean;
  readonly hasExited: boolean;
  readonly exitCode: number | null;
  /** The evidence was given out. */
  readonly isJudged: boolean;
}

/** Before anything happened, with a job at hand. */
export const initialState: RunState = {
  phase: "idle",
  cause: null,
  step: null,
  mayExist: false,
  isReady: false,
  hasJob: true,
  jobSent: false,
  isOutputOpen: false,
  hasExited: false,
  exitCode: null,
  isJudged: false,
};

/** Before anything happened, of a container that is started ahead and waits for a job. */
export const initialStateAhead: RunState = { ...initialState, hasJob: false };

/** The next state, and what to do on the way there. */
export interface Transition<E = Effect> {
  readonly state: RunState;
  readonly effects: readonly E[];
}

/**
 * One event further. Pure, so that every order of events can be tried as a table. An event that says nothing new in a phase changes nothing.
 */
export function step(state: RunState, event: RunEvent): Transition {
  switch (event.type) {
    case "begin":
      return state.phase === "idle" ? beginStep(state, "create") : unchanged(state);
    case "step-done":
      return afterStep(state, event.step);
    case "step-failed":
      return afterFailedStep(state, event.step, event.error);
    case "ready":
      return afterReady(state);
    case "clamped":
      return state.phase === "clamping"
        ? to(state, { phase: "waiting" }, [{ type: "offer" }])
        : unchanged(state);
    case "job":
      return state.phase === "waiting" ? sendJob({ ...state, hasJob: true }) : unchanged(state);
    case "report":
      return afterReport(state, event.report);
    case "output-limit":
      return end(state, { kind: "output-limit", limit: event.limit }, true);
    case "failed":
      return end(state, { kind: "failed", error: event.error }, true);
    case "deadline":
      return end(state, { kind: "deadline" }, true);
    case "cancel":
      return end(state, { kind: "cancelled", reason: event.reason }, true);
    case "output-ended":
      return settle({ ...state, isOutputOpen: false });
    case "exited":
      return settle({ ...state, hasExited: true, exitCode: event.exitCode });
    case "overdue":
      return overdue(state);
    case "judged":
      return afterJudgement(state);
    case "cleaned":
      return state.phase === "cleaning"
        ? to(state, { phase: "done" }, [{ type: "finish" }])
        : unchanged(state);
    default:
      return event satisfies never;
  }
}

function unchanged(state: RunState): Transition {
  return { state, effects: [] };
}

function to(state: RunState, change: Partial<RunState>, effects: readonly Effect[] = []): Transition {
  return { state: { ...state, ...change }, effects };
}

/** The container was started, and nothing has ended the run yet. */
function isAlive({ phase }: RunState): boolean {
  return phase === "booting" || phase === "clamping" || phase === "waiting" || phase === "running";
}

function beginStep(state: RunState, next: Step): Transition {
  const change = { phase: "preparing", step: next, mayExist: true } as const;
  // The streams can end from the moment they are attached, whether or not the container was ever started.
  return to(state, { ...change, isOutputOpen: state.isOutputOpen || next === "wait" }, [
    { type: "step", step: next },
  ]);
}

/** A step is never torn off half-way, since its effect on the Engine would be unknown: a cause that came in between acts afterwards. */
function afterStep(state: RunState, done: Step): Transition {
  if (state.phase !== "preparing" || state.step !== done) return unchanged(state);
  const finished = { ...state, step: null };
  if (state.cause !== null) {
    return done === "start" ? stop(finished, true) : conclude(finished);
  }
  const next = steps[steps.indexOf(done) + 1];
  if (next !== undefined) return beginStep(finished, next);
  if (finished.isReady) return proceed(finished);
  return settle({ ...finished, phase: "booting" }, [{ type: "arm-boot-timer" }]);
}

function afterFailedStep(state: RunState, failed: Step, error: unknown): Transition {
  if (state.phase !== "preparing" || state.step !== failed) return unchanged(state);
  return conclude({ ...state, step: null, cause: state.cause ?? { kind: "failed", error } });
}

function afterReady(state: RunState): Transition {
  if (state.phase === "booting") return proceed({ ...state, isReady: true });
  return state.phase === "preparing" ? to(state, { isReady: true }) : unchanged(state);
}

/** The supervisor is ready: it gets its job, or the container is made fit to wait for one. */
function proceed(state: RunState): Transition {
  return state.hasJob ? sendJob(state) : settle({ ...state, phase: "clamping" }, [{ type: "clamp" }]);
}

/** The container may have ended in the meantime, and then the job only finds out. */
function sendJob(state: RunState): Transition {
  return settle({ ...state, phase: "running", jobSent: true }, [{ type: "send-job" }]);
}

/** The supervisor's last word completes the evidence: whoever waits for the verdict need not wait for the container's end. */
function afterReport(state: RunState, report: ReportFrame): Transition {
  if (state.phase !== "running") {
    return isAlive(state)
      ? end(
          state,
          { kind: "failed", error: new Error("the supervisor reported on a job that it was not given") },
          true,
        )
      : unchanged(state);
  }
  const judged = { ...state, cause: { kind: "report", report }, isJudged: true } as const;
  const { state: next, effects } = stop(judged, false);
  return { state: next, effects: [{ type: "judge" }, ...effects] };
}

/** The run has its cause now; what is left is to see the container end. */
function end(state: RunState, cause: Cause, mustKill: boolean): Transition {
  if (state.phase === "idle") return conclude({ ...state, cause });
  if (state.phase === "preparing") return to(state, { cause: state.cause ?? cause });
  // The supervisor said its last word, and then would not stop sending, or the connection broke: only the kill is new.
  if (state.phase === "stopping" && mustKill) return unchanged(state);
  return isAlive(state) ? stop({ ...state, cause: state.cause ?? cause }, mustKill) : unchanged(state);
}

function stop(state: RunState, mustKill: boolean): Transition {
  const effects: Effect[] = mustKill && !state.hasExited ? [{ type: "kill" }] : [];
  return settle({ ...state, phase: "stopping" }, [...effects, { type: "arm-overdue-timer" }]);
}

/** Once the container has exited and its streams have ended, the verdict can be found. */
function settle(state: RunState, effects: readonly Effect[] = []): Transition {
  const isOver = state.hasExited && !state.isOutputOpen;
  if (!isOver || !(isAlive(state) || state.phase === "stopping")) return { state, effects };
  return conclude({ ...state, cause: state.cause ?? { kind: "exit" } });
}

/** Nothing more is to be heard of the container. */
function conclude(state: RunState): Transition {
  if (state.isJudged) return to(state, { phase: "cleaning" }, [{ type: "clean" }]);
  return to(state, { phase: "judging", isJudged: true }, [{ type: "judge" }]);
}

/** A stuck daemon must not hold the caller: the cleanup has stronger means, and reports what it could not do. */
function overdue(state: RunState): Transition {
  return state.phase === "stopping" ? conclude(state) : unchanged(state);
}

function afterJudgement(state: RunState): Transition {
  if (state.phase !== "judging") return unchanged(state);
  return state.mayExist
    ? to(state, { phase: "cleaning" }, [{ type: "clean" }])
    : to(state, { phase: "done" }, [{ type: "finish" }]);
}
