import { createRequire } from "node:module";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { installRival } from "../../rivals.ts";
import { serve } from "./serve.ts";
import { sinkFor } from "./sink.ts";

/** The part of dockerode that is used here. */
interface Dockerode {
  ping(): Promise<unknown>;
  listContainers(options: object): Promise<unknown>;
  getContainer(id: string): {
    attach(options: object): Promise<NodeJS.ReadableStream>;
    logs(options: object): Promise<NodeJS.ReadableStream | Buffer>;
    start(): Promise<unknown>;
  };
  readonly modem: {
    demuxStream(from: NodeJS.ReadableStream, out: NodeJS.WritableStream, err: NodeJS.WritableStream): void;
  };
}

const require = createRequire(join(installRival("dockerode"), "package.json"));
const docker = new (require("dockerode") as new () => Dockerode)();
const outputs = { stdout: true, stderr: true };

await serve({
  ping: () => docker.ping(),
  list: () => docker.listContainers({ all: true }),
  async attach(id, take) {
    const container = docker.getContainer(id);
    const stream = await container.attach({ stream: true, ...outputs });
    docker.modem.demuxStream(stream, sinkFor(take), sinkFor(take));
    await container.start();
    await finished(stream, { writable: false });
  },
  async logs(id, _follow, take) {
    // Without follow its answer is one buffer with the headers still in it, so that its own demultiplexer cannot be used.
    const stream = (await docker
      .getContainer(id)
      .logs({ follow: true, ...outputs })) as NodeJS.ReadableStream;
    docker.modem.demuxStream(stream, sinkFor(take), sinkFor(take));
    await finished(stream, { writable: false });
  },
});
