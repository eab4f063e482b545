import { setTimeout as delay } from "node:timers/promises";
import {
  type ContainerSpec,
  inspectContainer,
  isConnectionError,
  killContainer,
  updateContainer,
} from "../../engine-api/mod.ts";
import { HarnessProtocolError } from "../harness/errors.ts";
import { checkApplied } from "../policy/check-applied.ts";
import { cleanUp } from "./cleanup.ts";
import type { ContainerPlan, RunContext } from "./drive.ts";
import type { Place } from "./effects.ts";
import { performStep } from "./engine-steps.ts";

const defaultCallTimeoutMs = 30_000;

/** How often a kill is tried where the Engine cannot be reached, and how long after another. */
const killAttempts = 2;
const killPauseMs = 200;

/** A container of its own. */
export function inContainer(plan: ContainerPlan): Place {
  const { client, name, spec, isInspected, clampTo, callTimeoutMs = defaultCallTimeoutMs } = plan;
  return {
    step: (which, { results, streams: { signal } }) =>
      performStep(which, { client, name, spec, isInspected, results, callTimeoutMs, signal }),
    async clamp({ results }) {
      if (clampTo) await clampContainer(plan, results.containerId ?? name, clampTo);
    },
    kill: (run) => kill(plan, run),
    cleanUp: ({ results }) => cleanUp(client, results.containerId ?? name),
    refuse: ({ dumpable }) => (dumpable ? notHidden() : null),
  };
}

/** Why a supervisor is not trusted with a job whose memory the code could read. */
export function notHidden(): Error {
  return new HarnessProtocolError(
    "the supervisor could not hide its memory from the code (prctl failed), so no code was sent",
  );
}

/** What it applied is read back. */
async function clampContainer(plan: ContainerPlan, id: string, spec: ContainerSpec): Promise<void> {
  const { client, isInspected, callTimeoutMs = defaultCallTimeoutMs } = plan;
  const signal = AbortSignal.timeout(callTimeoutMs);
  const { NanoCpus, CpuShares } = spec.HostConfig ?? {};
  const body = { ...(NanoCpus !== undefined && { NanoCpus }), ...(CpuShares !== undefined && { CpuShares }) };
  await updateContainer(client, id, body, { signal });
  if (isInspected) checkApplied(spec, await inspectContainer(client, id, { signal }));
}

async function kill(plan: ContainerPlan, run: RunContext): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await killContainer(plan.client, run.results.containerId ?? plan.name, {
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
