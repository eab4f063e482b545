import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { createExecutor, type Executor, type ExecutorOptions } from "../../lib/executor.ts";
import type { RunOptions } from "../../lib/run/run-handle.ts";
import type { RunResult } from "../../lib/verdict.ts";
import { countContainers } from "./containers-of.ts";
import { patience } from "./suite.ts";

const MiB = 1024 ** 2;

/**
 * An executor for hostile programs: the jail alone, without validator and audit hook, which would stop most of them before the jail
 * gets to show what it holds.
 */
export function createJail(policy: ExecutorOptions["policy"] = {}): Executor {
  return createExecutor({
    policy: {
      validator: "off",
      audit: "off",
      cpus: 1,
      memoryBytes: 256 * MiB,
      timeoutMs: 60_000 * patience,
      ...policy,
    },
  });
}

/** The text of a program of `spec/fixtures/matrix`, with capital words replaced. */
export function readHostile(name: string, words: Readonly<Record<string, string | number>> = {}): string {
  const text = readFileSync(new URL(`../fixtures/matrix/${name}.py`, import.meta.url), "utf8");
  return Object.entries(words).reduce((all, [word, value]) => all.replaceAll(word, String(value)), text);
}

/** Runs a program to its end, and sees for itself that the Engine has nothing left of it. */
export async function runHostile(jail: Executor, code: string, options: RunOptions = {}): Promise<RunResult> {
  const result = await jail.run(code, options);
  assert.is(result.cleanup?.isConfirmed, true, "the cleanup is confirmed");
  assert.is(await countContainers(result.runId), 0, "the Engine has no container of this run");
  return result;
}

/** The value of `result`, where the run went well. */
export function resultOf(result: RunResult): Readonly<Record<string, unknown>> {
  assert.is(result.status, "ok", `${result.message}\n${result.exception?.traceback ?? result.stderr}`);
  return result.values.result as Readonly<Record<string, unknown>>;
}
