import { describeEndpoint, type EngineClient, ping } from "../../engine-api/mod.ts";
import type { OrphansSwept } from "../diagnostics/messages.ts";
import type { RaisedAlert } from "./alert-feed.ts";
import { describeContainers } from "./describe-containers.ts";
import { type EngineWatch, watchEngine } from "./engine-watch.ts";
import { createFollower, type EngineGreeting, type Follower } from "./follow-containers.ts";
import { createLiveContainers, type LiveContainer, type MonitoredChange } from "./live-containers.ts";
import type { ResolvedMonitorOptions } from "./options.ts";
import type { MonitorSnapshot } from "./snapshot.ts";
import { createSweepAlerts } from "./sweep-alerts.ts";
import { createSweeps } from "./sweeps.ts";

/** What an observer looks at, and whom it tells. */
export interface ObserverOptions extends ResolvedMonitorOptions {
  raise(alert: RaisedAlert): void;
  onContainer(change: MonitoredChange): void;
  onSwept(swept: OrphansSwept): void;
  /** The snapshot is not what it was. */
  onChange(): void;
  readonly signal: AbortSignal;
}

/** Whether an Engine is there, what of ours is on it, and what should not be. */
export interface Observer {
  snapshot(): Pick<MonitorSnapshot, "engine" | "containers" | "containerCount" | "orphanCount" | "sweep">;
  /** Resolves once nothing is under way any more, after the signal aborted. */
  ended(): Promise<void>;
}

/** How many containers a snapshot holds. */
const shownContainers = 1000;

/** Begins at once, and goes on until the signal aborts. */
export function observeEngine(client: EngineClient, options: ObserverOptions): Observer {
  const { host, raise, onChange, signal } = options;
  const endpoint = describeEndpoint(client);
  const list = keepList(client, options, () => engine.check());
  const alertOfSweep = createSweepAlerts(raise);
  const sweeps = createSweeps(client, {
    ...options,
    endpoint,
    isEngineUp: () => engine.state().state === "up",
    onSwept(swept, report) {
      options.onSwept(swept);
      alertOfSweep(report);
    },
  });
  const presence = createPresence(list.follower, signal);
  const engine: EngineWatch = watchEngine({
    ask: (asking) => ping(client, { signal: asking, timeoutMs: options.pingTimeoutMs }),
    everyMs: options.pingEveryMs,
    onUp(goneMs) {
      if (goneMs !== null) raise({ type: "engine-back", goneMs });
      presence.begin();
      sweeps.sweepIfDue();
      onChange();
    },
    onGone(message) {
      presence.end();
      raise({ type: "engine-gone", message });
    },
    signal,
  });

  return {
    snapshot() {
      const { containers, isFollowed, greeting } = list.state();
      const described = describeContainers(containers, { host, clockSkewMs: greeting.clockSkewMs });
      return {
        engine: { endpoint, ...engine.state(), ...greeting, isFollowed },
        containers: described.slice(0, shownContainers),
        containerCount: described.length,
        orphanCount: described.filter(({ verdict }) => verdict === "orphan").length,
        sweep: sweeps.status(),
      };
    },
    async ended() {
      await Promise.all([engine.ended, sweeps.idle()]);
      await presence.ended();
    },
  };
}

/** The containers, what the Engine said of itself when they were listed, and whether they are followed just now. */
interface KeptList {
  readonly follower: Follower;
  state(): {
    readonly containers: readonly LiveContainer[];
    readonly greeting: EngineGreeting;
    readonly isFollowed: boolean;
  };
}

function keepList(client: EngineClient, options: ObserverOptions, onLost: () => void): KeptList {
  const { onContainer, onChange, withLabels, host } = options;
  let greeting: EngineGreeting = { version: null, clockSkewMs: null };
  let isFollowed = false;
  const live = createLiveContainers((change) => {
    onContainer(change);
    onChange();
  });
  const follower = createFollower(client, live, {
    withLabels,
    now: host.now,
    onGreeting: (told) => {
      greeting = told;
    },
    onFollowed(isNow) {
      if (isNow !== isFollowed) onChange();
      isFollowed = isNow;
    },
    onLost,
  });
  return { follower, state: () => ({ containers: live.all(), greeting, isFollowed }) };
}

/** Containers are followed while the Engine is there. */
function createPresence(
  follower: Follower,
  signal: AbortSignal,
): { begin(): void; end(): void; ended(): Promise<void> } {
  let current = new AbortController();
  let following = Promise.resolve();
  return {
    begin() {
      current = new AbortController();
      const here = AbortSignal.any([signal, current.signal]);
      following = following.then(() => follower.follow(here));
    },
    end: () => current.abort(),
    ended: () => following,
  };
}
