import * as assert from "uvu/assert";
import { onDiagnostic } from "../../lib/diagnostics/channels.ts";
import { createExecutor } from "../../lib/executor.ts";
import { hearRuns } from "../support/hear-runs.ts";
import { suite } from "../support/suite.ts";

const test = suite("diagnostics of runs on a real Engine");

const afterQueue = ["run", "collect", "end", "cleanup", "cleaned"];

/** The end may be told just before or after the phase that begins with it. */
function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort();
}

test("a run in a new container goes through every phase", async () => {
  await using executor = createExecutor();
  using heard = hearRuns(executor.id);
  const secret = "s3cret";
  const { status, runId } = await executor.run(`print("${secret}")\nresult = "${secret}"`);
  assert.is(status, "ok");
  const names = heard.names();
  assert.equal(names.slice(0, 7), ["start", "validate", "queue", "create", "start", "ready", "run"]);
  assert.equal(sorted(names.slice(6)), sorted(afterQueue));
  assert.ok(heard.messages.every(({ message }) => "runId" in message && message.runId === runId));
  const { usage, start } = heard.one("brigbox:run:end");
  assert.is(start, "cold");
  assert.is(usage.stdoutBytes, secret.length + 1);
  assert.ok(usage.resultBytes > secret.length);
  assert.ok(heard.one("brigbox:run:cleaned").report.isConfirmed);
  assert.not.match(JSON.stringify(heard.messages), secret);
});

test("a run in a container that waited goes from the queue to its job, and every container is told", async () => {
  const told = new Map<string, string[]>();
  const executor = createExecutor({ pool: { size: 1 } });
  const stops = (["brigbox:container:begin", "brigbox:container:cleaned"] as const).map((name) =>
    onDiagnostic(name, ({ executorId, containerName }) => {
      if (executorId === executor.id) told.set(containerName, [...(told.get(containerName) ?? []), name]);
    }),
  );
  try {
    await executor.warmUp();
    using heard = hearRuns(executor.id);
    await executor.run("result = 1");
    assert.equal(sorted(heard.names()), sorted(["start", "validate", "queue", ...afterQueue]));
    assert.is(heard.one("brigbox:run:end").start, "warm");
    await executor.close();
    assert.ok(told.size >= 1);
    for (const names of told.values())
      assert.equal(names, ["brigbox:container:begin", "brigbox:container:cleaned"]);
  } finally {
    for (const stop of stops) stop();
    await executor.close();
  }
});

test("a cell of a session says whose it is", async () => {
  await using executor = createExecutor();
  await using session = await executor.session();
  using heard = hearRuns(executor.id);
  await session.run("result = 1");
  assert.is(heard.one("brigbox:run:start").sessionId, session.id);
  assert.equal(sorted(heard.names()), sorted(["start", "validate", "queue", ...afterQueue]));
});

test.run();
