import * as assert from "uvu/assert";
import { SandboxError } from "../../lib/errors.ts";
import { createExecutor, type Executor } from "../../lib/executor.ts";
import type { RunHandle } from "../../lib/run/run-handle.ts";
import type { CleanupReport, RunResult } from "../../lib/verdict.ts";
import { awaitGone } from "../support/containers-of.ts";
import { type Fault, type FaultRule, startFaultProxy } from "../support/fault-proxy.ts";
import { suite } from "../support/suite.ts";

const test = suite("faults between us and the Engine");

/** How a run through a faulty connection ended. */
interface End {
  readonly result: RunResult | null;
  readonly error: unknown;
  readonly cleanup: CleanupReport;
  readonly hits: number;
}

/** Runs through a proxy that breaks calls, and sees on the real Engine that nothing is left. */
async function runThrough(rules: readonly FaultRule[], code: string): Promise<End> {
  const proxy = await startFaultProxy(rules);
  const executor: Executor = createExecutor({ endpoint: proxy.endpoint, policy: { timeoutMs: 20_000 } });
  try {
    const handle: RunHandle = executor.start(code);
    const [result, cleanup] = await Promise.allSettled([handle.result, handle.cleaned]);
    await awaitGone(handle.runId, 5000);
    assert.is(cleanup.status, "fulfilled");
    return {
      result: result.status === "fulfilled" ? result.value : null,
      error: result.status === "rejected" ? result.reason : null,
      cleanup: (cleanup as PromiseFulfilledResult<CleanupReport>).value,
      hits: proxy.hits(),
    };
  } finally {
    await executor.close();
    await proxy.close();
  }
}

const calls: readonly (readonly [name: string, method: string, path: RegExp])[] = [
  ["the create", "POST", /^\/containers\/create$/],
  ["the inspection", "GET", /^\/containers\/[^/]+\/json$/],
  ["the attach", "POST", /\/attach$/],
  ["the wait", "POST", /\/wait$/],
  ["the start", "POST", /\/start$/],
];

const faults: readonly (readonly [name: string, fault: Fault])[] = [
  ["is cut before the Engine sees it", { kind: "cut-before" }],
  ["is cut before anyone hears its answer", { kind: "cut-after" }],
  ["is answered with 500", { kind: "status", status: 500, message: "out of order" }],
  ["is answered with 404", { kind: "status", status: 404, message: "no such container" }],
  ["is answered with 409", { kind: "status", status: 409, message: "conflict" }],
];

for (const [call, method, path] of calls) {
  for (const [what, fault] of faults) {
    // The wait's answer is the exit itself, which comes when all is over.
    if (call === "the wait" && fault.kind === "cut-after") continue;
    test(`${call} ${what}: a SandboxError, and nothing is left`, async () => {
      const end = await runThrough([{ method, path, fault, times: 10 }], "result = 1");
      assert.ok(end.hits > 0, "the fault was met");
      assert.instance(end.error, SandboxError);
    });
  }
  if (call === "the attach") continue;
  test(`${call} is answered late: the run is ok all the same`, async () => {
    const { result, hits } = await runThrough(
      [{ method, path, fault: { kind: "delay", ms: 1200 } }],
      "result = 1",
    );
    assert.equal([result?.status, hits], ["ok", 1]);
  });
}

test("the attached stream is cut in the middle of the code: the outcome is unknown", async () => {
  const rule: FaultRule = { method: "POST", path: /\/attach$/, fault: { kind: "cut-stream", afterMs: 1500 } };
  const { error } = await runThrough([rule], "import time\ntime.sleep(60)");
  assert.instance(error, SandboxError);
  assert.is((error as SandboxError).outcomeUnknown, true);
});

test("the attached stream's output is closed in the middle of the code: nothing hangs, nothing is left", async () => {
  const rule: FaultRule = { method: "POST", path: /\/attach$/, fault: { kind: "half-close", afterMs: 1500 } };
  const { result, error } = await runThrough([rule], "import time\ntime.sleep(60)");
  assert.ok(error instanceof SandboxError || result?.status === "killed", String(error ?? result?.status));
});

const removals: readonly (readonly [
  name: string,
  times: number,
  fault: Fault,
  strategy: CleanupReport["strategy"],
])[] = [
  ["fails once", 1, { kind: "status", status: 500, message: "device busy" }, "force-remove"],
  ["fails twice", 2, { kind: "status", status: 500, message: "device busy" }, "kill-remove"],
  ["is cut once", 1, { kind: "cut-before" }, "force-remove"],
  [
    "is said to be going on",
    1,
    { kind: "status", status: 409, message: "removal of container x is already in progress" },
    "remove",
  ],
  ["finds nothing", 1, { kind: "status", status: 404, message: "no such container" }, "remove"],
];

for (const [what, times, fault, strategy] of removals) {
  test(`a removal that ${what} is done in the end`, async () => {
    const { result, cleanup } = await runThrough(
      [{ method: "DELETE", path: /^\/containers\//, fault, times }],
      "result = 1",
    );
    assert.is(result?.status, "ok");
    assert.is(cleanup.isConfirmed, true);
    // The Engine removes what has ended by itself, and may be faster than any strategy of ours.
    const order = ["remove", "force-remove", "kill-remove"];
    assert.ok(order.indexOf(cleanup.strategy) <= order.indexOf(strategy), cleanup.strategy);
  });
}

test.run();
