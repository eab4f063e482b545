import * as assert from "uvu/assert";
import { createClient, killContainer } from "../../engine-api/mod.ts";
import { createExecutor, type Executor } from "../../lib/executor.ts";
import { containerName } from "../../lib/ownership.ts";
import type { RunHandle, RunOptions } from "../../lib/run/run-handle.ts";
import type { RunResult } from "../../lib/verdict.ts";
import { countContainers } from "../support/containers-of.ts";
import { suite } from "../support/suite.ts";

const test = suite("each verdict, reached for real");
const MiB = 1024 ** 2;
const executor: Executor = createExecutor({
  policy: { cpus: 1, memoryBytes: 256 * MiB, validator: "off", audit: "off" },
});

test.after(() => executor.close());

/** Runs, and sees for itself that the container is gone. */
async function run(code: string, options: RunOptions = {}): Promise<RunResult> {
  const result = await executor.run(code, options);
  assert.is(result.cleanup?.isConfirmed, true, "the cleanup is confirmed");
  assert.is(await countContainers(result.runId), 0, "the Engine has no container of this run");
  return result;
}

test("ok, with values, output and evidence", async () => {
  const result = await run("import sys\nprint('out')\nprint('err', file=sys.stderr)\nresult = 6 * 7");
  assert.is(result.status, "ok");
  assert.is(result.values.result, 42);
  assert.equal([result.stdout, result.stderr], ["out\n", "err\n"]);
  const { cause, exitCode, signal, oomKills, containerExitCode, image, python } = result.evidence;
  assert.equal(
    { cause, exitCode, signal, oomKills, containerExitCode },
    { cause: "report", exitCode: 0, signal: null, oomKills: 0, containerExitCode: 0 },
  );
  assert.match(image ?? "", /^sha256:[0-9a-f]{64}$/);
  assert.match(python ?? "", /^3\.\d+\.\d+$/);
  assert.is(result.isolation, "container");
});

test("error, with the traceback of the code's own lines", async () => {
  const result = await run("def divide(x):\n    return 1 / x\n\ndivide(0)\n", { fileName: "strategy.py" });
  assert.is(result.status, "error");
  assert.is(result.exception?.type, "ZeroDivisionError");
  assert.is(result.exception?.line, 2);
  assert.match(
    result.exception?.traceback ?? "",
    /^Traceback \(most recent call last\):\n {2}File "strategy\.py", line 4, in <module>\n {4}divide\(0\)\n/,
  );
  assert.match(result.exception?.traceback ?? "", / {4}return 1 \/ x\n/);
  assert.not.match(result.exception?.traceback ?? "", /brigbox/);
  assert.is(result.evidence.exitCode, 1);
});

test("error for a syntax error, with its line", async () => {
  const result = await run("x = 1\ny = = 2\n");
  assert.equal([result.status, result.exception?.type, result.exception?.line], ["error", "SyntaxError", 2]);
});

test("error for a process that ends itself by a signal", async () => {
  const result = await run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)");
  assert.equal([result.status, result.evidence.signal, result.evidence.oomKills], ["error", 9, 0]);
  assert.match(result.message, /SIGKILL/);
});

test("timeout after 2 seconds, with what was printed until then", async () => {
  const result = await run("import time\nprint('before', flush=True)\nwhile True: time.sleep(0.01)", {
    timeoutMs: 2000,
  });
  assert.is(result.status, "timeout");
  assert.is(result.stdout, "before\n");
  const wallMs = result.usage.wallMs ?? 0;
  assert.ok(wallMs >= 2000 && wallMs <= 2300, `it ended after ${wallMs} ms`);
});

test("timeout for code that ignores signals and has children", async () => {
  const code =
    "import os, signal, time\nfor n in range(1, 32):\n    if n not in (9, 19): signal.signal(n, signal.SIG_IGN)\nos.fork()\nos.fork()\nwhile True: time.sleep(1)";
  assert.is((await run(code, { timeoutMs: 1000 })).status, "timeout");
});

test("cpu-timeout for a busy loop, long before the wall time is over", async () => {
  const result = await run("while True: pass", { cpuTimeMs: 500, timeoutMs: 30_000 });
  assert.is(result.status, "cpu-timeout");
  const used = (result.usage.userCpuMs ?? 0) + (result.usage.systemCpuMs ?? 0);
  assert.ok(used >= 450 && used < 5000, `it used ${used} ms`);
});

test("oom, with the kernel's own count", async () => {
  const result = await run("data = []\nwhile True: data.append(bytearray(b'x') * (8 * 1024**2))", {
    memoryBytes: 64 * MiB,
  });
  assert.is(result.status, "oom");
  assert.match(result.message, /64 MiB/);
  assert.ok((result.evidence.oomKills ?? 0) > 0 || result.evidence.engineOom === true);
});

test("a child that the memory killer took is not the end of the code", async () => {
  const code = `
import os
pid = os.fork()
if pid == 0:
    data = []
    while True: data.append(bytearray(b'x') * (8 * 1024**2))
_, status = os.waitpid(pid, 0)
result = os.WTERMSIG(status)
`;
  const result = await run(code, { memoryBytes: 64 * MiB });
  assert.equal([result.status, result.values.result], ["ok", 9]);
  assert.ok((result.evidence.oomKills ?? 0) > 0);
});

for (const [stream, code] of [
  ["stdout", "import os\nblock = b'x' * 65536\nwhile True: os.write(1, block)"],
  ["stderr", "import os\nblock = b'x' * 65536\nwhile True: os.write(2, block)"],
] as const) {
  test(`output-limit for ${stream}, of which the cap is kept`, async () => {
    const result = await run(code, { stdoutBytes: 100_000, stderrBytes: 100_000 });
    assert.equal([result.status, result.evidence.limit], ["output-limit", stream]);
    assert.is(result[stream].length, 100_000);
  });
}

test("output of exactly the cap is fine, one byte more is not", async () => {
  const code = "import sys\nsys.stdout.write('x' * size)";
  assert.is((await run(code, { stdoutBytes: 1000, inputs: { size: 1000 } })).status, "ok");
  assert.is((await run(code, { stdoutBytes: 1000, inputs: { size: 1001 } })).status, "output-limit");
});

test(
  "a gigabyte of prints leaves this process as it was",
  async () => {
    await run("pass");
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    const code = "import os\nblock = b'x' * 65536\nfor _ in range(16384): os.write(1, block)";
    const result = await run(code, { timeoutMs: 60_000 });
    clearInterval(watch);
    assert.is(result.status, "output-limit");
    const grownMiB = (peak - before) / MiB;
    assert.ok(grownMiB < 64, `it grew by ${grownMiB.toFixed(0)} MiB`);
  },
  { timeoutMs: 90_000 },
);

async function untilItPrints(handle: RunHandle): Promise<void> {
  for await (const _ of handle.output) return;
}

const endless = "import time\nprint('started', flush=True)\ntime.sleep(600)";

test("killed, for a container that someone else killed", async () => {
  const handle = executor.start(endless);
  await untilItPrints(handle);
  await using client = createClient();
  await killContainer(client, containerName(handle.runId));
  const result = await handle.result;
  assert.is(result.status, "killed");
  assert.is(result.stdout, "started\n");
  assert.is(result.evidence.containerExitCode, 137);
  assert.is((await handle.cleaned).isConfirmed, true);
  assert.is(await countContainers(handle.runId), 0);
});

test("cancelled, in the middle of the code", async () => {
  const handle = executor.start(endless);
  await untilItPrints(handle);
  handle.cancel();
  const result = await handle.result;
  assert.equal([result.status, result.stdout], ["cancelled", "started\n"]);
  assert.is((await handle.cleaned).isConfirmed, true);
  assert.is(await countContainers(handle.runId), 0);
});

test(
  "cancelled, whenever it comes",
  async () => {
    for (const delayMs of [0, 1, 5, 10, 20, 40, 60, 80, 100, 150, 200]) {
      const signal = AbortSignal.timeout(delayMs);
      const handle = executor.start(endless, { signal });
      const result = await handle.result;
      assert.is(result.status, "cancelled", `after ${delayMs} ms`);
      assert.is((await handle.cleaned).isConfirmed, true);
      assert.is(await countContainers(handle.runId), 0, `after ${delayMs} ms`);
    }
  },
  { timeoutMs: 60_000 },
);

test("cancelled before it began, without a container", async () => {
  const result = await run("pass", { signal: AbortSignal.abort() });
  assert.equal([result.status, result.isolation], ["cancelled", "none"]);
});

test("output comes while the code runs", async () => {
  const handle = executor.start(
    "import time\nprint('one', flush=True)\ntime.sleep(1.5)\nprint('two', flush=True)",
  );
  const times: number[] = [];
  for await (const _ of handle.output) times.push(performance.now());
  assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) > 1000, "there is time between the pieces");
  assert.is((await handle.result).status, "ok");
  await handle.cleaned;
});

test(
  "twenty runs at a time do not disturb each other",
  async () => {
    const runs = Array.from({ length: 20 }, (_, n) => run(`print(${n})\nresult = ${n} ** 2`));
    const results = await Promise.all(runs);
    for (const [n, result] of results.entries())
      assert.equal([result.status, result.values.result, result.stdout], ["ok", n ** 2, `${n}\n`]);
  },
  { timeoutMs: 120_000 },
);

test("every status has the same keys", async () => {
  const [ok, error, cancelled] = await Promise.all([
    run("pass"),
    run("1/0"),
    run("pass", { signal: AbortSignal.abort() }),
  ]);
  for (const other of [error, cancelled]) {
    assert.equal(Object.keys(other), Object.keys(ok));
    for (const part of ["evidence", "usage", "timings"] as const)
      assert.equal(Object.keys(other[part]), Object.keys(ok[part]));
  }
});

test.run();
