import { readFile } from "node:fs/promises";
import { buildImage, type EngineClient, listImages } from "../../engine-api/mod.ts";
import { packageFile } from "../package-file.ts";
import type { ImageBuildEvent } from "./build-event.ts";
import { imageLabel } from "./names.ts";

/** Options of {@link buildFromDockerfile}. */
export interface DockerfileOptions {
  /** Name of the new image. */
  readonly tag: string;
  /** Arguments of the Dockerfile: `BASE`, `NUMPY_VERSION`, `PANDAS_VERSION`. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const phase = "building the image from its Dockerfile";

/**
 * Builds the image of `profiles/image/Dockerfile` on the Engine. The Engine needs a registry for the base image and an index for the packages.
 *
 * @throws ImageError in the Engine's words where a step fails.
 */
export async function* buildFromDockerfile(
  client: EngineClient,
  options: DockerfileOptions,
): AsyncGenerator<ImageBuildEvent, void, undefined> {
  const { tag, buildArgs = {}, signal } = options;
  const context = await packDockerfile();
  let fraction: number | null = null;
  const progress = buildImage(client, context, {
    tag,
    buildArgs,
    labels: { [imageLabel]: "dockerfile" },
    ...(signal && { signal }),
  });
  for await (const { text } of progress) {
    const line = text.trim();
    fraction = readStep(line) ?? fraction;
    if (line !== "") yield { phase, text: line, fraction };
  }
  await requireImage(client, tag);
  yield { phase, text: `made ${tag}`, fraction: 1 };
}

/** A tar archive that holds the Dockerfile alone: nothing else of the host gets into the build. */
async function packDockerfile(): Promise<Uint8Array> {
  const { packTar } = await import("modern-tar");
  const dockerfile = await readFile(packageFile("profiles/image/Dockerfile"));
  return packTar([
    { header: { name: "Dockerfile", size: dockerfile.length, type: "file", mode: 0o644 }, body: dockerfile },
  ]);
}

/** `Step 3/9 : RUN ...` of the Engine's classic builder. */
function readStep(line: string): number | null {
  const [, done, total] = /^Step (\d+)\/(\d+) /.exec(line) ?? [];
  return done === undefined || total === undefined ? null : (Number(done) - 1) / Number(total);
}

/** A stream that ends early looks like one that ended well. */
async function requireImage(client: EngineClient, tag: string): Promise<void> {
  const found = await listImages(client, { filters: { reference: [tag] } });
  if (found.length === 0)
    throw new Error(`the Engine ended the build without an error, but there is no image ${tag}`);
}
