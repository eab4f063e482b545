import { setTimeout as delay } from "node:timers/promises";
import { type CallOptions, eachWithinDeadline } from "./call-options.ts";
import type { EngineClient } from "./client.ts";
import { isConnectionError } from "./errors.ts";
import { decodeJsonLines } from "./json-lines.ts";
import type { Answer } from "./operations.ts";

/** Something that happened on the Engine. */
export type EngineEvent = Answer<"GET /events">;

/** Options of {@link watchEvents}. */
export interface EventOptions extends CallOptions {
  /** For example `{ type: ["container"], label: ["com.example=1"] }`. */
  readonly filters?: Readonly<Record<string, readonly string[]>>;
  /** Events from then on, as far as the Engine remembers them (256 of them): a date, or seconds since 1970. */
  readonly since?: Date | number;
  /** Ends with the events of that time; goes on unless given. */
  readonly until?: Date | number;
  /**
   * Connects again where the connection is lost, and goes on behind the last event. @default false
   */
  readonly resume?: boolean;
  /** Called where the connection was lost and will be tried again after so many milliseconds. */
  readonly onReconnect?: (error: Error, delayMs: number) => void;
}

const firstDelayMs = 100;
const longestDelayMs = 10_000;

/** Events of things that happen side by side overtake one another, by less than this, nanoseconds; so much is asked for again. */
const disorderNano = 1_000_000_000n;

/**
 * What happens on the Engine, as it happens. Leaving the loop closes the connection.
 *
 * @throws ConnectionError where the connection is lost, unless `resume` is set; ResponseError 400 for a filter that is none.
 * @example
 * for await (const { Type, Action, Actor } of watchEvents(client, { resume: true })) console.log(Type, Action, Actor?.ID);
 */
export function watchEvents(
  client: EngineClient,
  options: EventOptions = {},
): AsyncGenerator<EngineEvent, void, undefined> {
  return eachWithinDeadline("GET /events", options, (call) => resumeEvents(client, { ...options, ...call }));
}

async function* resumeEvents(
  client: EngineClient,
  options: EventOptions,
): AsyncGenerator<EngineEvent, void, undefined> {
  const { resume = false, onReconnect, signal } = options;
  const place = createPlace(options.since);
  let delayMs = firstDelayMs;
  for (;;) {
    try {
      // From the first moment on nothing may be missed, even where no event came before the connection was lost.
      if (resume) place.begin();
      for await (const event of readEvents(client, options, place.since())) {
        delayMs = firstDelayMs;
        if (place.isNew(event)) yield event;
      }
      // The Engine ends the stream at `until`, and where it is stopped.
      if (!resume || options.until !== undefined) return;
    } catch (error) {
      if (!resume || !isConnectionError(error)) throw error;
      onReconnect?.(error, delayMs);
    }
    await delay(delayMs, undefined, { ...(signal && { signal }), ref: false }).catch(() =>
      signal?.throwIfAborted(),
    );
    delayMs = Math.min(delayMs * 2, longestDelayMs);
  }
}

async function* readEvents(
  client: EngineClient,
  { filters, until, signal }: EventOptions,
  since: string | undefined,
): AsyncGenerator<EngineEvent, void, undefined> {
  const query = {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until: String(seconds(until)) }),
    ...(filters !== undefined && { filters }),
  };
  const { body } = await client.stream("GET /events", { query, ...(signal && { signal }) });
  for await (const event of decodeJsonLines(body)) yield event as EngineEvent;
}

/** Where in the course of events a reader is. */
interface Place {
  /** Notes the time, unless it is known where to begin. */
  begin(): void;
  since(): string | undefined;
  /** False for one that was seen before: the Engine sends the last ones again. */
  isNew(event: EngineEvent): boolean;
}

function createPlace(asked: Date | number | undefined): Place {
  let since = asked === undefined ? undefined : seconds(asked);
  let newest = 0n;
  /** When each event happened that was given and may be sent again. */
  const given = new Map<string, bigint>();
  return {
    begin() {
      since ??= Date.now() / 1000;
    },
    since() {
      const from = newest - disorderNano;
      // Where our clock is ahead of the Engine's, what it says of the beginning is of no use once events came.
      const isLater = since !== undefined && since * 1e9 > from && since * 1e9 <= newest;
      if (newest === 0n || isLater) return since === undefined ? undefined : String(since);
      return `${from / 1_000_000_000n}.${String(from % 1_000_000_000n).padStart(9, "0")}`;
    },
    isNew({ timeNano, Type, Action, Actor }) {
      const nano = BigInt(Math.trunc(timeNano ?? 0));
      const key = `${nano} ${Type} ${Action} ${Actor?.ID}`;
      if (given.has(key)) return false;
      given.set(key, nano);
      if (nano > newest) newest = nano;
      forgetBefore(given, newest - 2n * disorderNano);
      return true;
    },
  };
}

function forgetBefore(given: Map<string, bigint>, time: bigint): void {
  for (const [key, nano] of given) {
    if (nano >= time) return;
    given.delete(key);
  }
}

function seconds(time: Date | number): number {
  return time instanceof Date ? time.getTime() / 1000 : time;
}
