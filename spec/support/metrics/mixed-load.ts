import { createClient, killContainer } from "../../../engine-api/mod.ts";
import type { Executor } from "../../../lib/executor.ts";
import { containerName } from "../../../lib/ownership.ts";
import type { RunHandle, RunOptions } from "../../../lib/run/run-handle.ts";
import type { Truth } from "./truth.ts";

/** Where the load is let loose. */
export interface LoadSurroundings {
  /** With and without a pool, both without the validator. */
  readonly executors: readonly Executor[];
  /** One that has no Engine and one place, so that each run fails and a second one is refused. */
  readonly broken: Executor;
  readonly truth: Truth;
  /** How long, milliseconds; at least until every kind of run was there on every executor. */
  readonly forMs: number;
  readonly concurrency: number;
}

interface Kind {
  readonly code: string;
  readonly options?: RunOptions;
  /** What happens to the run while it goes on. */
  meanwhile?(handle: RunHandle): Promise<void>;
}

const MiB = 1024 ** 2;
const endless = "import time\nprint('started', flush=True)\ntime.sleep(600)";

/** One for each verdict, and more of those that go well. */
const kinds: readonly Kind[] = [
  { code: "result = sum(numbers)", options: { inputs: { numbers: [1, 2, 3] } } },
  { code: "print('hello')\nopen('/tmp/out/a.txt', 'w').write('a' * 1000)\nresult = 'x' * 5000" },
  { code: "import sys\nprint('wrong', file=sys.stderr)\nraise ValueError('no')" },
  { code: "import os, ctypes\nresult = ().__class__", options: { validator: "strict" } },
  { code: "while True: pass", options: { timeoutMs: 400 } },
  { code: "while True: pass", options: { cpuTimeMs: 200, timeoutMs: 30_000 } },
  {
    code: "data = []\nwhile True: data.append(bytearray(b'x') * (8 * 1024**2))",
    options: { memoryBytes: 64 * MiB },
  },
  { code: "while True: print('x' * 1000)", options: { stdoutBytes: 100_000 } },
  {
    code: endless,
    async meanwhile(handle) {
      await untilItPrints(handle);
      handle.cancel();
    },
  },
  {
    code: endless,
    // Of a container that waited the name is not known until the end, so this one must not be one.
    options: { memoryBytes: 128 * MiB },
    async meanwhile(handle) {
      await untilItPrints(handle);
      await using client = createClient();
      await killContainer(client, containerName(handle.runId));
    },
  },
];

/** Runs of all kinds, side by side, until the time is over. */
export async function runMixedLoad(load: LoadSurroundings): Promise<void> {
  const { executors, truth, forMs, concurrency } = load;
  const until = performance.now() + forMs;
  const least = kinds.length * executors.length;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let number = next++; number < least || performance.now() < until; number = next++) {
      const kind = kinds[number % kinds.length];
      const executor = executors[Math.floor(number / kinds.length) % executors.length];
      if (kind === undefined || executor === undefined) throw new RangeError("there is nothing to run");
      await runKind(executor, kind, truth);
      if (number % kinds.length === 0) await Promise.all([failTwice(load), runCells(executor, truth)]);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

async function runKind(executor: Executor, kind: Kind, truth: Truth): Promise<void> {
  const { code, options = {}, meanwhile } = kind;
  const handle = executor.start(code, options);
  await Promise.all([truth.follow(handle, code, options), meanwhile?.(handle)]);
}

/** A run that finds no Engine, and one that finds no room. */
async function failTwice({ broken, truth }: LoadSurroundings): Promise<void> {
  const ends = ["pass", "result = 1"].map((code) => {
    try {
      return truth.follow(broken.start(code), code, {});
    } catch (error) {
      return truth.refused(error as Error, code);
    }
  });
  await Promise.all(ends);
}

async function runCells(executor: Executor, truth: Truth): Promise<void> {
  await using session = await executor.session({ memoryBytes: 128 * MiB });
  for (const code of ["x = 20", "result = x + 1"]) await truth.follow(session.start(code), code, {});
}

async function untilItPrints(handle: RunHandle): Promise<void> {
  for await (const _ of handle.output) return;
}
