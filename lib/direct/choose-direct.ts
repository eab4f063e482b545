import type { EngineClient } from "../../engine-api/mod.ts";
import { ConfigError } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type { ContainerRecipe } from "../run/plan.ts";
import { findAbsence } from "./find-absence.ts";
import type { DirectMode } from "./options.ts";
import { type DirectRecipe, isDirect, prepareDirect, type RunRecipe } from "./recipe.ts";

/** What one executor's choice rests on. */
export interface DirectChoice {
  readonly mode: DirectMode;
  readonly policy: Policy;
  readonly client: EngineClient;
  readonly python: string | undefined;
}

/**
 * A function that gives what direct runs are made of, or null where runs have containers: always so once an Engine was there.
 *
 * It throws ConfigError and SandboxError where code is to run directly and cannot.
 */
export function createDirectChoice({
  mode,
  policy,
  client,
  python,
}: DirectChoice): () => Promise<DirectRecipe | null> {
  let wasReached = false;
  return async () => {
    if (mode === "always") return prepareDirect(policy, { python, because: null });
    if (mode === "never" || wasReached) return null;
    const because = await findAbsence(client);
    wasReached = because === null;
    return because === null ? null : prepareDirect(policy, { python, because });
  };
}

/** What sessions are made of. @throws ConfigError where code runs directly. */
export async function requireContainers(
  mode: DirectMode,
  prepare: () => Promise<RunRecipe>,
): Promise<ContainerRecipe> {
  const recipe = mode === "always" ? null : await prepare();
  if (recipe !== null && !isDirect(recipe)) return recipe;
  throw new ConfigError(
    "a session needs a container, and this executor runs code directly; use runs instead",
  );
}
