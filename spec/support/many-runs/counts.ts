import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createClient } from "../../../engine-api/mod.ts";
import { labels } from "../../../lib/ownership.ts";
import { findContainers } from "../containers-of.ts";

/** What a host process holds, and what the Engine has of it, at one moment. */
export interface Counts {
  /** Containers with our label, in any state. */
  readonly containers: number;
  /** Open descriptors of this process that are sockets. */
  readonly sockets: number;
  /** Open descriptors of all kinds. */
  readonly descriptors: number;
  /** Timers that keep the process alive, or would if they were not told not to. */
  readonly timers: number;
  /** Direct children of this process. */
  readonly children: number;
  /** The heap after a collection of garbage, and buffers outside of it, MiB. */
  readonly heapMiB: number;
  readonly buffersMiB: number;
  /** The process's resident memory, MiB: it may stay high after it was used. */
  readonly residentMiB: number;
  /** Cgroups of containers that this machine's kernel has, where it can be asked. */
  readonly cgroups: number;
  /** Mounts of containers that this machine's kernel has, where it can be asked. */
  readonly mounts: number;
}

const MiB = 1024 ** 2;

/** Counts now, after garbage was collected. */
export async function takeCounts(): Promise<Counts> {
  const containers = await countAllContainers();
  await collectGarbage();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const kinds = readdirSync("/proc/self/fd").map(readDescriptor);
  return {
    containers,
    sockets: kinds.filter((kind) => kind.startsWith("socket:")).length,
    descriptors: kinds.filter((kind) => kind !== "").length,
    timers: process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length,
    children: countChildren(),
    heapMiB: heapUsed / MiB,
    buffersMiB: (external + arrayBuffers) / MiB,
    residentMiB: rss / MiB,
    cgroups: countCgroups(),
    mounts: readFileSync("/proc/self/mounts", "utf8").match(/\/containers\/[0-9a-f]{64}\//gu)?.length ?? 0,
  };
}

/** By a client that is closed before anything is counted. */
async function countAllContainers(): Promise<number> {
  await using client = createClient();
  return (await findContainers(client, { label: [labels.run] })).length;
}

/** More than once, since buffers are given back a while after the objects that held them. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  for (let times = 0; times < 4; times++) {
    collect();
    await delay(50);
  }
}

/** Empty for the descriptor that the listing itself used. */
function readDescriptor(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return "";
  }
}

function countChildren(): number {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean).length;
}

function countCgroups(): number {
  for (const folder of ["/sys/fs/cgroup/memory/docker", "/sys/fs/cgroup/system.slice"])
    try {
      return readdirSync(folder).filter((name) => /[0-9a-f]{64}/.test(name)).length;
    } catch {
      // Another cgroup version, or another machine's Engine.
    }
  return 0;
}
