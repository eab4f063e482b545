import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { createExecutor, type Executor, type ExecutorOptions } from "../../lib/executor.ts";
import { containerLimits } from "../../lib/policy/policy.ts";
import type { RunOptions } from "../../lib/run/run-handle.ts";
import type { RunResult } from "../../lib/verdict.ts";
import { countContainersOf } from "./containers-of.ts";
import { patience, type Suite, suite } from "./suite.ts";

const MiB = 1024 ** 2;

/**
 * An executor for hostile programs: the jail alone, without validator and audit hook, which would stop most of them before the jail
 * gets to show what it holds.
 */
export function createJail(policy: ExecutorOptions["policy"] = {}, start: StartWay = "cold"): Executor {
  return createExecutor({
    ...(start === "warm" && { pool: { size: 1, preload: ["numpy", "pandas"] } }),
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

/** Whether a container is made for a program, or waited for one. */
export type StartWay = "cold" | "warm";

/** One suite for each way, with a jail: what holds for the one must hold for the other. */
export function inBothWays(
  name: string,
  add: (test: Suite, jail: Executor, createJail: (policy?: ExecutorOptions["policy"]) => Executor) => void,
): void {
  for (const start of ["cold", "warm"] as const) {
    const test = suite(`${name}, ${start}`);
    const jail = createJail({}, start);
    test.after(() => jail.close());
    add(test, jail, (policy) => createJail(policy, start));
    test.run();
  }
}

/** The text of a program of `spec/fixtures/matrix`, with capital words replaced. */
export function readHostile(name: string, words: Readonly<Record<string, string | number>> = {}): string {
  const text = readFileSync(new URL(`../fixtures/matrix/${name}.py`, import.meta.url), "utf8");
  return Object.entries(words).reduce((all, [word, value]) => all.replaceAll(word, String(value)), text);
}

/**
 * Runs a program to its end, and sees for itself that the Engine has nothing left of it, and that it had the container that it should:
 * of a jail with a pool one that waited.
 */
export async function runHostile(jail: Executor, code: string, options: RunOptions = {}): Promise<RunResult> {
  await jail.warmUp();
  const hasPool = jail.stats().pool !== null;
  const isWarm =
    hasPool && !Object.keys(options).some((name) => (containerLimits as readonly string[]).includes(name));
  const result = await jail.run(code, options);
  assert.is(result.cleanup?.isConfirmed, true, "the cleanup is confirmed");
  assert.is(await countContainersOf(result), 0, "the Engine has no container of this run");
  assert.is(result.evidence.start, isWarm ? "warm" : "cold");
  return result;
}

/** The value of `result`, where the run went well. */
export function resultOf(result: RunResult): Readonly<Record<string, unknown>> {
  assert.is(result.status, "ok", `${result.message}\n${result.exception?.traceback ?? result.stderr}`);
  return result.values.result as Readonly<Record<string, unknown>>;
}
