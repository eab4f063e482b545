import { loadLoop } from "../../../lib/loop/configured-loop.ts";
import { createLoop } from "../../../lib/loop/loop.ts";
import type { LoopExecutor } from "../../../lib/loop/options.ts";

/** What friendly candidates of the example score, by their number, when this executor runs them: the same wherever they run. */
export async function scoresOf(
  executor: LoopExecutor,
  candidates: number,
): Promise<readonly (readonly [score: number | null, keptBack: number | null])[]> {
  const { options } = await loadLoop("spec/examples/loop/momentum.yaml", {});
  const scores: (readonly [number | null, number | null])[] = [];
  const loop = createLoop({ ...options, executor, journal: null, budget: { candidates } });
  for await (const event of loop)
    if (event.type === "result") scores[event.index] = [event.score, event.holdout];
  return scores;
}
