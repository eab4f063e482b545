import { setTimeout as delay } from "node:timers/promises";
import {
  type EngineClient,
  type EngineEvent,
  engineInfo,
  listContainers,
  ProtocolError,
  watchEvents,
} from "../../engine-api/mod.ts";
import { labels } from "../ownership.ts";
import { clockSkewOf } from "../reaper/host-facts.ts";
import type { LiveContainers } from "./live-containers.ts";

/** What a follower is told. */
export interface FollowerOptions {
  readonly withLabels: readonly string[];
  /** Milliseconds since 1970. */
  now(): number;
  /** The Engine said who it is. */
  onGreeting(greeting: EngineGreeting): void;
  /** Whether the list is up to date from now on, or may not be. */
  onFollowed(isFollowed: boolean): void;
  /** The connection was lost, or refused; another one will be tried unless the signal aborts. */
  onLost(): void;
}

/** What the Engine says of itself. */
export interface EngineGreeting {
  readonly version: string | null;
  readonly clockSkewMs: number | null;
}

/** Keeps a list of containers up to date by what the Engine tells. */
export interface Follower {
  /**
   * Lists what is there and follows what happens, until the signal aborts. Where the connection is lost it begins again behind the last
   * event. Never rejects; a second call goes on where the first one ended.
   */
  follow(signal: AbortSignal): Promise<void>;
}

const callTimeoutMs = 30_000;
/** What no event told, since the Engine remembers only the last 256, is seen after that time. */
const listEveryMs = 60_000;
const firstPauseMs = 100;
const longestPauseMs = 10_000;

/** A follower of the containers that carry our label. */
export function createFollower(
  client: EngineClient,
  live: LiveContainers,
  options: FollowerOptions,
): Follower {
  const place = createPlace();
  const label = [labels.run, ...options.withLabels];

  async function followOnce(outer: AbortSignal): Promise<void> {
    const connection = new AbortController();
    const signal = AbortSignal.any([outer, connection.signal]);
    const { nowMs, ...greeting } = await greet(client, options.now, signal);
    options.onGreeting(greeting);
    const listAgain = (): void =>
      void list(signal).then(
        () => options.onFollowed(true),
        (error: unknown) => connection.abort(error),
      );
    const timer = setInterval(listAgain, listEveryMs);
    timer.unref();
    try {
      // By the Engine's clock this is before its list is made, so whatever the list misses is told.
      const since = place.since(nowMs / 1000);
      listAgain();
      const filters = { type: ["container"], label };
      for await (const event of watchEvents(client, { filters, since, signal }))
        if (place.isNew(event)) live.apply(event);
    } finally {
      clearInterval(timer);
      connection.abort();
      options.onFollowed(false);
    }
  }

  async function list(signal: AbortSignal): Promise<void> {
    const take = live.beginList();
    let listed: readonly unknown[] | null = null;
    try {
      const answer: unknown = await listContainers(client, {
        all: true,
        filters: { label },
        signal,
        timeoutMs: callTimeoutMs,
      });
      if (!Array.isArray(answer)) throw new ProtocolError("GET /containers/json answered no list");
      listed = answer;
    } finally {
      take(listed);
    }
    signal.throwIfAborted();
  }

  async function follow(signal: AbortSignal): Promise<void> {
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const startedAt = performance.now();
      await followOnce(signal).catch(() => undefined);
      if (signal.aborted) return;
      if (performance.now() - startedAt > longestPauseMs) pauseMs = firstPauseMs;
      options.onLost();
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  return { follow };
}

async function greet(
  client: EngineClient,
  now: () => number,
  signal: AbortSignal,
): Promise<EngineGreeting & { readonly nowMs: number }> {
  const askedAtMs = now();
  const { SystemTime, ServerVersion } = await engineInfo(client, { signal, timeoutMs: callTimeoutMs });
  const clockSkewMs = clockSkewOf(SystemTime, askedAtMs, now());
  return {
    version: typeof ServerVersion === "string" ? ServerVersion.slice(0, 100) : null,
    clockSkewMs,
    nowMs: askedAtMs + (clockSkewMs ?? 0),
  };
}

/** Where in the course of events a reader is, over all of its connections. */
interface Place {
  /** Seconds since 1970 by the Engine's clock. @param beginning where to begin before the first event. */
  since(beginning: number): number;
  /** False for one that was seen before: the Engine sends the last ones again. */
  isNew(event: EngineEvent): boolean;
}

/** Four times as many as the Engine remembers. */
const rememberedEvents = 1024;
/** Events overtake one another by less than this; so much is asked for again, seconds. */
const disorderSeconds = 1;

function createPlace(): Place {
  const seen = new Set<string>();
  let beginning: number | null = null;
  let newestNano = 0;
  return {
    since(now) {
      beginning ??= now;
      return Math.max(beginning, newestNano / 1e9 - disorderSeconds);
    },
    isNew({ timeNano = 0, Action, Actor }) {
      const key = `${timeNano} ${Action} ${Actor?.ID}`;
      if (seen.has(key)) return false;
      seen.add(key);
      const [oldest = ""] = seen;
      if (seen.size > rememberedEvents) seen.delete(oldest);
      newestNano = Math.max(newestNano, timeNano ?? 0);
      return true;
    },
  };
}
