import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Job, JobResult } from "./sides/jobs.ts";

/** How a side is started. */
export interface SideProgram {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** A client library in a process of its own, so that each has its own heap, compiler and collector. */
export interface Side {
  readonly name: string;
  /** @throws Error where the side ended instead. */
  perform(job: Job): Promise<JobResult & { readonly memory: Memory }>;
  /** Open descriptors of the process. */
  descriptors(): number;
  close(): void;
}

/** Resident memory of a side, MiB. */
export interface Memory {
  readonly before: number;
  readonly most: number;
}

const sampleEveryMs = 20;
const pageMiB = 4096 / 1024 / 1024;

/** Starts a side and waits until it is ready for jobs. */
export async function startSide({ name, command }: SideProgram): Promise<Side> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} ended before it answered`);
    return value;
  };
  if ((await nextLine()) !== "ready") throw new Error(`${name} did not say that it is ready`);
  const residentMiB = () => Number(readFileSync(`/proc/${child.pid}/statm`, "utf8").split(" ")[1]) * pageMiB;

  return {
    name,
    async perform(job) {
      const before = residentMiB();
      let most = before;
      const sampler = setInterval(() => {
        most = Math.max(most, residentMiB());
      }, sampleEveryMs);
      try {
        child.stdin.write(`${JSON.stringify(job)}\n`);
        const result = JSON.parse(await nextLine()) as JobResult;
        return { ...result, memory: { before, most: Math.max(most, residentMiB()) } };
      } finally {
        clearInterval(sampler);
      }
    },
    descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length,
    close: () => void child.stdin.end(),
  };
}
