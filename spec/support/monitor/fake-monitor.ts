import type { Monitor } from "../../../lib/monitor/monitor.ts";
import type { MonitorSnapshot } from "../../../lib/monitor/snapshot.ts";

/** A monitor by hand: what its server may ask, and no Engine behind it. */
export interface FakeMonitor extends Pick<Monitor, "on" | "snapshot"> {
  current: MonitorSnapshot;
  /** Tells that the snapshot is not what it was. */
  change(): void;
  listeners(): number;
  /** How many snapshots were asked for. */
  snapshots(): number;
}

/** The snapshot of a monitor that has seen nothing yet. */
export const emptySnapshot: MonitorSnapshot = {
  at: 1_717_243_200_000,
  process: { host: "here", pid: 4711 },
  engine: {
    endpoint: "unix:///there.sock",
    state: "up",
    since: 1_717_243_200_000,
    message: null,
    version: "1.2.3",
    clockSkewMs: 0,
    isFollowed: true,
  },
  containers: [],
  containerCount: 0,
  orphanCount: 0,
  runs: {
    active: [],
    activeCount: 0,
    recent: [],
    counts: {
      ok: 0,
      error: 0,
      rejected: 0,
      timeout: 0,
      "cpu-timeout": 0,
      oom: 0,
      "output-limit": 0,
      killed: 0,
      cancelled: 0,
      failed: 0,
    },
    latency: null,
  },
  sweep: { everyMs: 60_000, isUnderWay: false, last: null, failure: null },
  alerts: [],
  executors: [],
};

/** A monitor whose snapshot is what a spec says. */
export function fakeMonitor(change: Partial<MonitorSnapshot> = {}): FakeMonitor {
  const listeners = new Set<() => void>();
  let snapshots = 0;
  const monitor: FakeMonitor = {
    current: { ...emptySnapshot, ...change },
    on(_name, listener) {
      const own = listener as () => void;
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    snapshot() {
      snapshots++;
      return monitor.current;
    },
    change() {
      for (const listener of listeners) listener();
    },
    listeners: () => listeners.size,
    snapshots: () => snapshots,
  };
  return monitor;
}
