import { type ContainerSpec, type EngineClient, killContainer } from "../../engine-api/mod.ts";
import { HarnessProtocolError } from "../harness/errors.ts";
import { encodeJob, type Job } from "../harness/job.ts";
import { protocolVersion } from "../harness/protocol.ts";
import type { Policy } from "../policy/policy.ts";
import type { CleanupReport } from "../verdict.ts";
import { cleanUp, nothingToClean } from "./cleanup.ts";
import { createDeferred } from "./deferred.ts";
import { performStep, type StepResults } from "./engine-steps.ts";
import { type Effect, initialState, type RunEvent, type RunState, type Step, step } from "./state.ts";
import { createSupervisorStream, type SupervisorStream } from "./supervisor-stream.ts";

/** What one container run needs. */
export interface RunPlan {
  readonly client: EngineClient;
  readonly name: string;
  readonly spec: ContainerSpec;
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

/** How long after a kill or a report a container may take to end before the cleanup is let loose on it. */
const overdueMs = 10_000;

/** Beyond this, Node's timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Carries out what the state machine says, and tells it what came of that. */
export function driveRun(plan: RunPlan): DrivenRun {
  const { client, policy, signal } = plan;
  const callTimeoutMs = plan.callTimeoutMs ?? 30_000;
  const stream = createSupervisorStream(policy);
  const results: StepResults = { containerId: null, attachment: null, wait: null };
  const marks = new Map<Mark, number>();
  const streams = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const ended = createDeferred<RunEnd>();
  const cleaned = createDeferred<CleanupReport>();
  let state = initialState;

  const mark = (name: Mark): void => void marks.set(name, performance.now());
  const cancel = (): void => dispatch({ type: "cancel", reason: signal.reason });

  function dispatch(event: RunEvent): void {
    const transition = step(state, event);
    state = transition.state;
    for (const effect of transition.effects) perform(effect);
  }

  function arm(ms: number, makeEvent: () => RunEvent | null): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        const event = makeEvent();
        if (event !== null) dispatch(event);
      },
      Math.min(ms, longestTimerMs),
    );
    timers.add(timer);
  }

  function perform(effect: Effect): void {
    switch (effect.type) {
      case "step":
        return void doStep(effect.step);
      case "arm-boot-timer":
        return arm(plan.bootTimeoutMs ?? 60_000, () => bootTimeout(state, stream));
      case "send-job":
        return void sendJob();
      case "kill":
        return void kill();
      case "arm-overdue-timer":
        return arm(overdueMs, () => ({ type: "overdue" }));
      case "judge":
        return finishEvidence();
      case "clean":
        return void clean();
      case "finish":
        return cleaned.resolve(nothingToClean);
      default:
        return effect satisfies never;
    }
  }

  async function doStep(which: Step): Promise<void> {
    try {
      await performStep(which, {
        client,
        name: plan.name,
        spec: plan.spec,
        results,
        callTimeoutMs,
        signal: streams.signal,
      });
    } catch (error) {
      return dispatch({ type: "step-failed", step: which, error });
    }
    mark(which);
    if (which === "attach") void readOutput();
    if (which === "wait") void awaitExit();
    dispatch({ type: "step-done", step: which });
  }

  async function readOutput(): Promise<void> {
    try {
      for await (const chunk of results.attachment?.output ?? []) {
        for (const event of stream.push(chunk)) onStreamEvent(event);
      }
    } catch (error) {
      dispatch({ type: "failed", error });
    }
    stream.log.end();
    dispatch({ type: "output-ended" });
  }

  function onStreamEvent(event: RunEvent): void {
    if (event.type === "ready") {
      mark("ready");
      const refusal = refuseReady(event.frame.protocol, event.frame.dumpable);
      if (refusal !== null) return dispatch({ type: "failed", error: refusal });
    }
    if (event.type === "report") mark("ended");
    dispatch(event);
  }

  async function awaitExit(): Promise<void> {
    try {
      const exit = await results.wait?.exit;
      dispatch({ type: "exited", exitCode: exit?.exitCode ?? null });
    } catch (error) {
      dispatch({ type: "failed", error });
    }
  }

  async function sendJob(): Promise<void> {
    arm(policy.timeoutMs + policy.graceMs, () => ({ type: "deadline" }));
    try {
      for (const bytes of encodeJob(plan.job)) await results.attachment?.write(bytes);
    } catch (error) {
      // A container that ended by itself closes the connection too, and what it said before counts for more.
      arm(1000, () => ({ type: "failed", error }));
    }
  }

  async function kill(): Promise<void> {
    try {
      await killContainer(client, results.containerId ?? plan.name, {
        signal: AbortSignal.timeout(callTimeoutMs),
      });
    } catch {
      // The cleanup tries again by stronger means, and reports what failed.
    }
  }

  function finishEvidence(): void {
    mark("judging");
    signal.removeEventListener("abort", cancel);
    for (const timer of timers) clearTimeout(timer);
    streams.abort(new Error("the run is over"));
    stream.log.end();
    ended.resolve({ state, containerId: results.containerId, stream, marks });
    dispatch({ type: "judged" });
  }

  async function clean(): Promise<void> {
    cleaned.resolve(await cleanUp(client, results.containerId ?? plan.name));
    dispatch({ type: "cleaned" });
  }

  mark("begin");
  if (signal.aborted) cancel();
  else {
    signal.addEventListener("abort", cancel, { once: true });
    dispatch({ type: "begin" });
  }
  return { stream, ended: ended.promise, cleaned: cleaned.promise };
}

/** Null where the supervisor can be trusted with a job. */
function refuseReady(protocol: number, dumpable: boolean): Error | null {
  if (protocol !== protocolVersion)
    return new HarnessProtocolError(
      `the supervisor speaks protocol ${protocol} instead of ${protocolVersion}`,
    );
  if (dumpable)
    return new HarnessProtocolError(
      "the supervisor could not hide its memory from the code (prctl failed), so no code was sent",
    );
  return null;
}

/** Null where the supervisor got ready in the meantime. */
function bootTimeout(state: RunState, stream: SupervisorStream): RunEvent | null {
  if (state.phase !== "booting") return null;
  const complaints = stream.complaints();
  return {
    type: "failed",
    error: new HarnessProtocolError(
      `the supervisor did not get ready in time${complaints === "" ? "" : `: ${complaints.slice(0, 500)}`}`,
    ),
  };
}
