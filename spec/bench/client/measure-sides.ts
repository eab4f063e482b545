import { quantile } from "../statistics.ts";
import type { Memory, Side } from "./side.ts";
import type { Job, JobResult } from "./sides/jobs.ts";
import { startSides } from "./sides.ts";

/** What one side reached in one round. */
export type Measured = JobResult & { readonly memory: Memory };

/** All rounds of a side. */
export interface SideRounds {
  readonly name: string;
  readonly rounds: readonly Measured[];
}

/** Runs a body with all sides, which are closed afterwards. */
export async function withSides<T>(body: (sides: readonly Side[]) => Promise<T>): Promise<T> {
  const sides = await startSides();
  try {
    return await body(sides);
  } finally {
    for (const side of sides) side.close();
  }
}

/**
 * The same job for each side in turns, so that a noisy machine is noisy for all; who begins changes with each round.
 *
 * @param options.warmUps rounds that do not count.
 * @param options.withJob makes what the job needs, and takes it away again.
 */
export async function measureInTurns(
  sides: readonly Side[],
  options: {
    readonly rounds: number;
    readonly warmUps: number;
    readonly withJob: (perform: (job: Job) => Promise<void>) => Promise<void>;
  },
): Promise<readonly SideRounds[]> {
  const measured = new Map<string, Measured[]>(sides.map(({ name }) => [name, []]));
  for (let round = -options.warmUps; round < options.rounds; round++)
    for (let turn = 0; turn < sides.length; turn++) {
      const side = sides[(turn + round + options.warmUps) % sides.length];
      if (side === undefined) continue;
      await options.withJob(async (job) => {
        const result = await side.perform(job);
        if (round >= 0) measured.get(side.name)?.push(result);
      });
    }
  return [...measured].map(([name, rounds]) => ({ name, rounds }));
}

/** The median of something over a side's rounds. */
export function median({ rounds }: SideRounds, value: (measured: Measured) => number): number {
  return quantile(rounds.map(value), 0.5);
}

/** The figures of the side with this name. */
export function sideNamed(all: readonly SideRounds[], name: string): SideRounds {
  const found = all.find((side) => side.name === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}
