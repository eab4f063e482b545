import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** A line of results, as far as specs look at it. */
export interface ResultLine {
  readonly id: string;
  readonly hash: string;
  readonly status: string;
  readonly message: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly stdout: string;
  readonly isCleaned: boolean;
  readonly evidence: { readonly start: "warm" | "cold" | "direct" | null };
  readonly runId: string;
}

/** Whole lines of results. */
export function parseLines(text: string): ResultLine[] {
  const lines = text.split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line) as ResultLine);
}

/** The whole lines of a file of results; none where there is no file. */
export function readLines(path: string): ResultLine[] {
  return existsSync(path) ? parseLines(readFileSync(path, "utf8")) : [];
}

/** Files below a folder, which is made. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

/** The command in a process of its own. */
export interface BatchProcess {
  readonly child: ChildProcessByStdio<null, null, Readable>;
  /** Resolves to exit code and signal. */
  readonly exit: Promise<unknown[]>;
  err(): string;
}

/** Starts `brigbox batch` in a process of its own. */
export function startBatch(args: readonly string[]): BatchProcess {
  const child = spawn(process.execPath, ["--import", "tsx", "lib/cli/main.ts", "batch", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return { child, exit: once(child, "close"), err: () => err };
}

/** Waits until a file of results has so many whole lines; fails where the process ends before. */
export async function awaitLines(path: string, count: number, batch: BatchProcess): Promise<void> {
  while (readLines(path).length < count) {
    if (batch.child.exitCode !== null)
      throw new Error(`the batch ended with ${batch.child.exitCode} before: ${batch.err()}`);
    await delay(20);
  }
}
