import { describeUser } from "./host-user.ts";
import type { DirectRecipe } from "./recipe.ts";

/** The code of the warning that each direct run gives. */
export const warningCode = "BRIGBOX_DIRECT";

/**
 * Warns that a run has no isolation, once for each run and by Node's own means: `process.on("warning")` hears it, and it is shown on stderr
 * unless Node was told to show no warnings at all.
 */
export function warnOfDirect({ user, because }: DirectRecipe, runId: string): void {
  process.emitWarning(
    `run ${runId} has no container around it: its code runs on this machine ${describeUser(user)}, with the network and the files that this user has`,
    {
      type: "UnsafeExecutionWarning",
      code: warningCode,
      ...(because !== null && { detail: because.message }),
    },
  );
}
