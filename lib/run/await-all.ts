import type { RunResult } from "../verdict.ts";
import type { RunHandle } from "./run-handle.ts";

/**
 * The result with the report of its cleanup, which is awaited though the result failed: who awaits `run()` may rely on nothing being left.
 */
export async function awaitAll(run: RunHandle): Promise<RunResult> {
  const [result, cleanup] = await Promise.allSettled([run.result, run.cleaned]);
  if (result.status === "rejected") throw result.reason;
  const report = cleanup.status === "fulfilled" ? cleanup.value : null;
  const { timings, evidence, session } = result.value;
  // Nothing was to be removed after a cell that others may follow.
  const goesOn = session !== null && !session.stateLost;
  const containerExitCode = evidence.containerExitCode ?? report?.containerExitCode ?? null;
  const cleanupMs = report?.cleanupMs ?? 0;
  return {
    ...result.value,
    evidence: { ...evidence, containerExitCode },
    cleanup: goesOn ? null : report,
    timings: { ...timings, cleanupMs, totalMs: timings.totalMs + cleanupMs },
  };
}
