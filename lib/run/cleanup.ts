import { setTimeout as delay } from "node:timers/promises";
import {
  containerExists,
  type EngineClient,
  isConflict,
  isNotFound,
  killContainer,
  removeContainer,
} from "../../engine-api/mod.ts";
import type { CleanupAttempt, CleanupReport } from "../verdict.ts";

/** Time limits of a cleanup, milliseconds. */
export interface CleanupLimits {
  /** One call to the Engine. @default 15000 */
  readonly callTimeoutMs?: number;
  /** How long a removal may go on before the next strategy is tried. @default 10000 */
  readonly confirmMs?: number;
}

type Strategy = CleanupAttempt["strategy"];

const strategies: readonly {
  readonly name: Strategy;
  apply(client: EngineClient, id: string, signal: AbortSignal): Promise<void>;
}[] = [
  { name: "remove", apply: (client, id, signal) => removeContainer(client, id, { signal }) },
  {
    name: "force-remove",
    apply: (client, id, signal) => removeContainer(client, id, { force: true, signal }),
  },
  { name: "kill-remove", apply: killThenRemove },
];

/** Nothing to remove, and nothing was. */
export const nothingToClean: CleanupReport = {
  strategy: "none",
  isConfirmed: true,
  attempts: [],
  containerExitCode: null,
  cleanupMs: 0,
};

/**
 * Removes a container by the first of three strategies after which the Engine says that it is gone. Never throws: what could not be
 * done is in the report.
 *
 * @param idOrName the name serves where the answer to the create was lost.
 */
export async function cleanUp(
  client: EngineClient,
  idOrName: string,
  limits: CleanupLimits = {},
): Promise<CleanupReport> {
  const started = performance.now();
  const attempts: CleanupAttempt[] = [];
  for (const strategy of strategies) {
    const attempt = await tryStrategy(client, idOrName, strategy, limits);
    attempts.push({ strategy: strategy.name, ...attempt });
    if (attempt.outcome !== "failed") return report(strategy.name, true);
  }
  return report("kill-remove", false);

  function report(strategy: Strategy, isConfirmed: boolean): CleanupReport {
    return {
      strategy,
      isConfirmed,
      attempts,
      containerExitCode: null,
      cleanupMs: performance.now() - started,
    };
  }
}

/** Ends once the container is gone, or it is known why it is not. */
async function tryStrategy(
  client: EngineClient,
  id: string,
  strategy: (typeof strategies)[number],
  limits: CleanupLimits,
): Promise<Omit<CleanupAttempt, "strategy">> {
  const callTimeoutMs = limits.callTimeoutMs ?? 15_000;
  let wasThere = true;
  try {
    await strategy.apply(client, id, AbortSignal.timeout(callTimeoutMs));
  } catch (error) {
    // 404 and "removal in progress" are what we want, once confirmed; any other conflict is a container that still runs.
    if (!isNotFound(error) && !isRemovalInProgress(error))
      return { outcome: "failed", message: describeFailure(error, callTimeoutMs) };
    wasThere = !isNotFound(error);
  }
  const message = await confirmGone(client, id, callTimeoutMs, limits.confirmMs ?? 10_000);
  if (message !== null) return { outcome: "failed", message };
  return { outcome: wasThere ? "gone" : "absent", message };
}

async function killThenRemove(client: EngineClient, id: string, signal: AbortSignal): Promise<void> {
  await killContainer(client, id, { signal });
  await removeContainer(client, id, { force: true, signal });
}

async function confirmGone(
  client: EngineClient,
  id: string,
  callTimeoutMs: number,
  confirmMs: number,
): Promise<string | null> {
  const until = performance.now() + confirmMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    try {
      if (!(await containerExists(client, id, { signal: AbortSignal.timeout(callTimeoutMs) }))) return null;
    } catch (error) {
      return describeFailure(error, callTimeoutMs);
    }
    if (performance.now() > until) return `still there ${confirmMs} ms after its removal began`;
    await delay(pauseMs);
  }
}

function isRemovalInProgress(error: unknown): boolean {
  return isConflict(error) && /removal of container .* is already in progress/i.test(error.engineMessage);
}

function describeFailure(error: unknown, callTimeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `the Engine did not answer within ${callTimeoutMs} ms`;
  return error instanceof Error ? error.message : String(error);
}
