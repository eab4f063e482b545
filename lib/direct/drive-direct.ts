import { SandboxError } from "../errors.ts";
import { containerName } from "../ownership.ts";
import { type Assignment, type DrivenRun, driveIn } from "../run/drive.ts";
import { inProcess } from "./in-process.ts";
import type { DirectRecipe } from "./recipe.ts";
import { warnOfDirect } from "./warn.ts";

/**
 * Runs a job with no container around it, and says so.
 *
 * @throws SandboxError where the run's own policy forbids it, as if there were no direct execution.
 */
export function driveDirect(recipe: DirectRecipe, runId: string, assignment: Assignment): DrivenRun {
  const { policy, signal } = assignment;
  const { because } = recipe;
  if (policy.directExecution === "forbidden")
    throw new SandboxError(because?.message ?? "there are no containers", {
      runId,
      cause: because ?? undefined,
    });
  if (!signal.aborted) warnOfDirect(recipe, runId);
  const { command, program } = recipe.harnessFor(policy);
  const plan = { client: null, name: containerName(runId), command, program, user: recipe.user };
  return driveIn(inProcess(plan), plan, assignment);
}
