import * as assert from "uvu/assert";
import { isConnectionError } from "../../engine-api/mod.ts";
import { ConfigError, SandboxError } from "../../lib/errors.ts";
import { createExecutor, type ExecutorOptions } from "../../lib/executor.ts";
import type { RunOptions } from "../../lib/run/run-handle.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";

/** What needs no Engine; the rest is in `spec/live`. */
const test = suite("the executor without an Engine");
const endpoint = "unix:///nowhere/docker.sock";

const badOptions: readonly (readonly [string, object, RegExp])[] = [
  ["a misspelt option", { polcy: {} }, /unknown executor option "polcy"; did you mean "policy"\?/],
  ["a misspelt limit", { policy: { memoryByte: 1 } }, /did you mean "memoryBytes"\?/],
  ["an unknown verification", { verify: "atack" }, /verify must be one of "off", "inspect", "attack"/],
];

for (const [name, options, message] of badOptions) {
  test(`${name} is refused at once`, () => {
    assert.throws(
      () => createExecutor({ endpoint, ...options } as ExecutorOptions),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    );
  });
}

const badRuns: readonly (readonly [string, RunOptions, RegExp])[] = [
  ["a looser limit", { timeoutMs: 900_000 }, /a run may only lower/],
  ["a looser mode", { validator: "off" }, /a run may only be stricter/],
  ["a path upwards", { files: { "../x": "" } }, /must be a relative path/],
  ["a name that is none", { returns: ["a b"] }, /"a b" is not a Python name/],
  ["a file name with a path", { fileName: "../x.py" }, /must be a plain file name/],
];

for (const [name, options, message] of badRuns) {
  test(`${name} is refused before anything is started`, async () => {
    await using executor = createExecutor({ endpoint });
    assert.throws(
      () => executor.start("pass", options),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    );
  });
}

test("code that the validator refuses is rejected, with reasons, and no Engine is asked", async () => {
  await using executor = createExecutor({ endpoint });
  const handle = executor.start("import math\nimport os\n");
  const result = await handle.result;
  assert.equal([result.status, result.isolation, result.evidence.cause], ["rejected", "none", "violation"]);
  assert.equal(
    result.violations.map(({ rule, line }) => [rule, line]),
    [["R1", 2]],
  );
  assert.match(result.message, /^line 2: the import of "os" is refused.* \(R1\)$/);
  assert.is((await handle.cleaned).isConfirmed, true);
  for await (const _ of handle.output) assert.unreachable();
  for await (const _ of handle.stats()) assert.unreachable();
  handle.cancel();
});

test("a rejected run has the same keys as any other", async () => {
  await using executor = createExecutor({ endpoint });
  const { cleanup, values, timings } = await executor.run("import os");
  assert.equal([cleanup?.isConfirmed, values], [true, {}]);
  assert.ok(timings.validateMs > 0 && timings.totalMs >= timings.validateMs);
});

test("imports that the policy allows are not refused", async () => {
  await using executor = createExecutor({ endpoint, policy: { imports: ["scipy"] } });
  await rejectionOf(executor.run("import scipy"), SandboxError, /nowhere/);
  assert.is((await executor.run("import scipy", { imports: [] })).status, "rejected");
});

test("no Engine is a SandboxError with the connection's error as its cause", async () => {
  await using executor = createExecutor({ endpoint });
  const error = await rejectionOf(executor.run("pass"), SandboxError, /unix:\/\/\/nowhere\/docker\.sock/);
  assert.ok(isConnectionError(error.cause));
  assert.is(error.outcomeUnknown, false);
});

test("an executor that is closed takes no more, and may be closed again", async () => {
  const executor = createExecutor({ endpoint });
  await executor.close();
  await executor.close();
  assert.throws(() => executor.start("pass"), /this executor is closed/);
});

test.run();
