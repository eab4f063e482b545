import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineClient } from "../../engine-api/mod.ts";
import { SandboxError } from "../errors.ts";
import { findProgram, readLivePid } from "../host/processes.ts";
import { runProgram } from "../host/run-program.ts";
import { probeEngine } from "./probe-engine.ts";

/** Where things are on this machine; parameters, so that it can be tried without touching the machine. */
export interface EnginePlaces {
  /** Exists where systemd runs. @default "/run/systemd/system" */
  readonly systemdFolder?: string;
  /** @default "/var/run/docker.pid" */
  readonly pidFile?: string;
  /** @default "/var/run/docker/containerd/containerd.pid" */
  readonly containerdPidFile?: string;
  /** What dockerd writes. @default "/var/log/brigbox-dockerd.log" */
  readonly logFile?: string;
  /** The daemon's program. @default the `dockerd` that is installed */
  readonly program?: string | null;
  /** How long it may take to answer, milliseconds. @default 45000 */
  readonly startTimeoutMs?: number;
}

const defaultPlaces: Omit<Required<EnginePlaces>, "program"> = {
  systemdFolder: "/run/systemd/system",
  pidFile: "/var/run/docker.pid",
  containerdPidFile: "/var/run/docker/containerd/containerd.pid",
  logFile: "/var/log/brigbox-dockerd.log",
  startTimeoutMs: 45_000,
};

/** Tried in order: small machines often cannot make a bridge, and sandboxes have no network anyway. */
const dockerdOptions: readonly (readonly string[])[] = [[], ["--bridge=none", "--iptables=false"]];

/**
 * Starts the Docker Engine of this machine, with systemd where that runs and by itself where not, and waits until it answers.
 * An Engine that is on its way up already is only waited for. What it writes goes to a log file.
 *
 * @returns how it was started, for people.
 * @throws SandboxError with the last lines of the log where it does not come up.
 */
export async function startEngine(
  client: EngineClient,
  options: { readonly places?: EnginePlaces; readonly signal?: AbortSignal } = {},
): Promise<string> {
  const places = { ...defaultPlaces, program: findProgram("dockerd"), ...options.places };
  const signal = options.signal ?? new AbortController().signal;
  if (existsSync(places.systemdFolder)) {
    await runProgram("systemctl", ["start", "docker"], { signal });
    if (await waitUntilUp(client, places.startTimeoutMs, signal)) return "started by systemd";
    throw new SandboxError("systemd started docker, but it does not answer; see journalctl -u docker");
  }
  if (readLivePid(places.pidFile, "dockerd") !== null) {
    if (await waitUntilUp(client, places.startTimeoutMs, signal)) return "was on its way up";
    throw new SandboxError("a dockerd runs, but does not answer; end it, and try again");
  }
  readLivePid(places.containerdPidFile, "containerd");
  return startDaemon(client, places, signal);
}

async function startDaemon(
  client: EngineClient,
  { logFile, pidFile, program, startTimeoutMs }: Required<EnginePlaces>,
  signal: AbortSignal,
): Promise<string> {
  if (program === null) throw new SandboxError("dockerd is not installed");
  for (const args of dockerdOptions) {
    signal.throwIfAborted();
    readLivePid(pidFile, "dockerd");
    const daemon = spawnDaemon(program, args, logFile);
    if (await isUpInTime(client, startTimeoutMs, signal, daemon)) {
      return args.length === 0 ? "started dockerd" : `started dockerd ${args.join(" ")}`;
    }
    await daemon.stop();
  }
  throw new SandboxError(`dockerd does not start; the end of ${logFile}: ${readTail(logFile)}`);
}

/** Whoever gives up waiting must not leave a daemon behind that comes up later. */
async function isUpInTime(
  client: EngineClient,
  timeoutMs: number,
  signal: AbortSignal,
  daemon: Daemon,
): Promise<boolean> {
  try {
    return await waitUntilUp(client, timeoutMs, signal, daemon.hasEnded);
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}

/** A daemon on its way up. */
interface Daemon {
  hasEnded(): boolean;
  /** Resolves once it is gone. */
  stop(): Promise<void>;
}

/** It outlives this process, and nothing of it is read by us. */
function spawnDaemon(program: string, args: readonly string[], logFile: string): Daemon {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(program, args, { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      writeSync(log, `${error.message}\n`);
      resolve();
    });
    child.once("exit", () => resolve());
  }).then(() => {
    isOver = true;
    closeSync(log);
  });
  child.unref();
  return {
    hasEnded: () => isOver,
    async stop() {
      if (!isOver) child.kill();
      await over;
    },
  };
}

async function waitUntilUp(
  client: EngineClient,
  timeoutMs: number,
  signal: AbortSignal,
  hasEnded: () => boolean = () => false,
): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (performance.now() < until && !hasEnded()) {
    const state = await probeEngine(client, { timeoutMs: 2000, signal });
    if (state.kind === "up") return true;
    await delay(100, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  return false;
}

function readTail(path: string): string {
  try {
    const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(-3);
    return lines.join(" | ").slice(-600);
  } catch {
    return "(it cannot be read)";
  }
}
