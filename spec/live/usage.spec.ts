import * as assert from "uvu/assert";
import { createClient, engineInfo } from "../../engine-api/mod.ts";
import { createExecutor, type Executor, type ExecutorOptions } from "../../lib/executor.ts";
import type { UsageSample } from "../../lib/monitor/usage-sample.ts";
import type { RunHandle } from "../../lib/run/run-handle.ts";
import { suite } from "../support/suite.ts";
import { assertPeak, readUser } from "../support/usage.ts";

const test = suite("what runs use, on a real Engine");
const MiB = 1024 ** 2;
const policy = { validator: "off", audit: "off", cpus: 1, memoryBytes: 1536 * MiB } as const;

async function withExecutor(
  options: ExecutorOptions,
  body: (executor: Executor) => Promise<void>,
): Promise<void> {
  const executor = createExecutor({ ...options, policy: { ...policy, ...options.policy } });
  try {
    await body(executor);
  } finally {
    await executor.close();
  }
}

/** Programs, MiB, and what else the program needs in that way, MiB. */
const cold = [
  ["touch", 64],
  ["touch", 256],
  ["touch", 1024],
  ["touch-again", 64],
  ["child", 64],
  ["children", 64],
  ["file", 64],
] as const;

test("the peak of a new container is what the code took, and its own start is not in it", () =>
  withExecutor({}, async (executor) => {
    for (const [name, mebibytes] of cold)
      assertPeak(await executor.run(readUser(name, mebibytes)), mebibytes);
    const { usage } = await executor.run("pass");
    assert.ok((usage.peakMemoryBytes ?? Infinity) < 2 * MiB, String(usage.peakMemoryBytes));
    assert.ok((usage.containerPeakBytes ?? Infinity) > 4 * MiB, String(usage.containerPeakBytes));
  }));

test("the peak of a container that waited is what the code took, without what was preloaded", () =>
  withExecutor({ pool: { size: 1, preload: ["numpy", "pandas"] } }, async (executor) => {
    for (const [name, mebibytes] of [
      ["array", 64],
      ["touch", 256],
      ["child", 64],
      ["file", 64],
    ] as const) {
      await executor.warmUp();
      const result = await executor.run(readUser(name, mebibytes));
      assert.is(result.evidence.start, "warm");
      assertPeak(result, mebibytes);
    }
  }));

test("the CPU time of a container that waited is the code's, without what its process did before", () =>
  withExecutor({ pool: { size: 1, preload: ["numpy", "pandas"] } }, async (executor) => {
    for (const code of [
      "result = 1",
      "import subprocess; subprocess.run(['true'])",
      "import time; time.sleep(0.1)",
    ]) {
      await executor.warmUp();
      const { usage, evidence } = await executor.run(code);
      assert.is(evidence.start, "warm");
      // One thread uses no more than the time that passes; the clock starts a moment after the process took its job.
      const cpuMs = Number(usage.userCpuMs) + Number(usage.systemCpuMs);
      assert.ok(cpuMs >= 0 && cpuMs <= Number(usage.wallMs) + 3, `${cpuMs} of ${usage.wallMs} ms: ${code}`);
    }
    await executor.warmUp();
    const { usage } = await executor.run(
      "import time\nuntil = time.process_time() + 0.2\nwhile time.process_time() < until: pass",
    );
    const cpuMs = Number(usage.userCpuMs) + Number(usage.systemCpuMs);
    assert.ok(cpuMs >= 200 && cpuMs < 260, String(cpuMs));
  }));

test("each cell of a session has a peak of its own, though the kernel tells only the highest", () =>
  withExecutor({}, async (executor) => {
    await using session = await executor.session({ preload: ["numpy"] });
    for (const [name, mebibytes] of [
      ["child", 64],
      ["array", 256],
      ["touch-again", 64],
      ["file", 64],
      ["array", 512],
    ] as const)
      assertPeak(await session.run(readUser(name, mebibytes)), mebibytes);
    const { usage } = await session.run("pass");
    assert.ok((usage.peakMemoryBytes ?? Infinity) < 4 * MiB, String(usage.peakMemoryBytes));
    assert.ok((usage.containerPeakBytes ?? 0) > 512 * MiB);
  }));

test("inputs are there before the code, however they come", () =>
  withExecutor({}, async (executor) => {
    const data = { inputs: { data: new Uint8Array(32 * MiB) }, files: { "a.bin": Buffer.alloc(16 * MiB) } };
    await using session = await executor.session();
    for (const run of [executor.run, session.run]) assertPeak(await run(readUser("touch", 128), data), 128);
  }));

test("code that the memory killer ended used what there was", () =>
  withExecutor({ policy: { memoryBytes: 128 * MiB } }, async (executor) => {
    const { status, usage } = await executor.run(readUser("touch", 256));
    assert.is(status, "oom");
    assert.ok((usage.peakMemoryBytes ?? 0) > 100 * MiB && (usage.containerPeakBytes ?? 0) > 126 * MiB);
  }));

test("processes are counted, where the kernel does that", () =>
  withExecutor({}, async (executor) => {
    await using client = createClient();
    const { KernelVersion } = await engineInfo(client);
    const code = "import os, time\nfor _ in range(20):\n    if os.fork() == 0: time.sleep(60)";
    const { pids } = (await executor.run(code)).usage;
    const [major = 0, minor = 0] = String(KernelVersion).split(".").map(Number);
    if (major > 6 || (major === 6 && minor >= 1))
      assert.ok(pids !== null && pids >= 22 && pids < 40, String(pids));
    else assert.is(pids, null);
  }));

test("the share of the processor that was missing is told of the code that missed it", () =>
  withExecutor({ policy: { cpus: 0.2 } }, async (executor) => {
    await using session = await executor.session();
    const busy = (
      await session.run("import time\nt = time.monotonic() + 0.6\nwhile time.monotonic() < t: pass")
    ).usage;
    assert.ok((busy.throttledMs ?? 0) > 100 && (busy.throttledPeriods ?? 0) >= 2, JSON.stringify(busy));
    const idle = (await session.run("time.sleep(0.3)")).usage;
    assert.ok((idle.throttledPeriods ?? 9) < (busy.throttledPeriods ?? 0), JSON.stringify([busy, idle]));
  }));

/** Samples until one shows the memory that the program holds; then the run is cancelled, and they must end. */
async function watchHolding(run: RunHandle): Promise<readonly UsageSample[]> {
  const samples: UsageSample[] = [];
  for await (const sample of run.stats()) {
    samples.push(sample);
    if (sample.memoryBytes > 64 * MiB) run.cancel();
  }
  assert.is((await run.result).status, "cancelled");
  await run.cleaned;
  return samples;
}

const hold = readUser("hold", 64);

test("a run can be watched from its start to its end, in a new container and in one that waited", () =>
  withExecutor({ pool: { size: 1 } }, async (executor) => {
    for (const [start, limits] of [
      ["cold", { memoryBytes: 512 * MiB }],
      ["warm", {}],
    ] as const) {
      await executor.warmUp();
      const run = executor.start(hold, limits);
      const [first] = await watchHolding(run);
      assert.is((await run.result).evidence.start, start);
      assert.is(first?.memoryLimitBytes, start === "cold" ? 512 * MiB : policy.memoryBytes);
      assert.is(first?.cpus, null);
      assert.ok(
        (first?.cpuMs ?? 0) > 0 && (first?.pids ?? 0) >= 1 && (first?.at ?? 0) > Date.now() - 3_600_000,
      );
    }
  }));

test("a cell can be watched, by one after another, and not beyond its end", () =>
  withExecutor({}, async (executor) => {
    await using session = await executor.session();
    const run = session.start(hold);
    for await (const { memoryBytes } of run.stats()) {
      assert.ok(memoryBytes > 0);
      break;
    }
    await watchHolding(run);
    for await (const _ of run.stats()) assert.unreachable();
  }));

test.run();
