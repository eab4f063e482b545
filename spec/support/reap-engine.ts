import type { EngineClient } from "../../engine-api/mod.ts";
import { empty, json, type Routes, type StubEngine } from "../../engine-api/testing/mod.ts";
import { type ReapedContainer, type ReapOptions, type ReapReport, reap } from "../../lib/reaper/reap.ts";
import { hereOwner, listedContainer, noonMs, playHost, runIdOf } from "./left-behind.ts";
import { withClient } from "./with-engine.ts";

/** An owner of whom the made-up host knows that it is dead. */
export const deadOwner = { ...hereOwner, pid: 1234 };
/** The id of the container of the n-th made-up run. */
export const idOf = (run: number): string => runIdOf(run).padStart(64, "a");
/** A container whose owner is dead. */
export const dead = (run: number): Record<string, unknown> =>
  listedContainer({ runId: runIdOf(run), owner: deadOwner });
/** A container whose owner lives. */
export const living = (run: number): Record<string, unknown> => listedContainer({ runId: runIdOf(run) });
/** A container whose owner is on another host. */
export const elsewhere = (run: number): Record<string, unknown> =>
  listedContainer({ runId: runIdOf(run), owner: { ...hereOwner, host: "there" } });

/** An Engine with these containers whose clock is right, and which takes every order, unless routes say otherwise. */
export function withContainers(
  listed: unknown,
  body: (client: EngineClient, engine: StubEngine) => Promise<void>,
  more: Routes = {},
): Promise<void> {
  const info = json(200, { SystemTime: new Date(noonMs).toISOString() });
  const gone = json(404, { message: "no such container" });
  return withClient(
    {
      "GET /containers/json": json(200, listed),
      "GET /info": info,
      "*": (exchange) => (exchange.request.method === "GET" ? gone : empty(204))(exchange),
      ...more,
    },
    body,
  );
}

/** The reaper on the made-up host. */
export const reapHere = (client: EngineClient, options: ReapOptions = {}): Promise<ReapReport> =>
  reap(client, { host: playHost(), ...options });

/** Requests that change something, as `METHOD path`. */
export const orders = ({ requests }: StubEngine): string[] =>
  requests
    .filter(({ method }) => method !== "GET" && method !== "HEAD")
    .map(({ method, url }) => `${method} ${url.replace(/^\/v[\d.]+/, "")}`);

/** What became of each container. */
export const outcomes = (containers: readonly ReapedContainer[]): string[] =>
  containers.map(({ verdict, outcome }) => `${verdict} ${outcome}`);
