import { spawn } from "node:child_process";
import { once } from "node:events";
import { createExecutor, defaultImage, type Executor, type RunResult } from "../../../lib/mod.ts";
import { createDockerPyRun } from "../cold/docker-py-run.ts";
import { lockDownFlags } from "../cold/docker-run.ts";
import { type Row, type Section, showProgress } from "../section.ts";
import { quantile } from "../statistics.ts";

/** What a strategy does at the least: two averages, and a signal from them. */
const strategy = `import numpy as np
import pandas as pd

close = pd.Series(np.cumsum(np.sin(np.arange(250.0))) + 100.0)
fast, slow = close.rolling(10).mean(), close.rolling(50).mean()
signal = (fast > slow).astype(float).shift(1).fillna(0.0)
result = {"last": float(signal.iloc[-1]), "turns": int(signal.diff().abs().sum())}
`;

const runsPerRound = 7;
const poolSize = 4;
const bursts = 20;

/** A small strategy of pandas: in containers that wait, in new ones, and by `docker run`. */
export const warm: Section = {
  name: "warm",
  async measure({ rounds }) {
    await using pooled = createExecutor({ pool: { size: poolSize, preload: ["numpy", "pandas"] } });
    await using plain = createExecutor();
    const [warmTimes, newTimes] = await measureWarm(pooled, rounds * runsPerRound);
    const burstTimes = await measureBursts(pooled);
    const slow = await measureInTurns(plain, Math.max(5, Math.round(rounds / 2)));
    const dockerMs = quantile(slow.docker, 0.5);
    const rows: readonly (readonly [string, readonly number[]])[] = [
      ["warm, to the typed result", warmTimes.result],
      ["warm, to the container gone", warmTimes.cleaned],
      ["warm, code that the executor never saw, to the typed result", newTimes.result],
      [`${poolSize} at once on a full pool, to the last result`, burstTimes],
      ["cold, to the typed result", slow.result],
      ["cold, to the container gone", slow.cleaned],
      ["docker run --rm, of the same code", slow.docker],
      ...(slow.dockerPy.length === 0 ? [] : [["docker-py, of the same code", slow.dockerPy] as const]),
    ];
    return {
      title: "A small pandas strategy",
      intro: `Default limits. Warm: ${warmTimes.result.length} runs of the strategy, whose validation is remembered after the first, in turns with as many of texts that differ in a comment, one after another, each as soon as a container waits in a pool of ${poolSize} which is being refilled between them. ${bursts} times as many runs at once as wait. The others: ${slow.docker.length} runs each, in turns.`,
      columns: ["p50, ms", "p95, ms", "p99, ms", "p50 of docker run"],
      rows: rows.map(([name, times]) => toRow(name, times, dockerMs)),
    };
  },
};

function toRow(name: string, times: readonly number[], dockerMs: number): Row {
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => quantile(times, share)) as [
    number,
    number,
    number,
  ];
  const ratio = p50Ms / dockerMs;
  return {
    name,
    cells: [p50Ms.toFixed(1), p95Ms.toFixed(1), p99Ms.toFixed(1), ratio.toFixed(3)],
    figures: { p50Ms, p95Ms, p99Ms, ratio },
  };
}

interface Times {
  readonly result: number[];
  readonly cleaned: number[];
}

/** Of the strategy, and of texts that each differ from it: in turns. */
async function measureWarm(executor: Executor, runs: number): Promise<readonly [same: Times, other: Times]> {
  const same: Times = { result: [], cleaned: [] };
  const other: Times = { result: [], cleaned: [] };
  await executor.warmUp();
  for (let run = 0; run < 2 * runs; run++) {
    // A benchmark of the wait for a container would be one of the refill.
    while ((executor.stats().pool?.idle ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const result =
      run % 2 === 0 ? await timeRun(executor, same) : await timeRun(executor, other, `${strategy}# ${run}\n`);
    if (result.evidence.start !== "warm") throw new Error("a warm run went the cold way");
    showProgress(`warm runs: ${run + 1} of ${2 * runs}`);
  }
  return [same, other];
}

/** As many runs at once as wait, from the first call to the last result. */
async function measureBursts(executor: Executor): Promise<number[]> {
  const times: number[] = [];
  for (let burst = 0; burst < bursts; burst++) {
    await executor.warmUp();
    const startedAt = performance.now();
    const handles = Array.from({ length: poolSize }, () => executor.start(strategy));
    const results = await Promise.all(handles.map((handle) => handle.result));
    times.push(performance.now() - startedAt);
    await Promise.all(handles.map((handle) => handle.cleaned));
    for (const { status, evidence } of results)
      if (status !== "ok" || evidence.start !== "warm") throw new Error("a run of a burst went wrong");
    showProgress(`bursts: ${burst + 1} of ${bursts}`);
  }
  return times;
}

async function measureInTurns(
  executor: Executor,
  rounds: number,
): Promise<Times & { readonly docker: number[]; readonly dockerPy: number[] }> {
  const times = { result: [], cleaned: [], docker: [] as number[], dockerPy: [] as number[] };
  const dockerPy = createDockerPyRun(strategy);
  await executor.run("pass");
  await dockerPy?.runOnce();
  for (let round = 0; round < rounds; round++) {
    await timeRun(executor, times);
    times.docker.push(await timeDocker());
    if (dockerPy !== null) times.dockerPy.push(await timeOf(dockerPy.runOnce));
    showProgress(`cold runs: round ${round + 1} of ${rounds}`);
  }
  await dockerPy?.close();
  return times;
}

async function timeRun(
  executor: Executor,
  { result, cleaned }: Times,
  code: string = strategy,
): Promise<RunResult> {
  const startedAt = performance.now();
  const handle = executor.start(code);
  const end = await handle.result;
  result.push(performance.now() - startedAt);
  if (end.status !== "ok") throw new Error(`the strategy ended with ${end.status}: ${end.message}`);
  await handle.cleaned;
  cleaned.push(performance.now() - startedAt);
  return end;
}

async function timeOf(action: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

async function timeDocker(): Promise<number> {
  const startedAt = performance.now();
  const args = ["run", "--rm", ...lockDownFlags(), defaultImage, "python3", "-I", "-c", strategy];
  const [code] = await once(spawn("docker", args, { stdio: ["ignore", "ignore", "inherit"] }), "close");
  if (code !== 0) throw new Error(`docker run ended with ${code}`);
  return performance.now() - startedAt;
}
