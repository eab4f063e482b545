import type { EngineClient } from "../../engine-api/mod.ts";
import { cleanUp } from "../run/cleanup.ts";
import type { DrivenRun } from "../run/drive.ts";
import type { CleanupReport } from "../verdict.ts";

/** Options of {@link createLeftovers}. */
export interface LeftoversOptions {
  /**
   * How long to wait before each further attempt, milliseconds; the last one is repeated.
   *
   * @default [1000, 2000, 4000, 8000, 15000, 30000]
   */
  readonly pausesMs?: readonly number[];
  /** Hears of each attempt; what it throws is lost. */
  readonly onAttempt?: (name: string, report: CleanupReport) => void;
}

/** Containers that may still be there though their runs are over, because the Engine could not be asked or did not do it. */
export interface Leftovers {
  /**
   * Tries again, later and for as long as it takes.
   *
   * @param certainAfter how often the Engine must say that it has no such container: a create whose answer was lost may still be on its way.
   * @param id the Engine's, where it is known: an Engine that was killed in the middle of a removal has the container afterwards without its name.
   */
  add(name: string, certainAfter?: number, id?: string | null): void;
  /** Adds a run's container, should it be left over. Resolves when that is known; never rejects. */
  watch(run: DrivenRun): Promise<void>;
  /** How many are not known to be gone. */
  size(): number;
  /** One last attempt for each; ends all timers. Never rejects. */
  close(): Promise<void>;
}

interface Leftover {
  readonly timer: NodeJS.Timeout;
  readonly attempts: number;
  readonly certainAfter: number;
  readonly id: string | null;
}

const defaultPausesMs = [1000, 2000, 4000, 8000, 15_000, 30_000];

/** At the end nobody waits for an Engine that is in trouble; what is left then goes by the reaper. */
const lastAttempt = { callTimeoutMs: 3000, confirmMs: 3000 };

/** Remembers what could not be cleaned up, and tries again. Its timers keep no process alive. */
export function createLeftovers(client: EngineClient, options: LeftoversOptions = {}): Leftovers {
  const { pausesMs = defaultPausesMs, onAttempt } = options;
  const waiting = new Map<string, Leftover>();
  const underWay = new Set<Promise<void>>();
  let isClosed = false;

  function add(name: string, certainAfter = 1, id: string | null = null): void {
    if (isClosed || waiting.has(name)) return;
    schedule(name, { attempts: 0, certainAfter, id });
  }

  function schedule(name: string, leftover: Omit<Leftover, "timer">): void {
    const { attempts } = leftover;
    const pauseMs = pausesMs[Math.min(attempts, pausesMs.length - 1)] ?? 0;
    const timer = setTimeout(() => track(tryAgain(name)), pauseMs);
    timer.unref();
    waiting.set(name, { ...leftover, timer });
  }

  function track(attempt: Promise<void>): void {
    underWay.add(attempt);
    void attempt.finally(() => underWay.delete(attempt));
  }

  async function tryAgain(name: string): Promise<void> {
    const known = waiting.get(name);
    if (known === undefined) return;
    const report = await attempt(name, known.id);
    const certainAfter = report.isConfirmed ? known.certainAfter - 1 : known.certainAfter;
    if (certainAfter === 0) waiting.delete(name);
    else if (!isClosed) schedule(name, { ...known, attempts: known.attempts + 1, certainAfter });
  }

  async function attempt(
    name: string,
    id: string | null,
    limits?: typeof lastAttempt,
  ): Promise<CleanupReport> {
    const report = await cleanUp(client, id ?? name, limits);
    try {
      onAttempt?.(name, report);
    } catch {
      // A listener's failure is none of the cleanup.
    }
    return report;
  }

  async function watch({ containerName, ended, cleaned }: DrivenRun): Promise<void> {
    const [{ state, containerId }, report] = await Promise.all([ended, cleaned]);
    // A failed run may have lost the answer to its create, and what was found to be nowhere may yet come.
    const mayCome = state.cause?.kind === "failed" && report.strategy !== "none";
    if (!report.isConfirmed || mayCome) add(containerName, mayCome ? 2 : 1, containerId);
  }

  async function close(): Promise<void> {
    isClosed = true;
    for (const { timer } of waiting.values()) clearTimeout(timer);
    await Promise.all(underWay);
    await Promise.all(
      [...waiting].map(async ([name, { id }]) => {
        if ((await attempt(name, id, lastAttempt)).isConfirmed) waiting.delete(name);
      }),
    );
  }

  return { add, watch, size: () => waiting.size, close };
}
