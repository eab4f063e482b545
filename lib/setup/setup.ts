import { type EngineClient, inspectImage, isNotFound } from "../../engine-api/mod.ts";
import { SandboxError } from "../errors.ts";
import { isDebianLike, readDistribution } from "../host/os-release.ts";
import { findProgram } from "../host/processes.ts";
import { programLines } from "../host/run-program.ts";
import type { ImageBuildEvent } from "../image/build-event.ts";
import { buildSandboxImage } from "../image/build-image.ts";
import { defaultImage } from "../image/names.ts";
import { probeEngine } from "./probe-engine.ts";
import { startEngine } from "./start-engine.ts";

/** A step of the setup, as it happens. */
export type SetupEvent =
  | { readonly type: "done"; readonly text: string }
  | { readonly type: "progress"; readonly progress: ImageBuildEvent };

/** Options of {@link setUp}. */
export interface SetupOptions {
  /** Asked before anything on the machine is changed, with what would be done; false stops the setup. */
  consent(what: string): Promise<boolean>;
  /** The address to which the client connects; only the default socket's Engine can be started here. */
  readonly endpoint: string;
  readonly image?: string;
  readonly signal?: AbortSignal;
}

const defaultEndpoint = "unix:///var/run/docker.sock";

/**
 * Sees to it that an Engine answers and the image is there: finds the Engine, on Debian or Ubuntu as root installs and starts one,
 * and builds the image where it is missing. What is there already is left as it is.
 *
 * @throws SandboxError where that cannot be done here, with what to do by hand.
 */
export async function* setUp(
  client: EngineClient,
  options: SetupOptions,
): AsyncGenerator<SetupEvent, void, undefined> {
  yield* ensureEngine(client, options);
  yield* ensureImage(client, options);
}

async function* ensureEngine(
  client: EngineClient,
  options: SetupOptions,
): AsyncGenerator<SetupEvent, void, undefined> {
  const { endpoint, signal } = options;
  const withSignal = signal === undefined ? {} : { signal };
  const state = await probeEngine(client, withSignal);
  if (state.kind === "up") {
    yield { type: "done", text: `an Engine answers at ${endpoint}` };
    return;
  }
  if (state.kind !== "down") throw new SandboxError(state.message, { cause: state.error });
  requireOwnMachine(endpoint, state.error);
  if (findProgram("dockerd") === null) {
    await requireConsent(options, "install the Docker Engine (apt-get install docker.io)");
    yield* installPackages(["docker.io"], signal);
  }
  // The package may have started it.
  if ((await probeEngine(client, withSignal)).kind !== "up") {
    await requireConsent(options, "start the Docker Engine");
    yield { type: "done", text: await startEngine(client, withSignal) };
  }
}

async function* ensureImage(
  client: EngineClient,
  options: SetupOptions,
): AsyncGenerator<SetupEvent, void, undefined> {
  const { image = defaultImage, signal } = options;
  const withSignal = signal === undefined ? {} : { signal };
  if (await hasImage(client, image, signal)) {
    yield { type: "done", text: `the image ${image} is there` };
    return;
  }
  if (image !== defaultImage)
    throw new SandboxError(`the image ${image} is not on this Engine, and only ${defaultImage} can be built`);
  await requireConsent(options, `build the image ${image}`);
  const canBootstrap = isDebianLike(readDistribution()) && process.getuid?.() === 0;
  if (canBootstrap && findProgram("debootstrap") === null) yield* installPackages(["debootstrap"], signal);
  for await (const progress of buildSandboxImage(client, { tag: image, ...withSignal })) {
    yield { type: "progress", progress };
  }
  yield { type: "done", text: `the image ${image} is built` };
}

/** Installing and starting is for the machine at hand, and only where we know how. */
function requireOwnMachine(endpoint: string, cause: unknown): void {
  const manual = "install Docker (https://docs.docker.com/engine/install) and start it";
  const distribution = readDistribution();
  let obstacle: string | null = null;
  if (endpoint !== defaultEndpoint)
    obstacle = `only the Engine at ${defaultEndpoint} can be started from here; start the other yourself`;
  else if (!isDebianLike(distribution))
    obstacle = `on ${distribution.name} none can be installed from here; ${manual}`;
  else if (process.getuid?.() !== 0)
    obstacle = `installing or starting one needs root; ${manual}, or run this as root`;
  if (obstacle !== null)
    throw new SandboxError(`no Engine answers at ${endpoint}, and ${obstacle}`, { cause });
}

async function requireConsent({ consent }: SetupOptions, what: string): Promise<void> {
  if (!(await consent(what)))
    throw new SandboxError(`stopped before it would ${what}; run brigbox setup --yes to allow it`);
}

async function* installPackages(
  names: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<SetupEvent, void, undefined> {
  const phase = `installing ${names.join(" ")}`;
  const options = { env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" }, ...(signal && { signal }) };
  const commands = [["update"], ["install", "--yes", "--no-install-recommends", ...names]];
  for (const command of commands) {
    for await (const text of programLines("apt-get", command, options)) {
      yield { type: "progress", progress: { phase, text, fraction: null } };
    }
  }
  yield { type: "done", text: `installed ${names.join(" ")}` };
}

async function hasImage(
  client: EngineClient,
  name: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await inspectImage(client, name, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
