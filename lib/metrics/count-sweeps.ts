import type { OrphansSwept } from "../diagnostics/messages.ts";
import { callSeconds } from "./buckets.ts";
import { alertTypes, outcomes } from "./label-values.ts";
import type { Counting } from "./listen.ts";
import type { Sample } from "./meter.ts";

/** Of more Engines than that the one that was heard of first is forgotten. */
const mostEngines = 100;

/** What a monitor told last of an Engine. */
interface EngineView {
  readonly sweep: OrphansSwept | null;
  readonly isGone: boolean;
}

/** Counts what monitors tell: sweeps, orphans and alerts. */
export function countSweeps({ meter, listen }: Counting): void {
  const engines = new Map<string, EngineView>();
  const { seconds, removals, alerts } = createSweepMetrics({ meter });
  gaugeEngines({ meter }, engines);

  function update(endpoint: string, change: Partial<EngineView>): void {
    const { sweep, isGone } = engines.get(endpoint) ?? { sweep: null, isGone: false };
    engines.set(endpoint, { sweep, isGone, ...change });
    const [first = ""] = engines.keys();
    if (engines.size > mostEngines) engines.delete(first);
  }

  listen("brigbox:monitor:sweep", (sweep) => {
    update(sweep.endpoint, { sweep });
    seconds.observe({}, sweep.durationMs / 1000);
    removals.add({ outcome: "gone" }, sweep.removed);
    removals.add({ outcome: "failed" }, sweep.failed);
  });
  listen("brigbox:monitor:alert", ({ endpoint, type }) => {
    alerts.add({ type });
    if (type === "engine-gone" || type === "engine-back")
      update(endpoint, { isGone: type === "engine-gone" });
  });
}

function createSweepMetrics({ meter }: Pick<Counting, "meter">) {
  return {
    seconds: meter.histogram({
      name: "brigbox_sweep_duration_seconds",
      help: "Time that a monitor took to look for orphans and to remove them.",
      labels: {},
      buckets: callSeconds,
    }),
    removals: meter.counter({
      name: "brigbox_orphan_removals_total",
      help: "Orphans that a monitor set about removing, and whether they are gone.",
      labels: { outcome: outcomes },
    }),
    alerts: meter.counter({
      name: "brigbox_monitor_alerts_total",
      help: "What monitors alerted of.",
      labels: { type: alertTypes },
    }),
  };
}

function gaugeEngines({ meter }: Pick<Counting, "meter">, engines: ReadonlyMap<string, EngineView>): void {
  const sweeps = (): OrphansSwept[] =>
    [...engines.values()].map(({ sweep }) => sweep).filter((sweep) => sweep !== null);
  const fromSweeps = (name: string, help: string, read: (sweeps: readonly OrphansSwept[]) => number): void =>
    meter.gauge({ name, help, labels: {} }, () => (sweeps().length === 0 ? [] : one(read(sweeps()))));
  fromSweeps(
    "brigbox_engine_containers",
    "Containers of Brigbox on the Engine, of all processes, when a monitor looked last.",
    (all) => sum(all.map(({ containers }) => containers)),
  );
  fromSweeps(
    "brigbox_orphaned_containers",
    "Containers whose owner is dead, or whose time is over, that a monitor saw last and did not remove.",
    (all) => sum(all.map(({ orphans, removed }) => Math.max(0, orphans - removed))),
  );
  fromSweeps(
    "brigbox_last_sweep_timestamp_seconds",
    "When a monitor looked last for orphans.",
    (all) => Math.max(...all.map(({ at }) => at)) / 1000,
  );
  meter.gauge(
    {
      name: "brigbox_unreachable_engines",
      help: "Engines that monitors cannot reach.",
      labels: {},
    },
    () => one([...engines.values()].filter(({ isGone }) => isGone).length),
  );
}

function one(value: number): readonly Sample<Record<never, never>>[] {
  return [{ labels: {}, value }];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
