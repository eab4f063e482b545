import { newRunId } from "../ownership.ts";
import type { Policy } from "../policy/policy.ts";
import { type DrivenRun, driveAhead } from "../run/drive.ts";
import { type ContainerRecipe, planAhead } from "../run/plan.ts";
import type { ResolvedPoolOptions } from "./options.ts";
import { createPool, type Pool } from "./pool.ts";
import { watchContainers } from "./watch-containers.ts";

/** What the containers of a pool are for. */
export interface ContainerPoolOptions {
  readonly options: ResolvedPoolOptions;
  /** With the command of a supervisor that waits. */
  readonly recipe: ContainerRecipe;
  readonly policy: Policy;
  /** Hears of each container that is made. */
  onContainer(run: DrivenRun): void;
}

/** How long the supervisor may take to import what it is to preload, milliseconds: more at a time on a busy machine. */
const bootTimeoutMs = 120_000;

/** A pool of containers on a real Engine. */
export function createContainerPool({ options, recipe, policy, onContainer }: ContainerPoolOptions): Pool {
  return createPool(options, {
    launch(poolId) {
      const plan = planAhead(recipe, policy, { runId: newRunId(), waitMs: options.maxAgeMs, poolId });
      const run = driveAhead({ ...plan, bootTimeoutMs });
      onContainer(run);
      return run;
    },
    watch(poolId, onUpset, signal) {
      const ownDoings = isClamped(recipe, policy) ? ["attach", "update"] : ["attach"];
      void watchContainers(recipe.client, { poolId, ownDoings, signal }, onUpset);
    },
  });
}

function isClamped(recipe: ContainerRecipe, policy: Policy): boolean {
  return planAhead(recipe, policy, { runId: "", waitMs: 0, poolId: "" }).clampTo !== null;
}
