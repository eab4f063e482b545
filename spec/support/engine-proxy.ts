import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Something between a client and the real Engine that can fail on command. */
export interface EngineProxy {
  readonly endpoint: string;
  /** Cuts all connections, and refuses new ones, as an Engine that died. */
  die(): void;
  close(): Promise<void>;
}

/** Passes bytes between a socket of its own and the Engine's default one. @param rewrite changes what the Engine answers */
export async function startEngineProxy(
  rewrite: (bytes: Buffer) => Buffer = (bytes) => bytes,
): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), "engine-proxy-"));
  const socketPath = join(folder, "docker.sock");
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: "/var/run/docker.sock", allowHalfOpen: true });
    for (const socket of [near, far]) sockets.add(socket.on("error", () => undefined));
    near.pipe(far);
    far.on("data", (bytes: Buffer) => near.write(rewrite(bytes)));
    far.on("end", () => near.end());
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  await once(server.listen(socketPath), "listening");
  const die = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    endpoint: `unix://${socketPath}`,
    die,
    close: async () => {
      die();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
