import type { ConnectionError } from "../../engine-api/mod.ts";
import { createHarness, type Harness } from "../harness/boot.ts";
import type { Policy } from "../policy/policy.ts";
import type { ContainerRecipe } from "../run/plan.ts";
import { findPython } from "./find-python.ts";
import { chooseUser, type HostUser } from "./host-user.ts";

/** What direct runs of one executor are made of. */
export interface DirectRecipe {
  readonly kind: "direct";
  /** The supervisor with the limits of a policy; it makes the folder that TMPDIR names. */
  harnessFor(policy: Policy): Harness;
  /** Whom the code runs as; null for whoever runs this process. */
  readonly user: HostUser | null;
  /** Why there is no container; null where none was asked for. */
  readonly because: ConnectionError | null;
}

/** What runs of one executor are made of. */
export type RunRecipe = ContainerRecipe | DirectRecipe;

/** Whether code runs with no container around it. */
export function isDirect(recipe: RunRecipe): recipe is DirectRecipe {
  return "kind" in recipe;
}

/**
 * Looks for what direct runs need.
 *
 * @throws ConfigError on Windows, and for an interpreter that was asked for and is none; SandboxError where there is none.
 */
export async function prepareDirect(
  policy: Policy,
  { python, because }: { readonly python: string | undefined; readonly because: ConnectionError | null },
): Promise<DirectRecipe> {
  const user = chooseUser(policy);
  const cause = because ?? undefined;
  const found = await findPython({ python, user, cause });
  return { kind: "direct", harnessFor: makeHarnesses(found, policy), user, because };
}

/** Most runs have their executor's limits, and need not wait for another one to be put together. */
function makeHarnesses(python: string, own: Policy): DirectRecipe["harnessFor"] {
  const make = ({ memoryBytes, maxProcesses: processes }: Policy): Harness =>
    createHarness({ python, root: null, direct: { memoryBytes, processes } });
  const made = make(own);
  return (policy) =>
    policy.memoryBytes === own.memoryBytes && policy.maxProcesses === own.maxProcesses ? made : make(policy);
}
