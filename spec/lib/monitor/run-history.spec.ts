import * as assert from "uvu/assert";
import { tell } from "../../../lib/diagnostics/channels.ts";
import { QueueFullError, SandboxError } from "../../../lib/errors.ts";
import { createExecutor } from "../../../lib/executor.ts";
import { createRunHistory, type RunHistory } from "../../../lib/monitor/run-history.ts";
import { nothingToClean } from "../../../lib/run/cleanup.ts";
import type { Timings, Usage } from "../../../lib/verdict.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the history of runs");
const executorId = "spec-run-history";

function withHistory(body: (history: RunHistory, told: readonly string[]) => void | Promise<void>) {
  const told: string[] = [];
  const history = createRunHistory({
    executorIds: new Set([executorId]),
    onChange: () => undefined,
    onQueueFull: (id) => told.push(`full ${id}`),
    onCleanupFailed: (name, { attempts }) => told.push(`left ${name} ${attempts.length}`),
  });
  return Promise.resolve(body(history, told)).finally(history.close);
}

const head = (runId: string, executor = executorId) => ({ executorId: executor, runId, at: 1000 });
const start = (runId: string, executor?: string): void =>
  tell("brigbox:run:start", { ...head(runId, executor), codeBytes: 1, inputBytes: 0, sessionId: null });

function end(runId: string, totalMs: number, change: object = {}): void {
  tell("brigbox:run:end", {
    ...head(runId),
    status: "ok",
    isolation: "container",
    start: "cold",
    limit: null,
    containerName: `brigbox-${runId}`,
    rules: [],
    timings: { totalMs } as Timings,
    usage: {} as Usage,
    artifactBytes: 0,
    ...change,
  });
}

test("a run is under way in its phases until it has its verdict", () =>
  withHistory((history) => {
    start("a");
    tell("brigbox:run:phase", { ...head("a"), phase: "ready" });
    assert.equal(history.summary().active, [
      { runId: "a", executorId, sessionId: null, since: 1000, phase: "ready" },
    ]);
    end("a", 12.345, { status: "oom" });
    tell("brigbox:run:phase", { ...head("a"), phase: "cleanup" });
    const { active, activeCount, recent, counts } = history.summary();
    assert.equal([active, activeCount, counts.oom, counts.ok], [[], 0, 1, 0]);
    assert.equal(recent, [
      {
        runId: "a",
        executorId,
        at: 1000,
        status: "oom",
        isolation: "container",
        start: "cold",
        containerName: "brigbox-a",
        totalMs: 12.3,
        message: null,
      },
    ]);
  }));

test("a run whose sandbox failed is told with the reason, and one without room as that", () =>
  withHistory((history, told) => {
    start("a");
    tell("brigbox:run:error", { ...head("a"), error: new SandboxError("x".repeat(1000)) });
    tell("brigbox:run:error", { ...head("b"), error: new QueueFullError(5) });
    const { recent, counts, active } = history.summary();
    assert.equal([counts.failed, active], [2, []]);
    assert.equal(
      recent.map(({ status, message }) => [status, message?.length ?? 0]),
      [
        ["failed", 300],
        ["failed", recent[1]?.message?.length],
      ],
    );
    assert.match(recent[1]?.message ?? "", /5 runs wait already/);
    assert.equal(told, [`full ${executorId}`]);
  }));

test("a container that may still be there is told", () =>
  withHistory((_, told) => {
    const attempts = [{ strategy: "remove", outcome: "failed", message: "busy" }] as const;
    const clean = (report: typeof nothingToClean): void =>
      tell("brigbox:container:cleaned", { executorId, containerName: "brigbox-a", at: 1, report });
    clean(nothingToClean);
    clean({ ...nothingToClean, isConfirmed: false, attempts });
    assert.equal(told, ["left brigbox-a 1"]);
  }));

test("runs of other executors do not count", () =>
  withHistory((history) => {
    start("a", "another");
    tell("brigbox:run:error", { ...head("a", "another"), error: new Error("no") });
    assert.equal([history.summary().recent, history.summary().activeCount], [[], 0]);
  }));

test("quantiles are times of runs that had a container", () =>
  withHistory((history) => {
    assert.is(history.summary().latency, null);
    for (let time = 100; time >= 1; time--) end(`run-${time}`, time);
    end("rejected", 9999, { status: "rejected", isolation: "none" });
    assert.equal(history.summary().latency, { count: 100, p50Ms: 50, p95Ms: 95, p99Ms: 99, maxMs: 100 });
  }));

test("the last 200 are kept, and all are counted", () =>
  withHistory((history) => {
    for (let run = 0; run < 250; run++) end(`run-${run}`, run);
    const { recent, counts } = history.summary();
    assert.equal([recent.length, recent[0]?.runId, counts.ok], [200, "run-50", 250]);
  }));

test("real runs are seen, and after its end nothing is", async () => {
  await using executor = createExecutor({ endpoint: "unix:///nowhere.sock" });
  const history = createRunHistory({
    executorIds: null,
    onChange: () => undefined,
    onQueueFull: () => undefined,
    onCleanupFailed: () => undefined,
  });
  const own = (): readonly string[] =>
    history
      .summary()
      .recent.filter((run) => run.executorId === executor.id)
      .map(({ status }) => status);
  await executor.run("import os");
  await rejectionOf(executor.run("result = 1"), SandboxError);
  assert.equal(own(), ["rejected", "failed"]);
  history.close();
  await executor.run("import os");
  assert.equal(own(), ["rejected", "failed"]);
});

test.run();
