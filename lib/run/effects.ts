import { HarnessProtocolError } from "../harness/errors.ts";
import { encodeJob } from "../harness/job.ts";
import type { ReadyFrame } from "../harness/protocol.ts";
import { protocolVersion } from "../harness/protocol.ts";
import type { CleanupReport } from "../verdict.ts";
import { nothingToClean } from "./cleanup.ts";
import type { RunContext } from "./drive.ts";
import type { Effect, RunEvent, Step } from "./state.ts";

const defaultBootTimeoutMs = 60_000;

/** How long after a kill or a report a supervisor may take to end before the cleanup is let loose on it. */
const overdueMs = 10_000;

/** How long the last words of a supervisor may take to arrive after it closed its stdin to us. */
const lastWordsMs = 1000;

/** Where a supervisor runs: what is done differently in a container and without one. */
export interface Place {
  /** Does a step, and fills in what it makes. */
  step(which: Step, run: RunContext): Promise<void>;
  /** Holds what started with more than the code may have to the code's limits. */
  clamp(run: RunContext): Promise<void>;
  /** Ends it by force. Never rejects: where it fails, the cleanup has stronger means. */
  kill(run: RunContext): Promise<void>;
  /** Sees to it that nothing is left. Never rejects. */
  cleanUp(run: RunContext): Promise<CleanupReport>;
  /** Why a supervisor that is ready cannot be trusted with a job; null where it can. */
  refuse(ready: ReadyFrame): Error | null;
}

/** Does what the state machine asks for, in a place. Never throws: what goes wrong becomes an event. */
export function performIn(place: Place): (effect: Effect, run: RunContext) => void {
  return (effect, run) => {
    switch (effect.type) {
      case "step":
        void doStep(effect.step, place, run);
        break;
      case "arm-boot-timer":
        run.arm(run.plan.bootTimeoutMs ?? defaultBootTimeoutMs, () => bootTimeout(run));
        break;
      case "clamp":
        void clamp(place, run);
        break;
      case "offer":
        run.waits.resolve(true);
        break;
      case "send-job":
        void sendJob(run);
        break;
      case "kill":
        void place.kill(run);
        break;
      case "arm-overdue-timer":
        run.arm(overdueMs, () => ({ type: "overdue" }));
        break;
      case "judge":
        finishEvidence(run);
        break;
      case "clean":
        void clean(place, run);
        break;
      case "finish":
        release(run);
        run.cleaned.resolve(nothingToClean);
        break;
      default:
        effect satisfies never;
    }
  };
}

async function doStep(which: Step, place: Place, run: RunContext): Promise<void> {
  try {
    await place.step(which, run);
  } catch (error) {
    run.dispatch({ type: "step-failed", step: which, error });
    return;
  }
  run.mark(which);
  if (which === "attach") {
    void readOutput(place, run);
    void send(run, [run.plan.program]);
  }
  if (which === "wait") void awaitExit(run);
  if (which === "start") run.runs.resolve(true);
  run.dispatch({ type: "step-done", step: which });
}

async function readOutput(place: Place, run: RunContext): Promise<void> {
  try {
    for await (const chunk of run.results.attachment?.output ?? []) {
      for (const event of run.stream.push(chunk)) onStreamEvent(event, place, run);
    }
  } catch (error) {
    run.dispatch({ type: "failed", error });
  }
  run.stream.log.end();
  run.dispatch({ type: "output-ended" });
}

function onStreamEvent(event: RunEvent, place: Place, run: RunContext): void {
  if (event.type === "ready") run.mark("ready");
  if (event.type === "report") run.mark("ended");
  const refusal = event.type === "ready" ? refuseReady(event.frame, place) : null;
  run.dispatch(refusal === null ? event : { type: "failed", error: refusal });
}

async function awaitExit(run: RunContext): Promise<void> {
  try {
    const exit = await run.results.wait?.exit;
    run.dispatch({ type: "exited", exitCode: exit?.exitCode ?? null });
  } catch (error) {
    run.dispatch({ type: "failed", error });
  }
}

/** Until here only our own supervisor ran, with more of the processor; from here on the code's limits hold. */
async function clamp(place: Place, run: RunContext): Promise<void> {
  try {
    await place.clamp(run);
  } catch (error) {
    run.dispatch({ type: "failed", error });
    return;
  }
  run.dispatch({ type: "clamped" });
}

async function sendJob(run: RunContext): Promise<void> {
  const assignment = run.assignment();
  if (assignment === null) throw new Error("a run without an assignment has no job to send");
  const { policy, job } = assignment;
  run.mark("job");
  run.arm(policy.timeoutMs + policy.graceMs, () => ({ type: "deadline" }));
  const isSent = await send(run, encodeJob(job));
  if (isSent && run.plan.takeUpMs !== undefined) run.arm(run.plan.takeUpMs, () => takeUpTimeout(run));
}

/** Writes to the supervisor's stdin. False where it is closed, which ends the run unless something better does. */
async function send(run: RunContext, pieces: Iterable<Uint8Array>): Promise<boolean> {
  try {
    for (const bytes of pieces) await run.results.attachment?.write(bytes);
    return true;
  } catch (error) {
    // A supervisor that ended by itself closes the connection too, and what it said before counts for more.
    if (!run.streams.signal.aborted) run.arm(lastWordsMs, () => ({ type: "failed", error }));
    return false;
  }
}

function finishEvidence(run: RunContext): void {
  const { plan, stream, marks, results } = run;
  run.mark("judging");
  stream.log.end();
  run.ended.resolve({
    state: run.state(),
    containerId: results.containerId,
    containerName: plan.name,
    stream,
    marks,
  });
  run.dispatch({ type: "judged" });
}

/** Nothing that the supervisor says or does counts any more. */
function release(run: RunContext): void {
  run.runs.resolve(false);
  run.waits.resolve(false);
  run.disarm();
  run.streams.abort(new Error("the run is over"));
}

async function clean(place: Place, run: RunContext): Promise<void> {
  release(run);
  const report = await place.cleanUp(run);
  run.cleaned.resolve({ ...report, containerExitCode: run.state().exitCode });
  run.dispatch({ type: "cleaned" });
}

function refuseReady(ready: ReadyFrame, place: Place): Error | null {
  if (ready.protocol === protocolVersion) return place.refuse(ready);
  return new HarnessProtocolError(
    `the supervisor speaks protocol ${ready.protocol} instead of ${protocolVersion}`,
  );
}

/** Null where the supervisor got ready in the meantime. */
function bootTimeout(run: RunContext): RunEvent | null {
  if (run.state().phase !== "booting") return null;
  const complaints = run.stream.complaints().slice(0, 500);
  const said = complaints === "" ? "" : `: ${complaints}`;
  return {
    type: "failed",
    error: new HarnessProtocolError(`the supervisor did not get ready in time${said}`),
  };
}

/** Null where the code was started in the meantime. */
function takeUpTimeout(run: RunContext): RunEvent | null {
  if (run.stream.hasStarted()) return null;
  return {
    type: "failed",
    error: new HarnessProtocolError("the supervisor did not take up its job in time"),
  };
}
