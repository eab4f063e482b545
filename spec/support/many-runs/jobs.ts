import type { ExecutorOptions } from "../../../lib/executor.ts";
import type { RunHandle, RunOptions } from "../../../lib/run/run-handle.ts";
import type { RunResult } from "../../../lib/verdict.ts";
import { readHostile } from "../matrix.ts";

const MiB = 1024 ** 2;

/** A run, and what must become of it. */
export interface Job {
  readonly name: string;
  readonly code: string;
  readonly options: RunOptions;
  /** What the caller does while it goes on. */
  readonly meanwhile?: (handle: RunHandle) => void;
  /** Null where the result is the right one, else what is wrong with it. */
  readonly findFault: (result: RunResult) => string | null;
}

/** The limits that the jobs are made for: the jail alone, since the validator would stop the hostile ones before it. */
export const jobPolicy: NonNullable<ExecutorOptions["policy"]> = {
  validator: "off",
  audit: "off",
  cpus: 1,
  memoryBytes: 192 * MiB,
  timeoutMs: 120_000,
};

/** One kind of job for each number modulo their count; what goes in and comes out bears the number, so that no two may be mixed up. */
export function createJob(number: number): Job {
  const kind = kinds[number % kinds.length];
  if (kind === undefined) throw new RangeError(`${number} is no number of a job`);
  return { options: {}, ...kind(number) };
}

const kinds: readonly ((number: number) => Omit<Job, "options"> & { readonly options?: RunOptions })[] = [
  (number) => ({
    name: "a value",
    code: "result = {'number': number, 'squares': [k * k for k in range(number % 50)]}",
    options: { inputs: { number } },
    findFault: expectValue("ok", { number, squares: Array.from({ length: number % 50 }, (_, k) => k * k) }),
  }),
  () => ({
    name: "a fork bomb",
    code: readHostile("fork-bomb"),
    findFault: expectStatus("ok", ({ values }) => (values.result as { errno?: unknown }).errno === "EAGAIN"),
  }),
  (number) => ({
    name: "output and an error",
    code: `import sys\nprint('out ${number}')\nprint('err ${number}', file=sys.stderr)\nraise KeyError(${number})`,
    findFault: expectStatus(
      "error",
      ({ stdout, stderr, exception }) =>
        stdout === `out ${number}\n` &&
        stderr === `err ${number}\n` &&
        exception?.type === "KeyError" &&
        exception.message === String(number),
    ),
  }),
  runaway("ignore-signals"),
  (number) => ({
    name: "a file that comes back",
    code: `open('/tmp/out/${number}.txt', 'w').write('${number}' * 1000)`,
    findFault: expectStatus(
      "ok",
      ({ artifacts }) =>
        artifacts.length === 1 &&
        artifacts[0]?.path === `${number}.txt` &&
        new TextDecoder().decode(artifacts[0].bytes) === String(number).repeat(1000),
    ),
  }),
  () => ({
    name: "a memory bomb",
    code: readHostile("memory-bomb"),
    findFault: expectStatus("oom"),
  }),
  (number) => ({
    name: "a DataFrame",
    code: "import pandas as pd\nresult = float(pd.DataFrame({'x': xs}).x.sum())",
    options: { inputs: { xs: Array.from({ length: 100 }, (_, k) => k + number) } },
    findFault: expectValue("ok", 4950 + 100 * number),
  }),
  () => ({
    name: "a flood",
    code: readHostile("flood"),
    findFault: expectStatus(
      "output-limit",
      ({ stdout, evidence }) => stdout.length === MiB && evidence.limit === "stdout",
    ),
  }),
  (number) => ({
    name: "a run that is cancelled",
    code: "import time\ntime.sleep(100)",
    meanwhile: (handle) => setTimeout(() => handle.cancel(), (number * 37) % 900),
    findFault: expectStatus("cancelled"),
  }),
  () => ({
    name: "a process that kills itself",
    code: "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    findFault: expectStatus("error", ({ evidence }) => evidence.signal === 9 && evidence.oomKills === 0),
  }),
  (number) => ({
    name: "code that the validator stops",
    code: `import os\nresult = ${number}`,
    options: { validator: "strict" },
    findFault: expectStatus("rejected", ({ evidence }) => evidence.containerId === null),
  }),
  runaway("child-tree"),
  () => ({
    name: "the network",
    code: readHostile("network"),
    findFault: expectStatus("ok"),
  }),
  () => ({
    name: "forged frames",
    code: [
      "import os, struct",
      "for fd in range(3, 40):",
      "    for frame in (b'\\xff' * 64, struct.pack('>I', 0x7fffffff), b'{\"status\": \"ok\"}' * 9):",
      "        try: os.write(fd, frame)",
      "        except OSError: pass",
      "os._exit(9)",
    ].join("\n"),
    findFault: expectStatus("error", ({ evidence }) => evidence.exitCode === 9),
  }),
  runaway("hold-gil"),
  () => ({
    name: "a thread bomb",
    code: readHostile("thread-bomb"),
    findFault: expectStatus("ok"),
  }),
];

function runaway(name: string): () => Omit<Job, "options"> & { readonly options: RunOptions } {
  return () => ({
    name,
    code: readHostile(name),
    options: { timeoutMs: 700 },
    findFault: expectStatus("timeout"),
  });
}

function expectStatus(
  status: RunResult["status"],
  isRight: (result: RunResult) => boolean = () => true,
): Job["findFault"] {
  return (result) => (result.status === status && isRight(result) ? null : describe(result));
}

function expectValue(status: RunResult["status"], value: unknown): Job["findFault"] {
  const wanted = JSON.stringify(value);
  return expectStatus(status, ({ values }) => JSON.stringify(values.result) === wanted);
}

function describe({ status, message, values, exception, evidence }: RunResult): string {
  return `${status}: ${message} ${JSON.stringify({ values, exception, evidence })}`.slice(0, 500);
}
