import { createInterface } from "node:readline";
import type { Job, JobResult } from "./jobs.ts";

/** One client library, used as its own documentation says. */
export interface ClientSide {
  ping(): Promise<unknown>;
  list(): Promise<unknown>;
  /** Attaches to a created container, starts it, and hands its output on until it ends. */
  attach(id: string, take: TakeBytes): Promise<void>;
  logs(id: string, follow: boolean, take: TakeBytes): Promise<void>;
}

/** Gets each chunk of stdout or stderr. */
export type TakeBytes = (bytes: Uint8Array) => void;

/** Does what the lines of stdin ask for, and answers each by a line, until stdin ends. */
export async function serve(side: ClientSide): Promise<void> {
  process.stdout.write("ready\n");
  for await (const line of createInterface({ input: process.stdin })) {
    const cpu = process.cpuUsage();
    const result = await perform(side, JSON.parse(line) as Job);
    const { user, system } = process.cpuUsage(cpu);
    const answer: JobResult = { ...result, cpuMs: (user + system) / 1000 };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit();
}

async function perform(side: ClientSide, job: Job): Promise<Omit<JobResult, "cpuMs">> {
  switch (job.job) {
    case "ping":
    case "list":
      return callOften(() => side[job.job](), job);
    case "attach":
      return readWhole((take) => side.attach(job.id, take));
    case "logs":
      return readWhole((take) => side.logs(job.id, false, take));
    case "follow":
      return followOften(side, job);
    default:
      return job satisfies never;
  }
}

async function callOften(
  call: () => Promise<unknown>,
  { count, atATime }: { readonly count: number; readonly atATime: number },
): Promise<Omit<JobResult, "cpuMs">> {
  let left = count;
  const startedAt = performance.now();
  const caller = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: atATime }, caller));
  return { ms: performance.now() - startedAt, bytes: 0, lines: 0 };
}

async function readWhole(read: (take: TakeBytes) => Promise<void>): Promise<Omit<JobResult, "cpuMs">> {
  let bytes = 0;
  let firstAt = 0;
  await read((chunk) => {
    if (bytes === 0) firstAt = performance.now();
    bytes += chunk.length;
  });
  return { ms: performance.now() - firstAt, bytes, lines: 0 };
}

async function followOften(
  side: ClientSide,
  { id, streams }: { readonly id: string; readonly streams: number },
): Promise<Omit<JobResult, "cpuMs">> {
  let bytes = 0;
  let lines = 0;
  const startedAt = performance.now();
  const follow = () =>
    side.logs(id, true, (chunk) => {
      bytes += chunk.length;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
    });
  await Promise.all(Array.from({ length: streams }, follow));
  return { ms: performance.now() - startedAt, bytes, lines };
}
