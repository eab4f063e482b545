import type { LoopEvent } from "../../../lib/loop/events.ts";
import { createLoop, type Loop } from "../../../lib/loop/loop.ts";
import type { LoopOptions } from "../../../lib/loop/options.ts";
import { valueScore } from "../../../lib/loop/score/value-score.ts";
import { createPlayExecutor } from "./play-executor.ts";

/** A loop without an Engine. What is not given counts up: `result = 0`, `result = 1` ... */
export function playLoop(options: Partial<LoopOptions> = {}): Loop {
  return createLoop({
    propose: ({ index }) => `result = ${index}`,
    executor: createPlayExecutor(),
    score: valueScore("values.result"),
    budget: { candidates: 10 },
    retryDelayMs: 1,
    ...options,
  });
}

/** All that a loop tells, to its end. */
export async function eventsOf(loop: Loop): Promise<LoopEvent[]> {
  const events: LoopEvent[] = [];
  for await (const event of loop) events.push(event);
  return events;
}
