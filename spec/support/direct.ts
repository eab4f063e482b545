import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { findPython } from "../../lib/direct/find-python.ts";
import { chooseUser } from "../../lib/direct/host-user.ts";
import { createExecutor, type Executor, type ExecutorOptions } from "../../lib/executor.ts";
import { defaultPolicy, type Policy } from "../../lib/policy/policy.ts";
import type { RunOptions } from "../../lib/run/run-handle.ts";
import type { RunResult } from "../../lib/verdict.ts";
import { liveMode } from "./live.ts";
import { type Suite, suite } from "./suite.ts";

const MiB = 1024 ** 2;
const run = promisify(execFile);

/**
 * Whether this machine can run code directly, with these modules. Where not, the specs about it are left out, and that is said; with live
 * specs required it is an error.
 */
export async function canRunDirectly(modules: readonly string[] = []): Promise<boolean> {
  try {
    const user = chooseUser(defaultPolicy);
    const python = await findPython({ user });
    for (const name of modules)
      await run(python, ["-I", "-B", "-c", `import ${name}`], { ...user, cwd: "/" });
    return true;
  } catch (error) {
    if (liveMode(process.argv, process.env) === "require") throw error;
    console.error(`specs of direct execution left out: ${(error as Error).message.trim()}`);
    return false;
  }
}

/** An executor without isolation, and without anything that looks at the code, so that code shows what the rest does. */
export function createDirectExecutor(
  policy: Partial<Policy> = {},
  options: Partial<ExecutorOptions> = {},
): Executor {
  const open = { validator: "off", audit: "off", memoryBytes: 512 * MiB, timeoutMs: 20_000 } as const;
  return createExecutor({ unsafeDirect: true, policy: { ...open, ...policy }, ...options });
}

/** A folder that takes the place of `/tmp` for direct runs of this process, so that what they leave can be seen. */
export interface OwnTemporary extends Disposable {
  readonly path: string;
  /** What is in it. */
  names(): readonly string[];
}

/** Sets TMPDIR until it is disposed of. */
export function ownTemporary(): OwnTemporary {
  const before = process.env.TMPDIR;
  const path = mkdtempSync(join(tmpdir(), "direct-spec-"));
  chmodSync(path, 0o1777);
  process.env.TMPDIR = path;
  return {
    path,
    names: () => readdirSync(path),
    [Symbol.dispose]() {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A warning of Node as whoever listens gets it. */
export type HeardWarning = Error & { readonly code?: string; readonly detail?: string };

/** Hears the process's warnings until it is disposed of, instead of having them printed between the results of the specs. */
export function hearWarnings(): Disposable & { readonly heard: readonly HeardWarning[] } {
  const heard: HeardWarning[] = [];
  const before = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => void heard.push(warning));
  return {
    heard,
    [Symbol.dispose]() {
      process.removeAllListeners("warning");
      for (const listener of before) process.on("warning", listener);
    },
  };
}

/** Living processes that bear a text in their environment or their command, found without any help of what is tried. */
export function processesWith(text: string): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(Number).filter((pid) => {
    try {
      return ["environ", "cmdline"].some((file) =>
        readFileSync(`/proc/${pid}/${file}`, "latin1").includes(text),
      );
    } catch {
      return false;
    }
  });
}

/** A suite whose tests run code directly, with this process's warnings and temporary files out of everybody's way meanwhile. */
export interface DirectSuite {
  readonly test: Suite;
  executor(): Executor;
  folders(): OwnTemporary;
  /** Runs, and sees for itself that nothing is left. */
  run(code: string, options?: RunOptions): Promise<RunResult>;
  /** Fails where anything of a run is left. */
  assertNothingLeft(runId: string): void;
}

/** All of it begins with the suite and ends with it. */
export function directSuite(name: string): DirectSuite {
  const test = suite(name);
  let around: { executor: Executor; folders: OwnTemporary; warnings: Disposable } | null = null;
  test.before(() => {
    around = { executor: createDirectExecutor(), folders: ownTemporary(), warnings: hearWarnings() };
  });
  test.after(async () => {
    const { executor, folders, warnings } = now();
    await executor.close();
    warnings[Symbol.dispose]();
    folders[Symbol.dispose]();
  });

  function now(): NonNullable<typeof around> {
    if (around === null) throw new Error("the suite has not begun");
    return around;
  }

  function assertNothingLeft(runId: string): void {
    assert.equal(processesWith(runId), [], "processes of the run");
    assert.equal(now().folders.names(), [], "folders of runs");
  }

  async function run(code: string, options: RunOptions = {}): Promise<RunResult> {
    const result = await now().executor.run(code, options);
    assert.is(result.cleanup?.isConfirmed, true, result.cleanup?.attempts.at(-1)?.message ?? "");
    assert.is(result.isolation, "none");
    assertNothingLeft(result.runId);
    return result;
  }

  return { test, executor: () => now().executor, folders: () => now().folders, run, assertNothingLeft };
}
