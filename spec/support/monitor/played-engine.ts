import { empty, type Handler, json, type Routes } from "../../../engine-api/testing/mod.ts";

/** A made-up Engine whose containers come and go by a spec's word, and which remembers its events as a real one does. */
export interface PlayedEngine {
  readonly routes: Routes;
  /** What it lists. */
  listed: readonly Record<string, unknown>[];
  /** Its clock minus this host's, milliseconds. */
  clockSkewMs: number;
  /** While it is false, every question fails. */
  isThere: boolean;
  /** Something happens to a listed container, or to one that is described so. */
  tell(
    action: string,
    container: Readonly<Record<string, unknown>>,
    attributes?: Record<string, string>,
  ): void;
  /** Cuts all streams of events. */
  cut(): void;
  /** How many streams of events are open. */
  followers(): number;
  /** What each stream of events was asked for, as `since` of its query. */
  readonly sinces: readonly number[];
}

interface Told {
  readonly seconds: number;
  readonly line: string;
}

/** An Engine with these containers. Orders to remove one take it from the list, and are told. */
export function playEngine(listed: readonly Record<string, unknown>[] = []): PlayedEngine {
  const told: Told[] = [];
  const sinces: number[] = [];
  const streams = new Set<{ write(line: string): unknown; cut(): void }>();
  let count = 0;

  const engine: PlayedEngine = {
    listed,
    clockSkewMs: 0,
    isThere: true,
    sinces,
    tell(action, { Id, Names, Labels }, attributes = {}) {
      const milliseconds = Date.now() + engine.clockSkewMs + ++count;
      const [name = ""] = Names as readonly string[];
      const event = {
        Type: "container",
        Action: action,
        Actor: { ID: Id, Attributes: { ...(Labels as object), name: name.slice(1), ...attributes } },
        time: Math.floor(milliseconds / 1000),
        timeNano: milliseconds * 1_000_000,
      };
      const line = `${JSON.stringify(event)}\n`;
      told.push({ seconds: milliseconds / 1000, line });
      for (const stream of streams) void stream.write(line);
    },
    cut() {
      for (const stream of streams) stream.cut();
      streams.clear();
    },
    followers: () => streams.size,
    routes: guarded({
      "GET /_ping": json(200, "OK"),
      "GET /info": (exchange) =>
        json(200, {
          SystemTime: new Date(Date.now() + engine.clockSkewMs).toISOString(),
          ServerVersion: "1.2.3",
        })(exchange),
      "GET /containers/json": (exchange) => json(200, engine.listed)(exchange),
      "GET /containers/{id}/json": json(404, { message: "no such container" }),
      "DELETE /containers/{id}": (exchange) => {
        const id = /containers\/(\w+)/.exec(exchange.request.url)?.[1];
        const gone = engine.listed.find(({ Id }) => Id === id);
        engine.listed = engine.listed.filter((container) => container !== gone);
        if (gone !== undefined) engine.tell("destroy", gone);
        return empty(204)(exchange);
      },
      "GET /events": async ({ request, socket, head, write }) => {
        const since = Number(new URL(request.url, "http://engine").searchParams.get("since"));
        sinces.push(since);
        head(200, { "content-type": "application/json" });
        for (const { seconds, line } of told) if (seconds >= since) await write(line);
        const stream = { write, cut: () => socket.destroy() };
        streams.add(stream);
        socket.once("close", () => streams.delete(stream));
      },
    }),
  };

  function guarded(routes: Routes): Routes {
    const entries = Object.entries(routes).map(([key, handler]): [string, Handler] => [
      key,
      (exchange) => (engine.isThere ? handler(exchange) : void exchange.socket.destroy()),
    ]);
    return Object.fromEntries(entries);
  }

  return engine;
}
