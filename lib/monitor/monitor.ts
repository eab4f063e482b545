import { hostname } from "node:os";
import { createClient, describeEndpoint } from "../../engine-api/mod.ts";
import type { MonitorAlert, OrphansSwept } from "../diagnostics/messages.ts";
import { type AlertFeed, createAlertFeed, type ReadAlertsOptions } from "./alert-feed.ts";
import { describeExecutor } from "./describe-executor.ts";
import { createListeners, type Listeners } from "./listeners.ts";
import type { MonitoredChange } from "./live-containers.ts";
import { observeEngine } from "./observe-engine.ts";
import { type MonitorOptions, resolveMonitorOptions } from "./options.ts";
import { createRunHistory, type RunHistory } from "./run-history.ts";
import type { MonitorSnapshot } from "./snapshot.ts";

/** What {@link Monitor.on} tells. */
export interface MonitorEvents {
  /** Something that an operator should know. */
  readonly alert: MonitorAlert;
  /** A container of ours came, changed its state, or is gone. */
  readonly container: MonitoredChange;
  /** Orphans were looked for. */
  readonly sweep: OrphansSwept;
  /** The snapshot is not what it was; told once for all that happens at the same time. */
  readonly change: undefined;
}

/** Watches an Engine, the containers of ours on it, and the runs of this process. */
export interface Monitor {
  /**
   * Calls the listener at each event. What it throws is lost.
   *
   * @returns ends the subscription.
   */
  on<N extends keyof MonitorEvents>(name: N, listener: (event: MonitorEvents[N]) => void): () => void;
  /** Alerts from now on, until the monitor is closed. @throws the signal's reason where it aborts. */
  alerts(options?: ReadAlertsOptions): AsyncGenerator<MonitorAlert, void, undefined>;
  /** All that is known now. */
  snapshot(): MonitorSnapshot;
  /** Ends the watch, and a sweep that is under way. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One alert for each executor in that time, milliseconds: whoever finds no room tries again at once. */
const queueFullEveryMs = 10_000;

/**
 * Watches from now on. It keeps no process alive: whoever only waits for alerts must do so by other means.
 *
 * It lists the containers of ours on the Engine, of all processes, and follows them; asks now and then whether the Engine is there; and
 * removes, every minute, what dead processes left behind. Runs are known of this process alone.
 *
 * @throws ConfigError for options that cannot be used, EngineError for an endpoint that cannot be understood, and the reason of a signal that
 * is aborted already. An Engine that is not there is no error but an alert.
 * @example
 * await using monitor = createMonitor({ executors: [executor] });
 * monitor.on("alert", (alert) => logger.warn(alert));
 * console.log(monitor.snapshot().orphanCount);
 */
export function createMonitor(options: MonitorOptions = {}): Monitor {
  const resolved = resolveMonitorOptions(options);
  options.signal?.throwIfAborted();
  const { endpoint } = options;
  const client =
    options.client ?? createClient({ isBackground: true, ...(endpoint !== undefined && { endpoint }) });
  const closing = new AbortController();
  const listeners = createListeners<MonitorEvents>();
  const onChange = createChangeTeller(listeners, closing.signal);
  const alerts = createAlertFeed(describeEndpoint(client), (alert) => {
    listeners.emit("alert", alert);
    onChange();
  });
  const history = openHistory(options, alerts, onChange);
  const observer = observeEngine(client, {
    ...resolved,
    raise: alerts.raise,
    onContainer: (change) => listeners.emit("container", change),
    onSwept: (swept) => listeners.emit("sweep", swept),
    onChange,
    signal: closing.signal,
  });
  let closed: Promise<void> | null = null;

  async function end(): Promise<void> {
    options.signal?.removeEventListener("abort", close);
    history.close();
    closing.abort(new Error("the monitor was closed"));
    await observer.ended();
    alerts.close();
    if (options.client === undefined) await client.close();
  }

  function close(): Promise<void> {
    closed ??= end();
    return closed;
  }

  options.signal?.addEventListener("abort", close, { once: true });
  return {
    on: listeners.on,
    alerts: alerts.read,
    snapshot: () => ({
      at: Date.now(),
      process: { host: hostname(), pid: process.pid },
      ...observer.snapshot(),
      runs: history.summary(),
      alerts: alerts.recent(),
      executors: (options.executors ?? []).map(describeExecutor),
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Many things may change in one turn of the event loop. */
function createChangeTeller(listeners: Listeners<MonitorEvents>, signal: AbortSignal): () => void {
  let isPending = false;
  return () => {
    if (isPending || signal.aborted) return;
    isPending = true;
    setImmediate(() => {
      isPending = false;
      listeners.emit("change", undefined);
    });
  };
}

function openHistory({ executors }: MonitorOptions, { raise }: AlertFeed, onChange: () => void): RunHistory {
  const toldAt = new Map<string, number>();
  return createRunHistory({
    executorIds: executors === undefined ? null : new Set(executors.map(({ id }) => id)),
    onChange,
    onQueueFull(executorId) {
      const now = performance.now();
      if (now - (toldAt.get(executorId) ?? Number.NEGATIVE_INFINITY) < queueFullEveryMs) return;
      toldAt.set(executorId, now);
      raise({ type: "queue-full", executorId });
    },
    onCleanupFailed(containerName, { attempts }) {
      const message = attempts.at(-1)?.message ?? "the Engine does not say why";
      raise({ type: "cleanup-failed", containerName, message });
    },
  });
}
