import { release } from "node:os";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { createExecutor, type Executor } from "../../../lib/executor.ts";
import type { Policy } from "../../../lib/policy/policy.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { countContainers } from "../../support/containers-of.ts";
import { type OwnEngine, startOwnEngine } from "../../support/own-engine.ts";
import { suite } from "../../support/suite.ts";
import { assertPeak, readUser } from "../../support/usage.ts";

/** Without KVM, which the machines of CI may lack; the sandbox has no network anyway. */
const runsc = { path: "runsc", runtimeArgs: ["--platform=ptrace", "--network=none"] };
const test = suite("gVisor as the runtime");
const MiB = 1024 ** 2;
let engine: OwnEngine;

test.before(async () => {
  engine = await startOwnEngine({ runtimes: { runsc } });
});
test.after(() => engine.close());

function createHere(policy: Partial<Policy> = {}): Executor {
  return createExecutor({
    endpoint: engine.endpoint,
    policy: { runtime: "runsc", memoryBytes: 256 * MiB, timeoutMs: 60_000, ...policy },
  });
}

const kernel = "import os\nresult = os.uname().release";

test("the code meets another kernel than the host's, which it meets without gVisor", async () => {
  await using jail = createHere({ validator: "off" });
  await using ordinary = createHere({ validator: "off", runtime: null });
  const { values, cleanup, runId } = await jail.run(kernel);
  assert.is.not(values.result, release());
  assert.is((await ordinary.run(kernel)).values.result, release());
  assert.is(cleanup?.isConfirmed, true);
  assert.is(await countContainers(runId, engine.endpoint), 0);
});

test("values of pandas come back as they do without it", async () => {
  await using jail = createHere();
  await using ordinary = createHere({ runtime: null });
  const code =
    "import numpy as np, pandas as pd\nresult = pd.DataFrame({'a': np.arange(6.0), 'b': list('abcabc')}).groupby('b').mean()";
  const [one, other] = [await jail.run(code), await ordinary.run(code)];
  assert.is(one.status, "ok", one.message);
  assert.is(JSON.stringify(one.values.result), JSON.stringify(other.values.result));
});

test("memory is measured by the largest process, and nothing else is known of the container", async () => {
  await using jail = createHere({ validator: "off", audit: "off" });
  const result = await jail.run(readUser("touch-again", 64));
  assertPeak(result, 64);
  const { containerPeakBytes, pids, throttledMs, throttledPeriods } = result.usage;
  assert.equal([containerPeakBytes, pids, throttledMs, throttledPeriods], [null, null, null, null]);
});

const verdicts: readonly (readonly [status: string, code: string])[] = [
  ["error", "x = 1\n1 / 0"],
  ["timeout", "import time\ntime.sleep(60)"],
  ["oom", "x = []\nwhile True: x.append(bytearray(10 ** 7))"],
  ["output-limit", "while True: print('x' * 10_000)"],
];

for (const [status, code] of verdicts) {
  test(`${status} is reached, and nothing is left`, async () => {
    await using jail = createHere();
    const result = await jail.run(code, { timeoutMs: 4000 });
    assert.is(result.status, status, result.message);
    if (status === "error") assert.is(result.exception?.line, 2);
    assert.is(await countContainers(result.runId, engine.endpoint), 0);
  });
}

test("a runtime that the Engine does not have is told by name, with those that it has", async () => {
  await using jail = createHere({ runtime: "kata" });
  await rejectionOf(jail.run("pass"), ConfigError, /^runtime: the Engine has no "kata", only .*runc, runsc;/);
});

test.run();
