import { tell } from "../diagnostics/channels.ts";
import type { MonitorAlert } from "../diagnostics/messages.ts";
import { createDeferred } from "../run/deferred.ts";

/** An alert without what they all have. */
export type RaisedAlert = MonitorAlert extends infer A
  ? A extends MonitorAlert
    ? Omit<A, "endpoint" | "at">
    : never
  : never;

/** Options of {@link AlertFeed.read}. */
export interface ReadAlertsOptions {
  /** Ends the loop, which rejects with its reason. */
  readonly signal?: AbortSignal;
  /** How many may wait for a reader that is slow; then the oldest are dropped. @default 100 */
  readonly buffer?: number;
}

/** Alerts on their way to whoever wants them. */
export interface AlertFeed {
  raise(alert: RaisedAlert): void;
  /** The last 50, the newest last. */
  recent(): readonly MonitorAlert[];
  /** Alerts from now on. */
  read(options?: ReadAlertsOptions): AsyncGenerator<MonitorAlert, void, undefined>;
  /** Ends all loops, behind what waits for them. */
  close(): void;
}

const keptAlerts = 50;

/** @param onAlert hears of each; they are told on `brigbox:monitor:alert` too. */
export function createAlertFeed(endpoint: string, onAlert: (alert: MonitorAlert) => void): AlertFeed {
  const recent: MonitorAlert[] = [];
  const readers = new Set<Reader>();
  let isClosed = false;
  return {
    raise(raised) {
      const alert = { ...raised, endpoint, at: Date.now() } as MonitorAlert;
      recent.push(alert);
      if (recent.length > keptAlerts) recent.shift();
      for (const reader of readers) reader.give(alert);
      onAlert(alert);
      tell("brigbox:monitor:alert", alert);
    },
    recent: () => [...recent],
    read({ signal, buffer = 100 } = {}) {
      const reader = createReader(buffer);
      if (isClosed) reader.end();
      readers.add(reader);
      return readAlerts(reader, signal, () => void readers.delete(reader));
    },
    close() {
      isClosed = true;
      for (const reader of readers) reader.end();
    },
  };
}

/** One loop's share of the alerts. */
interface Reader {
  give(alert: MonitorAlert): void;
  end(): void;
  take(): MonitorAlert | undefined;
  readonly isEnded: boolean;
  /** Resolves when something is new; `wake` makes it so. */
  news(): Promise<void>;
  wake(): void;
}

function createReader(room: number): Reader {
  const waiting: MonitorAlert[] = [];
  let news = createDeferred<void>();
  let isEnded = false;
  const wake = (): void => {
    news.resolve();
    news = createDeferred();
  };
  return {
    give(alert) {
      waiting.push(alert);
      if (waiting.length > room) waiting.shift();
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    take: () => waiting.shift(),
    get isEnded() {
      return isEnded;
    },
    news: () => news.promise,
    wake,
  };
}

async function* readAlerts(
  reader: Reader,
  signal: AbortSignal | undefined,
  leave: () => void,
): AsyncGenerator<MonitorAlert, void, undefined> {
  signal?.addEventListener("abort", reader.wake, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const alert = reader.take();
      if (alert !== undefined) yield alert;
      else if (reader.isEnded) return;
      else await reader.news();
    }
  } finally {
    signal?.removeEventListener("abort", reader.wake);
    leave();
  }
}
