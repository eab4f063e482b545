import { setTimeout as delay } from "node:timers/promises";
import {
  type ContainerSpec,
  inspectContainer,
  isConnectionError,
  killContainer,
  updateContainer,
} from "../../engine-api/mod.ts";
import { HarnessProtocolError } from "../harness/errors.ts";
import { encodeJob } from "../harness/job.ts";
import { protocolVersion } from "../harness/protocol.ts";
import { checkApplied } from "../policy/check-applied.ts";
import { cleanUp, nothingToClean } from "./cleanup.ts";
import type { ContainerPlan, RunContext } from "./drive.ts";
import { performStep } from "./engine-steps.ts";
import type { Effect, RunEvent, Step } from "./state.ts";

const defaultCallTimeoutMs = 30_000;
const defaultBootTimeoutMs = 60_000;

/** How long after a kill or a report a container may take to end before the cleanup is let loose on it. */
const overdueMs = 10_000;

/** How often a kill is tried where the Engine cannot be reached, and how long after another. */
const killAttempts = 2;
const killPauseMs = 200;

/** How long the last words of a container may take to arrive after it closed its stdin to us. */
const lastWordsMs = 1000;

/** Does what the state machine asks for. Never throws: what goes wrong becomes an event. */
export function perform(effect: Effect, run: RunContext): void {
  switch (effect.type) {
    case "step":
      void doStep(effect.step, run);
      break;
    case "arm-boot-timer":
      run.arm(run.plan.bootTimeoutMs ?? defaultBootTimeoutMs, () => bootTimeout(run));
      break;
    case "clamp":
      void clamp(run);
      break;
    case "offer":
      run.waits.resolve(true);
      break;
    case "send-job":
      void sendJob(run);
      break;
    case "kill":
      void kill(run);
      break;
    case "arm-overdue-timer":
      run.arm(overdueMs, () => ({ type: "overdue" }));
      break;
    case "judge":
      finishEvidence(run);
      break;
    case "clean":
      void clean(run);
      break;
    case "finish":
      release(run);
      run.cleaned.resolve(nothingToClean);
      break;
    default:
      effect satisfies never;
  }
}

async function doStep(which: Step, run: RunContext): Promise<void> {
  const { client, name, spec, isInspected } = run.plan;
  const callTimeoutMs = run.plan.callTimeoutMs ?? defaultCallTimeoutMs;
  try {
    await performStep(which, {
      client,
      name,
      spec,
      isInspected,
      results: run.results,
      callTimeoutMs,
      signal: run.streams.signal,
    });
  } catch (error) {
    run.dispatch({ type: "step-failed", step: which, error });
    return;
  }
  run.mark(which);
  if (which === "attach") {
    void readOutput(run);
    void send(run, [run.plan.program]);
  }
  if (which === "wait") void awaitExit(run);
  if (which === "start") run.runs.resolve(true);
  run.dispatch({ type: "step-done", step: which });
}

async function readOutput(run: RunContext): Promise<void> {
  try {
    for await (const chunk of run.results.attachment?.output ?? []) {
      for (const event of run.stream.push(chunk)) onStreamEvent(event, run);
    }
  } catch (error) {
    run.dispatch({ type: "failed", error });
  }
  run.stream.log.end();
  run.dispatch({ type: "output-ended" });
}

function onStreamEvent(event: RunEvent, run: RunContext): void {
  if (event.type === "ready") run.mark("ready");
  if (event.type === "report") run.mark("ended");
  const refusal = event.type === "ready" ? refuseReady(event.frame) : null;
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

/** Until here only our own supervisor ran, with more of the processor; from here on the code's limits hold, and that is read back. */
async function clamp(run: RunContext): Promise<void> {
  const { plan, results } = run;
  try {
    if (plan.clampTo) await clampContainer(plan, results.containerId ?? plan.name, plan.clampTo);
  } catch (error) {
    run.dispatch({ type: "failed", error });
    return;
  }
  run.dispatch({ type: "clamped" });
}

async function clampContainer(plan: ContainerPlan, id: string, spec: ContainerSpec): Promise<void> {
  const { client, isInspected, callTimeoutMs = defaultCallTimeoutMs } = plan;
  const signal = AbortSignal.timeout(callTimeoutMs);
  const { NanoCpus, CpuShares } = spec.HostConfig ?? {};
  const body = { ...(NanoCpus !== undefined && { NanoCpus }), ...(CpuShares !== undefined && { CpuShares }) };
  await updateContainer(client, id, body, { signal });
  if (isInspected) checkApplied(spec, await inspectContainer(client, id, { signal }));
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

/** Writes to the container's stdin. False where it is closed, which ends the run unless something better does. */
async function send(run: RunContext, pieces: Iterable<Uint8Array>): Promise<boolean> {
  try {
    for (const bytes of pieces) await run.results.attachment?.write(bytes);
    return true;
  } catch (error) {
    // A container that ended by itself closes the connection too, and what it said before counts for more.
    if (!run.streams.signal.aborted) run.arm(lastWordsMs, () => ({ type: "failed", error }));
    return false;
  }
}

async function kill(run: RunContext): Promise<void> {
  const { plan, results } = run;
  for (let attempt = 1; ; attempt++) {
    try {
      await killContainer(plan.client, results.containerId ?? plan.name, {
        signal: AbortSignal.timeout(plan.callTimeoutMs ?? defaultCallTimeoutMs),
      });
      return;
    } catch (error) {
      // The cleanup tries again by stronger means, and reports what failed.
      if (!isConnectionError(error)) return;
      // From an Engine that is gone no end will be heard.
      if (attempt === killAttempts) {
        run.dispatch({ type: "overdue" });
        return;
      }
      await delay(killPauseMs);
    }
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

/** Nothing that the container says or does counts any more. */
function release(run: RunContext): void {
  run.runs.resolve(false);
  run.waits.resolve(false);
  run.disarm();
  run.streams.abort(new Error("the run is over"));
}

async function clean(run: RunContext): Promise<void> {
  release(run);
  const report = await cleanUp(run.plan.client, run.results.containerId ?? run.plan.name);
  run.cleaned.resolve({ ...report, containerExitCode: run.state().exitCode });
  run.dispatch({ type: "cleaned" });
}

/** Null where the supervisor can be trusted with a job. */
function refuseReady({ protocol, dumpable }: { protocol: number; dumpable: boolean }): Error | null {
  if (protocol !== protocolVersion) {
    return new HarnessProtocolError(
      `the supervisor speaks protocol ${protocol} instead of ${protocolVersion}`,
    );
  }
  return dumpable
    ? new HarnessProtocolError(
        "the supervisor could not hide its memory from the code (prctl failed), so no code was sent",
      )
    : null;
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
