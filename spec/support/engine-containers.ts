import { randomBytes } from "node:crypto";
import * as assert from "uvu/assert";
import {
  type ContainerSpec,
  containerExists,
  createContainer,
  type EngineClient,
  isNotFound,
  removeContainer,
  startContainer,
} from "../../engine-api/mod.ts";
import { defaultImage } from "../../lib/image/names.ts";

const runId = randomBytes(6).toString("hex");
let count = 0;

/** A container that lives as long as the body, and is gone afterwards; its PID 1 waits unless told otherwise. */
export async function withContainer(
  client: EngineClient,
  body: (id: string, name: string) => Promise<void>,
  options: { readonly spec?: ContainerSpec; readonly isStarted?: boolean } = {},
): Promise<void> {
  const name = `engine-api-spec-${runId}-${count++}`;
  const { id } = await createContainer(
    client,
    {
      Image: defaultImage,
      NetworkDisabled: true,
      Cmd: ["sleep", "600"],
      HostConfig: { NetworkMode: "none", Memory: 128 * 1024 * 1024, Init: true },
      ...options.spec,
    },
    { name },
  );
  try {
    if (options.isStarted !== false) await startContainer(client, id);
    await body(id, name);
  } finally {
    await removeContainer(client, id, { force: true }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  assert.not.ok(await containerExists(client, name), `${name} is gone`);
}

/** A container's command that runs Python. */
export function python(code: string): ContainerSpec {
  return { Cmd: ["python3", "-I", "-u", "-c", code] };
}
