import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./victim.ts", import.meta.url));

/**
 * Starts a process that works on a loop, and kills it with SIGKILL so long after it has begun.
 *
 * @param killAfterMs null lets it work to its end.
 * @returns whether it came to its end.
 */
export async function workThenKill(args: readonly string[], killAfterMs: number | null): Promise<boolean> {
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== "ready") throw new Error("the process ended before it had begun");
  const word = lines.next();
  if (killAfterMs !== null) {
    await Promise.race([delay(killAfterMs), exited]);
    child.kill("SIGKILL");
  }
  const [code] = (await exited) as [number | null];
  const isDone = (await word).value === "done";
  if (code !== null && !isDone) throw new Error(`the process ended with ${code}`);
  return isDone;
}
