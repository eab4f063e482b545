import { setTimeout as delay } from "node:timers/promises";
import type { LoopExecutor } from "../../../lib/loop/options.ts";
import type { RunOptions } from "../../../lib/run/run-handle.ts";
import type { RunResult } from "../../../lib/verdict.ts";
import { okResult } from "../results.ts";

/** An executor that understands code such as `result = 7`, and keeps count of what it ran. */
export interface PlayExecutor extends LoopExecutor {
  /** Codes in the order in which their runs began. */
  readonly ran: string[];
  /** The most runs that went on at the same time. */
  most(): number;
}

/**
 * @param play what becomes of a code; numbers behind `result =` come back unless it says something else.
 */
export function createPlayExecutor(
  play: (code: string, options: RunOptions) => Partial<RunResult> | Promise<Partial<RunResult>> = () => ({}),
): PlayExecutor {
  const ran: string[] = [];
  let active = 0;
  let most = 0;
  return {
    ran,
    most: () => most,
    async run(code, options = {}) {
      ran.push(code);
      most = Math.max(most, ++active);
      try {
        await delay(0);
        const result = Number(/result = (-?\d+(\.\d+)?)/.exec(code)?.[1] ?? Number.NaN);
        return okResult({ values: { result }, ...(await play(code, options)) });
      } finally {
        active--;
      }
    },
  };
}
