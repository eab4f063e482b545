import type { EngineClient } from "../../engine-api/mod.ts";
import { SandboxError } from "../errors.ts";
import { readDistribution } from "../host/os-release.ts";
import { HostProgramError } from "../host/run-program.ts";
import type { ImageBuildEvent } from "./build-event.ts";
import { buildFromDebian } from "./debian-image.ts";
import { whyNoDebianRoot } from "./debian-root.ts";
import { buildFromDockerfile } from "./dockerfile-image.ts";
import { defaultImage, type ImageRecipe } from "./names.ts";

/** Options of {@link buildSandboxImage}. */
export interface SandboxImageOptions {
  /** Name of the new image. @default "brigbox/python:3" */
  readonly tag?: string;
  /** How to make it. @default the Dockerfile, and Debian packages where that fails and the machine can */
  readonly recipe?: ImageRecipe;
  /** Arguments of the Dockerfile: `BASE`, `NUMPY_VERSION`, `PANDAS_VERSION`. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Makes the image that runs use, and tells how it goes. Stopping the iteration stops the work.
 *
 * @throws SandboxError where neither way works, with the reasons; the last failure is its `cause`.
 * @example
 * for await (const { phase, fraction } of buildSandboxImage(client)) console.log(phase, fraction);
 */
export async function* buildSandboxImage(
  client: EngineClient,
  options: SandboxImageOptions = {},
): AsyncGenerator<ImageBuildEvent, void, undefined> {
  const { tag = defaultImage, recipe, buildArgs = {}, signal } = options;
  const common = { tag, ...(signal && { signal }) };
  if (recipe !== "debian") {
    try {
      yield* buildFromDockerfile(client, { ...common, buildArgs });
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const reason = `the Dockerfile could not be built: ${messageOf(error)}`;
      const obstacle =
        recipe === "dockerfile" ? "it was not asked for" : whyNoDebianRoot(readDistribution(), uid());
      if (obstacle !== null) {
        throw new SandboxError(`${reason}; Debian packages were no way out: ${obstacle}`, { cause: error });
      }
      yield { phase: "building the image from its Dockerfile", text: reason, fraction: null };
    }
  }
  yield* fromDebian(client, common);
}

async function* fromDebian(
  client: EngineClient,
  options: { readonly tag: string; readonly signal?: AbortSignal },
): AsyncGenerator<ImageBuildEvent, void, undefined> {
  const distribution = readDistribution();
  const obstacle = whyNoDebianRoot(distribution, uid());
  if (obstacle !== null)
    throw new SandboxError(`no image can be made from Debian packages here: ${obstacle}`);
  try {
    yield* buildFromDebian(client, { ...options, distribution });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof HostProgramError && error.exitCode === null && error.program === "debootstrap") {
      throw new SandboxError(
        "debootstrap is not installed; run apt-get install debootstrap, or brigbox setup --yes",
        {
          cause: error,
        },
      );
    }
    throw new SandboxError(`no image could be made from Debian packages: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function uid(): number | null {
  return process.getuid?.() ?? null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
