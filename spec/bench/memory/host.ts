/**
 * A host process whose memory is measured: `host.ts idle N` with N containers that wait, `host.ts flood N` with N runs that write far more
 * than is kept of them. Prints a line of JSON. Needs `--expose-gc`.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createExecutor, type ExecutorOptions } from "../../../lib/mod.ts";

const [situation = "", count = ""] = process.argv.slice(2);
const size = Number(count);
const flood = `while True: print("x" * 65536)`;

async function settledBytes(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.();
    await delay(50);
  }
  return process.memoryUsage.rss();
}

async function wait(options: ExecutorOptions): Promise<number> {
  await using executor = createExecutor(options);
  await executor.run("pass");
  await executor.warmUp();
  return settledBytes();
}

async function runFloods(): Promise<number> {
  await using executor = createExecutor();
  for (let run = 0; run < size; run++) {
    const { status } = await executor.run(flood);
    if (status !== "output-limit") throw new Error(`a flood ended with ${status}`);
  }
  return settledBytes();
}

const beforeBytes = await settledBytes();
const afterBytes = await (situation === "flood"
  ? runFloods()
  : wait({ pool: { size, refillConcurrency: 4 } }));
const mostBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ beforeBytes, afterBytes, mostBytes })}\n`);
