import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** An ssh server on loopback that lets this user in, and a program `ssh` that knows the way. */
export interface SshServer {
  readonly port: number;
  /** Runs with that program before the others in the path. */
  withClient<T>(body: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Starts Debian's `sshd` with keys of its own. Needs root. */
export async function startSshServer(): Promise<SshServer> {
  const port = await findFreePort();
  const folder = mkdtempSync("/var/tmp/ssh-server-");
  for (const name of ["host", "client"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
  writeFileSync(join(folder, "authorized"), readFileSync(join(folder, "client.pub")));
  writeFileSync(
    join(folder, "sshd_config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${folder}/host`,
      `PidFile ${folder}/pid`,
      `AuthorizedKeysFile ${folder}/authorized`,
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "StrictModes no",
      "UsePAM no",
      "",
    ].join("\n"),
  );
  writeFileSync(
    join(folder, "ssh_config"),
    `IdentityFile ${folder}/client\nIdentitiesOnly yes\nStrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n`,
  );
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F ${folder}/ssh_config "$@"\n`);
  chmodSync(join(bin, "ssh"), 0o755);
  mkdirSync("/run/sshd", { recursive: true });
  const server = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(folder, "sshd_config")], {
    stdio: "ignore",
  });
  await awaitPort(port, server);
  return {
    port,
    async withClient(body) {
      const before = process.env.PATH;
      process.env.PATH = `${bin}${delimiter}${before}`;
      try {
        return await body();
      } finally {
        process.env.PATH = before;
      }
    },
    async close() {
      if (server.kill()) await once(server, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port of loopback that nobody listens on now. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function awaitPort(port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && server.exitCode === null; tries++) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await Promise.race([
      once(socket, "connect").then(
        () => true,
        () => false,
      ),
      delay(1000).then(() => false),
    ]);
    socket.destroy();
    if (isThere) return;
    await delay(50);
  }
  throw new Error("sshd did not start");
}
