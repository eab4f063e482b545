import type { Scenario } from "./common.ts";
import { containers } from "./containers.ts";
import { exec } from "./exec.ts";
import { images } from "./images.ts";
import { objects } from "./objects.ts";
import { plugins } from "./plugins.ts";
import { streams } from "./streams.ts";
import { swarm } from "./swarm.ts";
import { system } from "./system.ts";

/** All scenarios, in the order in which they are recorded; each has a file of its name. */
export const scenarios = {
  system,
  containers,
  streams,
  exec,
  images,
  objects,
  plugins,
  swarm,
} as const satisfies Readonly<Record<string, Scenario>>;

/** A scenario's name. */
export type ScenarioName = keyof typeof scenarios;
