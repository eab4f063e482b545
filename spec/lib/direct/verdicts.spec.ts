import * as assert from "uvu/assert";
import type { RunHandle } from "../../../lib/run/run-handle.ts";
import { createFrame } from "../../../lib/values/frame.ts";
import type { RunResult } from "../../../lib/verdict.ts";
import { canRunDirectly, directSuite } from "../../support/direct.ts";
import { okResult } from "../../support/results.ts";
import { readProgram } from "../../support/supervisor.ts";

const { test, executor, folders, run, assertNothingLeft } = directSuite("each verdict without a container");
const MiB = 1024 ** 2;

if (await canRunDirectly()) {
  test("ok, with values, output, files both ways, and evidence that says how it ran", async () => {
    const code = `
import os, sys
print("out")
print("err", file=sys.stderr)
with open("in/a/b.txt") as file:
    text = file.read()
with open("out/c.txt", "w") as file:
    file.write(text * 2)
result = {"text": text, "number": x * 2}
`;
    const result = await run(code, { inputs: { x: 21 }, files: { "a/b.txt": "text" } });
    assert.is(result.status, "ok", result.message);
    assert.equal({ ...(result.values.result as object) }, { text: "text", number: 42 });
    assert.equal([result.stdout, result.stderr], ["out\n", "err\n"]);
    assert.equal(
      result.artifacts.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
      [["c.txt", "texttext"]],
    );
    const { start, exitCode, oomKills, containerExitCode, containerId, containerName, image, python } =
      result.evidence;
    assert.equal(
      { start, exitCode, oomKills, containerExitCode, containerId, containerName, image },
      {
        start: "direct",
        exitCode: 0,
        // The host's own counters are nobody's business here.
        oomKills: null,
        containerExitCode: 0,
        containerId: null,
        containerName: null,
        image: null,
      },
    );
    assert.match(python ?? "", /^3\.\d+\.\d+$/);
    assert.match(result.message, /^finished in .*; no container was around it$/);
    assert.equal([result.cleanup?.strategy, result.usage.stdoutBytes], ["remove", 4]);
  });

  test("what only a container's cgroup can tell is null, and never the machine's", async () => {
    const handle = executor().start("data = b'x' * 50_000_000");
    for await (const _ of handle.stats()) assert.unreachable("there is nobody to ask");
    const { usage } = await handle.result;
    await handle.cleaned;
    const { containerPeakBytes, pids, throttledMs, throttledPeriods, peakMemoryBytes, maxRssBytes } = usage;
    assert.equal([containerPeakBytes, pids, throttledMs, throttledPeriods], [null, null, null, null]);
    assert.ok(
      peakMemoryBytes !== null && peakMemoryBytes > 45_000_000 && peakMemoryBytes < (maxRssBytes ?? 0),
    );
  });

  test("every status has the keys that it has in a container", async () => {
    const keysOf = (result: RunResult) => ({
      all: Object.keys(result),
      evidence: Object.keys(result.evidence),
      usage: Object.keys(result.usage),
      timings: Object.keys(result.timings),
    });
    const results = [await run("pass"), await run("1/0"), await run("pass", { signal: AbortSignal.abort() })];
    for (const result of results) assert.equal(keysOf(result), keysOf(okResult()), result.status);
  });

  test("error, with the code's own lines; and for a process that ends itself", async () => {
    const raised = await run("def divide(x):\n    return 1 / x\n\ndivide(0)\n");
    assert.equal(
      [raised.status, raised.exception?.type, raised.exception?.line],
      ["error", "ZeroDivisionError", 2],
    );
    assert.not.match(raised.exception?.traceback ?? "", /brigbox/);
    const killed = await run("import os; os.kill(os.getpid(), 9)");
    assert.equal([killed.status, killed.evidence.signal], ["error", 9]);
    const left = await run("import os; os._exit(7)");
    assert.equal([left.status, left.evidence.exitCode], ["error", 7]);
  });

  test("rejected, and nothing is started", async () => {
    const result = await run("import os", { validator: "strict" });
    assert.equal([result.status, result.evidence.start], ["rejected", null]);
  });

  for (const name of ["busy.py", "stubborn.py", "stopped.py", "busy-forks.py"]) {
    test(`timeout for ${name}, with what was printed until then`, async () => {
      const code = `print("begun", flush=True)\n${readProgram(name)}`;
      const { status, stdout, usage } = await run(code, { timeoutMs: 500 });
      assert.equal([status, stdout], ["timeout", "begun\n"]);
      assert.ok((usage.wallMs ?? 0) >= 500);
    });
  }

  test("cpu-timeout counts the processes that the code starts", async () => {
    const alone = await run(readProgram("busy.py"), { cpuTimeMs: 300 });
    assert.is(alone.status, "cpu-timeout");
    const together = await run(readProgram("busy-forks.py"), { cpuTimeMs: 800 });
    assert.is(together.status, "cpu-timeout");
    const waited = "import os\nif os.fork() == 0:\n    while True: pass\nos.wait()";
    assert.is((await run(waited, { cpuTimeMs: 300 })).status, "cpu-timeout");
    assert.is((await run("import time; time.sleep(0.5)", { cpuTimeMs: 300 })).status, "ok");
  });

  for (const [how, code] of [
    ["in large pieces", "data = []\nwhile True: data.append(bytearray(8 * 1024**2))"],
    ["in small ones, until nothing is left", "data = []\nwhile True: data.append([0] * 8)"],
    ["at once", "data = bytearray(1024**3)"],
  ] as const) {
    test(`oom where the memory is used up ${how}`, async () => {
      const { status, message, exception } = await run(code, { memoryBytes: 96 * MiB });
      assert.equal([status, exception], ["oom", null], message);
      assert.match(message, /^ran out of its 96 MiB of memory/);
    });
  }

  test("a memory error that the code survives is its own business", async () => {
    const code = "try:\n    bytearray(1024**3)\nexcept MemoryError:\n    result = 'less, then'";
    assert.is((await run(code, { memoryBytes: 96 * MiB })).values.result, "less, then");
  });

  for (const [stream, number] of [
    ["stdout", 1],
    ["stderr", 2],
  ] as const) {
    test(`output-limit for ${stream}, of which the cap is kept`, async () => {
      const code = `import os\nwhile True: os.write(${number}, b"x" * 65536)`;
      const result = await run(code, { stdoutBytes: 100_000, stderrBytes: 100_000 });
      assert.equal([result.status, result.evidence.limit], ["output-limit", stream]);
      assert.is(result[stream].length, 100_000);
    });
  }

  test("output-limit for values, and for files larger than /tmp the code's own error", async () => {
    const values = await run("result = bytes(2000)", { resultBytes: 1024 });
    assert.equal([values.status, values.evidence.limit], ["output-limit", "result"]);
    const files = await run("open('a', 'wb').write(bytes(200_000))", { tmpBytes: 65_536 });
    assert.equal([files.status, files.exception?.type], ["error", "OSError"]);
  });

  async function untilItPrints({ output }: RunHandle): Promise<string> {
    for await (const { bytes } of output) return Buffer.from(bytes).toString();
    return "";
  }

  const endless = "import os, time\nprint(os.getppid(), flush=True)\ntime.sleep(600)";

  test("killed where its supervisor is, and the code goes with it", async () => {
    const handle = executor().start(endless);
    process.kill(Number(await untilItPrints(handle)), "SIGKILL");
    const result = await handle.result;
    assert.equal([result.status, result.evidence.containerExitCode], ["killed", 137]);
    assert.match(result.message, /^the supervisor was killed from outside/);
    assert.is((await handle.cleaned).isConfirmed, true);
    assertNothingLeft(handle.runId);
  });

  test("cancelled, in the middle of the code", async () => {
    const handle = executor().start(endless);
    await untilItPrints(handle);
    handle.cancel();
    assert.is((await handle.result).status, "cancelled");
    assert.is((await handle.cleaned).isConfirmed, true);
    assertNothingLeft(handle.runId);
  });

  test("cancelled, whenever it comes", async () => {
    for (const delayMs of [0, 1, 5, 10, 20, 30, 40, 60, 80]) {
      const result = await run(endless, { signal: AbortSignal.timeout(delayMs) });
      assert.is(result.status, "cancelled", `after ${delayMs} ms`);
    }
  });

  test("values of numpy's kind need numpy, frames there and back need pandas, and both may be missing", async () => {
    const frame = createFrame({ columns: { close: new Float64Array([1, 2, 3]) } });
    const { status, values, exception } = await run("result = prices.shift(1)", {
      inputs: { prices: frame },
    });
    if (status === "error") assert.match(exception?.type ?? "", /^(ModuleNotFoundError|ImportError)$/);
    else assert.equal([...(values.result as typeof frame).column("close").toArray()], [Number.NaN, 1, 2]);
  });

  test("runs side by side have folders of their own", async () => {
    const code = "import os\nopen('mine', 'x').close()\nresult = sorted(os.listdir('.'))";
    const results = await Promise.all(Array.from({ length: 5 }, () => executor().run(code)));
    for (const { status, values } of results)
      assert.equal([status, values.result], ["ok", ["in", "mine", "out"]]);
    assert.equal(folders().names(), []);
  });
}

test.run();
