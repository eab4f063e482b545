import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./victim.ts", import.meta.url));

/** When a process is killed: once it had so many results, and so long after that. */
export interface KillMoment {
  readonly results: number;
  readonly delayMs: number;
}

/**
 * Starts a process that works on a loop, and kills it with SIGKILL.
 *
 * @param moment null lets it work to its end.
 * @returns whether it came to its end.
 */
export async function workThenKill(args: readonly string[], moment: KillMoment | null): Promise<boolean> {
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const words: string[] = [];
  let killing: Promise<void> | null = null;
  for await (const word of createInterface({ input: child.stdout })) {
    words.push(word);
    // The first word is `ready`.
    if (moment !== null && words.length > moment.results)
      killing ??= delay(moment.delayMs).then(() => void child.kill("SIGKILL"));
  }
  const [code] = (await exited) as [number | null];
  await killing;
  const isDone = words.at(-1) === "done";
  if (words[0] !== "ready" || (code !== null && !isDone)) throw new Error(`the process ended with ${code}`);
  return isDone;
}
