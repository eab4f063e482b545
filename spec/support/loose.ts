import { randomBytes } from "node:crypto";
import {
  attachContainer,
  type ContainerSpec,
  createClient,
  createContainer,
  removeContainer,
  startContainer,
  waitContainer,
} from "../../engine-api/mod.ts";
import { defaultImage } from "../../lib/image/names.ts";
import { toHostConfig } from "../../lib/policy/container-spec.ts";
import { defaultPolicy } from "../../lib/policy/policy.ts";
import { readPythonSeccomp } from "../../lib/policy/seccomp.ts";

/** What is taken away from the lock-down. */
export interface Loosening {
  readonly hostConfig?: NonNullable<ContainerSpec["HostConfig"]>;
  readonly user?: string;
}

/**
 * What a program finds in a container that lacks one protection: the other face of a spec which shows that the protection holds.
 * There is no supervisor; `result` comes back as JSON.
 */
export async function runLoose(code: string, { hostConfig = {}, user }: Loosening): Promise<unknown> {
  await using client = createClient();
  const name = `loose-${randomBytes(8).toString("hex")}`;
  const { id } = await createContainer(
    client,
    {
      Image: defaultImage,
      Entrypoint: ["python3"],
      Cmd: ["-I", "-c", `import json\n${code}\nprint(json.dumps(result, default=str))\n`],
      User: user ?? defaultPolicy.user,
      AttachStdout: true,
      NetworkDisabled: hostConfig.NetworkMode === undefined,
      HostConfig: { ...toHostConfig(defaultPolicy, readPythonSeccomp()), AutoRemove: false, ...hostConfig },
    },
    { name },
  );
  try {
    return await collect(id);
  } finally {
    await removeContainer(client, id, { force: true });
  }
}

async function collect(id: string): Promise<unknown> {
  await using client = createClient();
  const { output } = await attachContainer(client, id);
  const { exit } = await waitContainer(client, id);
  await startContainer(client, id);
  const pieces = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  for await (const { stream, bytes } of output) pieces[stream].push(bytes);
  const { exitCode } = await exit;
  const text = Buffer.concat(pieces.stdout).toString("utf8");
  if (exitCode !== 0)
    throw new Error(`exit code ${exitCode}: ${Buffer.concat(pieces.stderr).toString("utf8")}`);
  return JSON.parse(text.trimEnd().split("\n").at(-1) ?? "null");
}
