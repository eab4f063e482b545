import { createRequire } from "node:module";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { installRival } from "../../rivals.ts";
import { serve } from "./serve.ts";
import { sinkFor } from "./sink.ts";

/** The part of @docker/node-sdk that is used here. */
interface DockerClient {
  systemPing(): Promise<unknown>;
  containerList(options: object): Promise<unknown>;
  containerAttach(id: string, stdout: Writable, stderr: Writable, options: object): Promise<void>;
  containerStart(id: string): Promise<void>;
  containerLogs(id: string, stdout: Writable, stderr: Writable, options: object): Promise<void>;
}

const require = createRequire(join(installRival("@docker/node-sdk"), "package.json"));
const sdk = require("@docker/node-sdk") as {
  readonly DockerClient: { fromDockerConfig(): Promise<DockerClient> };
};
const docker = await sdk.DockerClient.fromDockerConfig();
const outputs = { stdout: true, stderr: true };

await serve({
  ping: () => docker.systemPing(),
  list: () => docker.containerList({ all: true }),
  async attach(id, take) {
    const output = docker.containerAttach(id, sinkFor(take), sinkFor(take), { stream: true, ...outputs });
    // It does not tell when it is attached.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await docker.containerStart(id);
    await output;
  },
  logs: (id, follow, take) => docker.containerLogs(id, sinkFor(take), sinkFor(take), { follow, ...outputs }),
});
