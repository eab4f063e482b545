import { type EngineClient, inspectImage, isNotFound } from "../../engine-api/mod.ts";
import { SandboxError } from "../errors.ts";

/**
 * The id (`sha256:...`) of an image that is on the Engine, so that a tag which moves later changes nothing. Nothing is pulled.
 *
 * @throws SandboxError where the image is not there, with the command that makes it.
 */
export async function resolveImage(
  client: EngineClient,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  try {
    const image = await inspectImage(client, name, signal === undefined ? {} : { signal });
    if (typeof image.Id !== "string" || !/^sha256:[0-9a-f]{64}$/.test(image.Id)) {
      throw new SandboxError(`the Engine gives no id for the image ${name}`);
    }
    return image.Id;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new SandboxError(
      `the image ${name} is not on this Engine; run "brigbox image build", or name another image`,
      { cause: error },
    );
  }
}
