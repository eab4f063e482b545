import { randomBytes } from "node:crypto";
import {
  attachContainer,
  createClient,
  createContainer,
  type EngineClient,
  removeContainer,
  startContainer,
} from "../../../engine-api/mod.ts";
import {
  createExecutor,
  createFrame,
  type DataFrame,
  defaultImage,
  type Executor,
} from "../../../lib/mod.ts";
import { type Row, type Section, showProgress } from "../section.ts";
import { quantile } from "../statistics.ts";

const rowCount = 1_000_000;
const columnCount = 10;
const MiB = 1024 ** 2;
const frameBytes = rowCount * columnCount * 8;

/** A large frame into a container and out of one, against the same bytes through a bare attach. */
export const values: Section = {
  name: "values",
  async measure({ rounds }) {
    const times = Math.max(3, Math.round(rounds / 6));
    await using client = createClient();
    await using executor = createExecutor({
      client,
      policy: { cpus: 1, memoryBytes: 2048 * MiB, resultBytes: 256 * MiB },
    });
    await executor.run("pass");
    const sides: readonly (readonly [string, () => Promise<Measurement>])[] = [
      ["bare attach, out", () => measureBare(client, sender)],
      ["brigbox, result", () => measureResult(executor)],
      ["bare attach, in", () => measureBare(client, receiver)],
      ["brigbox, input", () => measureInput(executor)],
    ];
    const found = new Map<string, Measurement[]>(sides.map(([name]) => [name, []]));
    for (let round = 0; round < times; round++) {
      for (const [name, measure] of sides) found.get(name)?.push(await measure());
      showProgress(`values: round ${round + 1} of ${times}`);
    }
    return {
      title: "Values",
      intro: `A DataFrame of ${rowCount.toLocaleString("en")} × ${columnCount} float64 (${(frameBytes / 1e6).toFixed(0)} MB), ${times} times each, in turns, in a container with one processor. Of Brigbox the code's own time is left out. Memory: how much larger than the frame this process grew meanwhile, at most.`,
      columns: ["MB/s", "of bare", "memory, of the frame"],
      rows: [...found].map(([name, list]) => toRow(name, list, bareOf(name, found))),
    };
  },
};

interface Measurement {
  readonly ms: number;
  /** By how much the process's memory grew at most, bytes. */
  readonly grownBytes: number;
}

function bareOf(name: string, found: ReadonlyMap<string, readonly Measurement[]>): number {
  const direction = name.endsWith("out") || name.endsWith("result") ? "out" : "in";
  return medianMs(found.get(`bare attach, ${direction}`) ?? []);
}

function medianMs(list: readonly Measurement[]): number {
  return quantile(
    list.map(({ ms }) => ms),
    0.5,
  );
}

function toRow(name: string, list: readonly Measurement[], bareMs: number): Row {
  const ms = medianMs(list);
  const mbPerSecond = frameBytes / 1000 / ms;
  const ratio = bareMs / ms;
  const memory = Math.max(...list.map(({ grownBytes }) => grownBytes)) / frameBytes;
  return {
    name,
    cells: [mbPerSecond.toFixed(0), ratio.toFixed(2), memory.toFixed(2)],
    figures: { mbPerSecond, ratio, memory },
  };
}

/** Watches this process's memory while something is done. */
async function watchMemory<T>(
  action: () => Promise<T>,
): Promise<{ readonly value: T; readonly grownBytes: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  try {
    const value = await action();
    return { value, grownBytes: Math.max(most, process.memoryUsage.rss()) - before };
  } finally {
    clearInterval(timer);
  }
}

async function measureResult(executor: Executor): Promise<Measurement> {
  const code = `import numpy as np\nimport pandas as pd\nresult = pd.DataFrame({f"c{k}": np.arange(${rowCount}, dtype="float64") + k for k in range(${columnCount})})\nprint("made", flush=True)`;
  const { value: ms, grownBytes } = await watchMemory(async () => {
    const handle = executor.start(code);
    // From the moment at which the code is done.
    for await (const _ of handle.output) break;
    const startedAt = performance.now();
    const { status, message, values: found } = await handle.result;
    const elapsed = performance.now() - startedAt;
    const frame = found.result as DataFrame;
    if (status !== "ok" || frame.shape[0] !== rowCount) throw new Error(`the frame did not come: ${message}`);
    await handle.cleaned;
    return elapsed;
  });
  return { ms, grownBytes };
}

async function measureInput(executor: Executor): Promise<Measurement> {
  const columns = Object.fromEntries(
    Array.from({ length: columnCount }, (_, k) => [`c${k}`, new Float64Array(rowCount).fill(k)]),
  );
  const frame = createFrame({ columns });
  const { value: ms, grownBytes } = await watchMemory(async () => {
    // What the same run takes with a small frame is not the frame's.
    const floorMs = await timeOf(executor, createFrame({ columns: { c0: new Float64Array(1) } }));
    return (await timeOf(executor, frame)) - floorMs;
  });
  return { ms, grownBytes };
}

/** From the job on its way to the supervisor's report, milliseconds; the code itself does nothing. */
async function timeOf(executor: Executor, frame: DataFrame): Promise<number> {
  const handle = executor.start("import pandas\nresult = len(frame)", { inputs: { frame } });
  const { status, message, timings } = await handle.result;
  if (status !== "ok") throw new Error(`the frame did not go: ${message}`);
  await handle.cleaned;
  return timings.runMs;
}

const sender = `import os
piece = b"x" * 65536
os.write(1, b"!")
for _ in range(${Math.ceil(frameBytes / 65536)}):
    view = memoryview(piece)
    while view:
        view = view[os.write(1, view):]`;

const receiver = `import os
os.write(1, b"!")
left = ${frameBytes}
while left:
    left -= len(os.read(0, min(left, 65536)))
os.write(1, b".")`;

/** From the first byte of the container, which says that it is ready, to the last. */
async function measureBare(client: EngineClient, program: string): Promise<Measurement> {
  const { id } = await createContainer(
    client,
    {
      Image: defaultImage,
      Cmd: ["python3", "-c", program],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      HostConfig: { NetworkMode: "none", NanoCpus: 1e9, LogConfig: { Type: "none" } },
    },
    { name: `bench-${randomBytes(6).toString("hex")}` },
  );
  const attachment = await attachContainer(client, id, { stdin: true });
  await startContainer(client, id);
  const { value: ms, grownBytes } = await watchMemory(async () => {
    let startedAt = 0;
    for await (const _ of attachment.output) {
      if (startedAt > 0) continue;
      startedAt = performance.now();
      if (program === receiver) await attachment.write(new Uint8Array(frameBytes));
    }
    return performance.now() - startedAt;
  });
  await removeContainer(client, id, { force: true });
  return { ms, grownBytes };
}
