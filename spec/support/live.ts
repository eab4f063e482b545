import { createClient, inspectImage } from "../../engine-api/mod.ts";
import { defaultImage } from "../../lib/image/names.ts";
import { cgroup2Endpoint } from "./cgroup2-engine/endpoint.ts";
import { browserObstacle } from "./chromium.ts";
import { ownEngineObstacle } from "./own-engine.ts";
import { prometheusObstacle } from "./prometheus/programs.ts";
import { registryObstacle } from "./registry.ts";
import { isOnSecond, secondEndpoint } from "./second-engine/endpoint.ts";

/** Whether live specs run: `require` fails without an Engine, `auto` leaves them out and says so, `off` never runs them. */
export type LiveMode = "require" | "auto" | "off";

/** Reads `--live=...`, else the environment variable `BRIGBOX_LIVE`; `auto` unless told otherwise. */
export function liveMode(argv: readonly string[], env: NodeJS.ProcessEnv): LiveMode {
  const given =
    argv.find((argument) => argument.startsWith("--live="))?.slice("--live=".length) ?? env.BRIGBOX_LIVE;
  if (given === undefined || given === "") return "auto";
  if (given === "require" || given === "auto" || given === "off") return given;
  throw new TypeError(`live specs: "${given}" is none of require, auto, off`);
}

/** Null where live specs can run, else why not. Throws where they must and cannot. */
export async function findLiveObstacle(mode: LiveMode): Promise<string | null> {
  if (mode === "off") return "not asked for";
  await using client = createClient();
  try {
    await inspectImage(client, defaultImage, { signal: AbortSignal.timeout(10_000) });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (mode === "require") throw new Error(`live specs are required and cannot run: ${reason}`);
    return `${reason} (npm run -s brigbox -- setup makes it ready)`;
  }
}

/** The same for specs that start an Engine of their own, which they stop, fill up, and give other runtimes. */
export function findOwnObstacle(mode: LiveMode): string | null {
  return throwIfRequired(ownEngineObstacle(), mode);
}

/** The same for specs that start a Prometheus of their own. */
export function findPrometheusObstacle(mode: LiveMode): string | null {
  return throwIfRequired(prometheusObstacle(), mode);
}

/** The same for specs that start a registry of their own. */
export function findRegistryObstacle(mode: LiveMode): string | null {
  return throwIfRequired(registryObstacle(), mode);
}

function throwIfRequired(reason: string | null, mode: LiveMode): string | null {
  if (reason !== null && mode === "require")
    throw new Error(`live specs are required, and some cannot run: ${reason}`);
  return reason;
}

/** The same for specs that look at a page in a browser. */
export function findBrowserObstacle(mode: LiveMode): string | null {
  const reason = browserObstacle();
  if (reason !== null && mode === "require")
    throw new Error(`live specs are required, and some cannot run: ${reason}`);
  return reason;
}

/** The same for specs on an Engine with cgroup v2, which takes minutes to make: CI does, and who wants to. */
export function findCgroup2Obstacle(env: NodeJS.ProcessEnv): string | null {
  return cgroup2Endpoint(env) === null
    ? "BRIGBOX_CGROUP2_ENGINE names none; spec/support/cgroup2-engine/cgroup2-engine.sh start makes one and prints its address"
    : null;
}

/** The same for specs that only the second Engine is to run: `live/second-engine` has it do so. */
export function findLaterObstacle(mode: LiveMode, env: NodeJS.ProcessEnv): string | null {
  return isOnSecond(env) ? findRegistryObstacle(mode) : "the second Engine runs them, by live/second-engine";
}

/** The same for specs on a second, later Engine beside the machine's own: CI makes one, and who wants to. */
export function findSecondObstacle(env: NodeJS.ProcessEnv): string | null {
  return secondEndpoint(env) === null
    ? "BRIGBOX_SECOND_ENGINE names none; spec/support/second-engine/second-engine.sh start makes one and prints its address"
    : null;
}
