import type { EngineClient } from "../../engine-api/mod.ts";
import { tell } from "../diagnostics/channels.ts";
import type { OrphansSwept } from "../diagnostics/messages.ts";
import { type ReapOptions, type ReapReport, reap } from "../reaper/reap.ts";
import type { MonitoredSweep } from "./snapshot.ts";

/** How orphans are looked for. */
export interface SweepsOptions extends Pick<ReapOptions, "withLabels" | "host"> {
  readonly endpoint: string;
  /** Null for never. */
  readonly reapEveryMs: number | null;
  /** While the Engine is gone nothing is tried. */
  isEngineUp(): boolean;
  onSwept(swept: OrphansSwept, report: ReapReport): void;
  /** A sweep begins, or came to an end. */
  onChange(): void;
  /** Ends the sweep under way and all further ones. */
  readonly signal: AbortSignal;
}

/** Looks for orphans again and again, one sweep at a time. */
export interface Sweeps {
  /** Begins one unless one is under way, or the last one is not long ago. */
  sweepIfDue(): void;
  status(): MonitoredSweep;
  /** Resolves once none is under way. */
  idle(): Promise<void>;
}

const longestMessage = 300;

/** Never throws; its timer keeps no process alive. */
export function createSweeps(client: EngineClient, options: SweepsOptions): Sweeps {
  const { endpoint, reapEveryMs: everyMs, isEngineUp, onSwept, onChange, signal } = options;
  let dueAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | null = null;
  let last: OrphansSwept | null = null;
  let failure: string | null = null;

  function sweepIfDue(): void {
    const now = performance.now();
    if (everyMs === null || underWay !== null || signal.aborted || now < dueAt || !isEngineUp()) return;
    dueAt = now + everyMs;
    underWay = sweep().finally(() => {
      underWay = null;
      if (!signal.aborted) schedule();
      onChange();
    });
    onChange();
  }

  function schedule(): void {
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        // Timers may come a little early; and where the Engine is gone now, it is done when it is back.
        dueAt = 0;
        sweepIfDue();
      },
      Math.max(1, dueAt - performance.now()),
    );
    timer.unref();
  }

  async function sweep(): Promise<void> {
    const [at, startedAt] = [Date.now(), performance.now()];
    const { withLabels = [], host } = options;
    try {
      const report = await reap(client, { withLabels, ...(host !== undefined && { host }), signal });
      last = summarize(report, { endpoint, at, durationMs: performance.now() - startedAt });
      failure = null;
      onSwept(last, report);
      tell("brigbox:monitor:sweep", last);
    } catch (error) {
      failure = (error instanceof Error ? error.message : String(error)).slice(0, longestMessage);
    }
  }

  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return {
    sweepIfDue,
    status: () => ({ everyMs, isUnderWay: underWay !== null, last, failure }),
    idle: async () => {
      await underWay;
    },
  };
}

function summarize(
  { containers }: ReapReport,
  head: Pick<OrphansSwept, "endpoint" | "at" | "durationMs">,
): OrphansSwept {
  const orphans = containers.filter(({ verdict }) => verdict === "orphan");
  const having = (outcome: string): number =>
    orphans.filter((container) => container.outcome === outcome).length;
  return {
    ...head,
    containers: containers.length,
    orphans: orphans.length,
    removed: having("removed"),
    failed: having("failed"),
  };
}
