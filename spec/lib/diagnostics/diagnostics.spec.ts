import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/client.ts";
import type { EngineCall } from "../../../engine-api/diagnostics.ts";
import { json } from "../../../engine-api/testing/mod.ts";
import { onDiagnostic } from "../../../lib/diagnostics/channels.ts";
import { QueueFullError, SandboxError } from "../../../lib/errors.ts";
import { createExecutor } from "../../../lib/executor.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { hearRuns } from "../../support/hear-runs.ts";
import { suite } from "../../support/suite.ts";
import { withClient } from "../../support/with-engine.ts";

/** What needs no Engine; the rest is in `spec/live/diagnostics.spec.ts`. */
const test = suite("diagnostics without an Engine");
const endpoint = "unix:///nowhere/docker.sock";
const secret = "s3cret";

test("a rejected run is told from its start to its cleanup, by its rules and without its code", async () => {
  await using executor = createExecutor({ endpoint });
  using heard = hearRuns(executor.id);
  await executor.run(`import os, sys, os\n"${secret}"`);
  assert.equal(heard.names(), ["start", "validate", "end", "cleaned"]);
  const { status, rules, isolation, containerName } = heard.one("brigbox:run:end");
  assert.equal([status, rules, isolation, containerName], ["rejected", ["R1"], "none", null]);
  assert.not.match(JSON.stringify(heard.messages), secret);
});

test("a run whose sandbox fails is told with the error that its caller gets", async () => {
  await using executor = createExecutor({ endpoint });
  using heard = hearRuns(executor.id);
  const error = await rejectionOf(executor.run("pass", { inputs: { a: 1 } }), SandboxError);
  assert.equal(heard.names(), ["start", "validate", "queue", "error", "cleaned"]);
  assert.is(heard.one("brigbox:run:error").error, error);
  assert.ok(heard.one("brigbox:run:start").inputBytes > 0);
});

test("a run that finds no room is told as failed, and as cleaned", async () => {
  await using executor = createExecutor({ endpoint, admission: { maxQueued: 0, maxConcurrent: 1 } });
  const first = executor.start("pass");
  using heard = hearRuns(executor.id);
  assert.throws(
    () => executor.start("pass"),
    (error: unknown) => error instanceof QueueFullError,
  );
  assert.equal(heard.names(), ["start", "validate", "queue", "error", "cleaned"]);
  await rejection(first.result);
});

test("after the end of its subscription a listener hears nothing more", async () => {
  await using executor = createExecutor({ endpoint });
  const heard = hearRuns(executor.id);
  heard[Symbol.dispose]();
  await executor.run("import os");
  assert.equal(heard.names(), []);
});

async function callsDuring(act: () => Promise<unknown>): Promise<EngineCall[]> {
  const calls: EngineCall[] = [];
  const stop = onDiagnostic("brigbox:engine:call", (call) => void calls.push(call));
  try {
    await act();
  } finally {
    stop();
  }
  return calls;
}

test("each call to an Engine is told by its operation, without what was filled in", () =>
  withClient(
    { "GET /containers/{id}/json": json(200, {}), "*": json(404, { message: secret }) },
    async (client, engine) => {
      const calls = await callsDuring(async () => {
        await client.request("GET /containers/{id}/json", { path: { id: secret }, query: { size: true } });
        await rejection(client.request("GET /images/{name}/json", { path: { name: secret } }));
      });
      const told = calls.filter(({ endpoint }) => endpoint.includes(engine.socketPath));
      assert.equal(
        told.map(({ operation, status, error }) => [operation, status, error]),
        [
          ["GET /containers/{id}/json", 200, null],
          ["GET /images/{name}/json", 404, "ResponseError"],
        ],
      );
      assert.ok(told.every(({ durationMs, at }) => durationMs > 0 && Math.abs(at - Date.now()) < 60_000));
      assert.not.match(JSON.stringify(calls), secret);
    },
  ));

test("a call that reaches no Engine is told without a status", async () => {
  await using client = createClient({ endpoint });
  const [call, ...others] = await callsDuring(() => rejection(client.request("GET /info")));
  assert.equal([call?.operation, call?.status, call?.error], ["GET /info", null, "ConnectionError"]);
  assert.equal(others, []);
});

test.run();
