import type { EngineClient } from "../../engine-api/mod.ts";
import { type ReapOptions, type ReapReport, reap } from "./reap.ts";

/** Options of {@link createSweeper}. */
export interface SweeperOptions
  extends Pick<ReapOptions, "withLabels" | "callTimeoutMs" | "signal" | "host"> {
  /** Hears what came of the sweep; what it throws is lost. */
  readonly onSwept?: (event: SweepEvent) => void;
}

/** What came of a sweep. */
export type SweepEvent =
  | { readonly type: "swept"; readonly report: ReapReport }
  | { readonly type: "sweep-failed"; readonly error: unknown };

/** Clears away, once, what dead processes left behind. */
export interface Sweeper {
  /** The first call sweeps, later ones share its outcome. Never rejects: null where the sweep failed or was aborted. */
  sweepOnce(): Promise<ReapReport | null>;
}

/**
 * A sweeper for the background of other work: it removes orphans one at a time, and its failures are nobody's.
 *
 * @example
 * const sweeper = createSweeper(client, { signal });
 * void sweeper.sweepOnce();
 */
export function createSweeper(client: EngineClient, options: SweeperOptions = {}): Sweeper {
  const { onSwept, ...reapOptions } = options;
  let pending: Promise<ReapReport | null> | null = null;

  async function sweep(): Promise<ReapReport | null> {
    try {
      const report = await reap(client, { ...reapOptions, concurrency: 1 });
      tell({ type: "swept", report });
      return report;
    } catch (error) {
      tell({ type: "sweep-failed", error });
      return null;
    }
  }

  function tell(event: SweepEvent): void {
    try {
      onSwept?.(event);
    } catch {
      // A listener's failure must not turn into one of the run that the sweep accompanies.
    }
  }

  return {
    sweepOnce: () => {
      pending ??= sweep();
      return pending;
    },
  };
}
