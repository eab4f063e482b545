import type { Executor } from "../../../lib/executor.ts";
import { type Counts, takeCounts } from "./counts.ts";

/** What many runs of one pool, one after another, came to. */
export interface RowReport {
  /** One line for each wrong result. */
  readonly faults: readonly string[];
  /** With the pool full, before the first run and after the last. */
  readonly before: Counts;
  readonly after: Counts;
  /** How many had a container that waited. */
  readonly warm: number;
}

/** Trivial runs of an executor with a pool, one after another, each result checked. */
export async function runInARow(
  executor: Executor,
  { runs, onRun }: { readonly runs: number; readonly onRun?: (done: number) => void },
): Promise<RowReport> {
  // The first ones load what later ones share.
  for (let run = 0; run < 8; run++) await executor.run("pass");
  await executor.warmUp();
  const before = await takeCounts();
  const faults: string[] = [];
  let warm = 0;
  for (let run = 0; run < runs; run++) {
    const { status, values, evidence, cleanup } = await executor.run(`result = ${run} * 3`);
    if (evidence.start === "warm") warm++;
    if (status !== "ok" || values.result !== run * 3) faults.push(`run ${run} ended with ${status}`);
    if (cleanup?.isConfirmed !== true) faults.push(`the container of run ${run} is not known to be gone`);
    onRun?.(run + 1);
  }
  await executor.warmUp();
  return { faults, before, after: await takeCounts(), warm };
}
