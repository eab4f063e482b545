import type { EngineClient } from "../../../engine-api/mod.ts";
import { type KillRound, killRound, measureRun, type Program } from "./kill-round.ts";
import { createSeededRandom } from "./seeded-random.ts";

/** Within this after the kill of its host no started container may exist, milliseconds. */
export const goneWithinMs = 5000;

const programs: readonly Program[] = ["short", "busy", "pooled", "session"];

/** Some kills must come after the cleanup, too. */
const spread = 1.15;

/**
 * Kills a host at random moments of its runs, from before the first create to after the last cleanup.
 *
 * @param options.onRound hears of each round when it is over.
 */
export async function killRounds(
  client: EngineClient,
  options: {
    readonly rounds: number;
    readonly seed: number;
    readonly onRound?: (round: KillRound, index: number) => void;
  },
): Promise<readonly KillRound[]> {
  const random = createSeededRandom(options.seed);
  const durations = new Map<Program, number>();
  for (const program of programs) durations.set(program, await measureRun(program));
  const results: KillRound[] = [];
  for (let index = 0; index < options.rounds; index++) {
    const program = programs[index % programs.length] ?? "short";
    const killAfterMs = random() * (durations.get(program) ?? 0) * spread;
    const round = await killRound(client, { program, killAfterMs });
    options.onRound?.(round, index);
    results.push(round);
  }
  return results;
}

/** Null for a round as it must be, else what is wrong with it. */
export function findFault({ startedGoneMs, leftCreated, reaped, left }: KillRound): string | null {
  if (startedGoneMs === null) return "a started container stayed";
  if (startedGoneMs > goneWithinMs) return `a started container stayed for ${Math.round(startedGoneMs)} ms`;
  if (reaped !== leftCreated) return `the reaper removed ${reaped} of ${leftCreated} containers`;
  return left > 0 ? `${left} containers are left` : null;
}

/** One line of figures. */
export function summarize(rounds: readonly KillRound[]): string {
  const faults = rounds.filter((round) => findFault(round) !== null).length;
  const times = rounds
    .map(({ startedGoneMs }) => startedGoneMs ?? Number.POSITIVE_INFINITY)
    .filter((ms) => ms > 0)
    .sort((one, other) => one - other);
  const at = (share: number): number => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0);
  const created = rounds.filter(({ leftCreated }) => leftCreated > 0).length;
  const reaped = rounds.reduce((sum, round) => sum + round.reaped, 0);
  return (
    `${rounds.length} kills, ${faults} faults; ${times.length} with a started container, gone after ` +
    `${at(0.5)} ms (median), ${at(0.9)} ms (90 %), ${at(1)} ms (longest); ${created} with one never started, ${reaped} reaped`
  );
}
