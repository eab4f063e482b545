/**
 * An Engine of a spec's own, for what would hurt others: it can be stopped, started, killed and filled up. Needs root and an installed
 * `dockerd`; its image is copied from the Engine that is there.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createClient, listImages, ping } from "../../engine-api/mod.ts";
import { defaultImage } from "../../lib/image/names.ts";

/** Options of {@link startOwnEngine}. */
export interface OwnEngineOptions {
  /** Room for all that the Engine keeps, MiB, in memory. @default 1024 */
  readonly roomMiB?: number;
  /** Further OCI runtimes, as in the daemon's configuration file. */
  readonly runtimes?: Readonly<
    Record<string, { readonly path: string; readonly runtimeArgs?: readonly string[] }>
  >;
  /** Further keys of the daemon's configuration file. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Further addresses on which it listens. */
  readonly hosts?: readonly string[];
  /** Gives it a network of its own, with a loopback and nothing else, and none of this process's environment. @default false */
  readonly isAlone?: boolean;
}

/** A running Engine that nobody else uses. */
export interface OwnEngine {
  readonly endpoint: string;
  readonly socketPath: string;
  /** Where it keeps everything: a file system of its own. */
  readonly dataRoot: string;
  /** Ends the daemon by a signal and waits for its end; what it ran goes on or not as the daemon has it. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the daemon unless it runs, and resolves once it answers. */
  start(): Promise<void>;
  /** Ends all and leaves nothing. */
  close(): Promise<void>;
}

const programs: Readonly<Record<string, string>> = {
  dockerd: "docker.io",
  runsc: "runsc",
  openssl: "openssl",
  sshd: "openssh-server",
  ssh: "openssh-client",
  "docker-registry": "docker-registry",
};

/** Each program goes on as the next, so that a signal reaches the daemon. */
const inOwnNetwork = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];

/** Why no Engine of one's own, with gVisor, TLS, ssh and a registry, can be started here; null where it can. */
export function ownEngineObstacle(): string | null {
  if (process.getuid?.() !== 0) return "only root can start one";
  const missing = Object.keys(programs).filter(
    (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0,
  );
  if (missing.length === 0) return null;
  const packages = missing.map((program) => programs[program]).join(" ");
  return `an Engine of their own needs ${missing.join(", ")}; on Debian: apt-get install ${packages}`;
}

/** Starts an Engine with the default image on it. */
export async function startOwnEngine({
  roomMiB = 1024,
  runtimes = {},
  configuration: more = {},
  hosts = [],
  isAlone = false,
}: OwnEngineOptions = {}): Promise<OwnEngine> {
  const folder = mkdtempSync("/var/tmp/own-engine-");
  const dataRoot = join(folder, "data");
  const execRoot = join(folder, "exec");
  const socketPath = join(folder, "docker.sock");
  const endpoint = `unix://${socketPath}`;
  const logFile = join(folder, "log");
  mkdirSync(dataRoot);
  mkdirSync(execRoot);
  runOrThrow("mount", ["-t", "tmpfs", "-o", `size=${roomMiB}m`, "tmpfs", dataRoot]);
  const configFile = join(folder, "daemon.json");
  const bridge = `brigbox${randomBytes(3).toString("hex")}`;
  const configuration = {
    ...more,
    hosts: [endpoint, ...hosts],
    "data-root": dataRoot,
    "exec-root": execRoot,
    pidfile: join(folder, "pid"),
    bridge: isAlone ? "none" : addBridge(bridge),
    iptables: false,
    runtimes,
  };
  writeFileSync(configFile, JSON.stringify(configuration));
  let daemon: ChildProcess | null = null;

  async function start(): Promise<void> {
    if (daemon !== null) return;
    // What a killed daemon leaves of its containerd keeps the next one from starting; containers and their shims go on.
    endAllWith(join(execRoot, "containerd", "containerd.toml"));
    for (const stale of [join(folder, "pid"), join(execRoot, "containerd", "containerd.pid")])
      rmSync(stale, { force: true });
    const log = openSync(logFile, "a");
    const command = ["dockerd", "--config-file", configFile];
    const [program = "", ...words] = isAlone ? [...inOwnNetwork, ...command] : command;
    daemon = spawn(program, words, {
      stdio: ["ignore", log, log],
      detached: true,
      ...(isAlone && { env: { PATH: process.env.PATH } }),
    });
    await awaitAnswer(endpoint, logFile);
  }

  async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (daemon === null) return;
    const ended = daemon.exitCode !== null || daemon.signalCode !== null ? null : once(daemon, "exit");
    daemon.kill(signal);
    await ended;
    daemon = null;
  }

  async function close(): Promise<void> {
    await stop();
    endAllWith(`${folder}/`);
    for (const target of mountsBelow(folder)) spawnSync("umount", ["-l", target]);
    spawnSync("ip", ["link", "delete", bridge]);
    rmSync(folder, { recursive: true, force: true });
  }

  const engine: OwnEngine = { endpoint, socketPath, dataRoot, stop, start, close };
  try {
    await start();
    await copyImage(socketPath);
    return engine;
  } catch (error) {
    await close();
    throw error;
  }
}

/** A call that no part of ours is used for. */
export async function callEngine({ socketPath }: OwnEngine, method: string, path: string): Promise<void> {
  const [answer] = await once(request({ socketPath, method, path }).end(), "response");
  answer.resume();
  await once(answer, "end");
  if (answer.statusCode >= 400) throw new Error(`${method} ${path}: ${answer.statusCode}`);
}

async function awaitAnswer(endpoint: string, logFile: string): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    await using client = createClient({ endpoint });
    try {
      await ping(client, { signal: AbortSignal.timeout(5000) });
      return;
    } catch (error) {
      if (performance.now() > until)
        throw new Error(`the own Engine does not answer: ${readFileSync(logFile, "utf8").slice(-3000)}`, {
          cause: error,
        });
    }
    await delay(100);
  }
}

/** The default image, from the Engine that is there, by the wire format of `docker save`. */
async function copyImage(to: string): Promise<void> {
  const from = "/var/run/docker.sock";
  const save = request({ socketPath: from, path: `/images/${encodeURIComponent(defaultImage)}/get` }).end();
  const [saved] = await once(save, "response");
  const load = request({
    socketPath: to,
    method: "POST",
    path: "/images/load?quiet=1",
    headers: { "content-type": "application/x-tar" },
  });
  saved.pipe(load);
  const [loaded] = await once(load, "response");
  loaded.resume();
  await once(loaded, "end");
  await using client = createClient({ endpoint: `unix://${to}` });
  const images = await listImages(client, {});
  if (!images.some(({ RepoTags }) => RepoTags?.includes(defaultImage) === true))
    throw new Error(`the image ${defaultImage} could not be copied to the own Engine`);
}

/** A daemon that is told to have no bridge at all takes the one of the machine's own Engine away. "none" where no bridge can be made. */
function addBridge(name: string): string {
  const { status } = spawnSync("ip", ["link", "add", name, "type", "bridge"]);
  return status === 0 ? name : "none";
}

function runOrThrow(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
}

/** Processes with these words in their command lines, of which the daemon leaves some running. */
function endAllWith(words: string): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (Number(pid) !== process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(words))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}

/** The innermost first. */
function mountsBelow(folder: string): readonly string[] {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((target) => target.startsWith(`${folder}/`))
    .reverse();
}
