import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/client.ts";
import { json } from "../../../engine-api/testing/mod.ts";
import { QueueFullError, SandboxError } from "../../../lib/errors.ts";
import { createExecutor } from "../../../lib/executor.ts";
import { traceRuns } from "../../../lib/tracing/trace-runs.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { idOfParent, recordSpans } from "../../support/recorded-spans.ts";
import { suite } from "../../support/suite.ts";
import { withClient } from "../../support/with-engine.ts";

/** What needs no Engine; the rest is in `spec/live/tracing.spec.ts`. */
const test = suite("tracing of runs");
const endpoint = "unix:///nowhere/docker.sock";
const secret = "s3cret";

test("a run's span is a child of what its caller is doing, whichever caller ends first", async () => {
  using recorded = recordSpans();
  using tracing = await traceRuns({ tracer: recorded.tracer });
  assert.ok(tracing.isActive);
  await using executor = createExecutor({ endpoint });
  const callers = await Promise.all(
    ["import os", "import sys"].map((code) =>
      recorded.within(async (span) => {
        const { runId } = await executor.run(code);
        return [runId, span.spanContext().spanId];
      }),
    ),
  );
  const runs = recorded.ended().filter(({ name }) => name === "brigbox.run");
  assert.equal(
    new Map(runs.map((span) => [span.attributes["brigbox.run.id"], idOfParent(span)])),
    new Map(callers as [string, string][]),
  );
});

test("a rejected run is a validation and its verdict, without the code", async () => {
  using recorded = recordSpans();
  await using executor = createExecutor({ endpoint });
  using _tracing = await traceRuns({ tracer: recorded.tracer });
  await executor.run(`import os\n"${secret}"`, { inputs: { [secret]: secret }, files: { a: secret } });
  const run = recorded.one("brigbox.run");
  assert.is(idOfParent(run), null);
  assert.equal(recorded.childrenOf(run), ["brigbox.validate"]);
  assert.is(run.status.code, SpanStatusCode.UNSET);
  assert.is(run.attributes["brigbox.run.status"], "rejected");
  assert.is(run.attributes["brigbox.executor.id"], executor.id);
  assert.not.match(told(recorded.ended()), secret);
});

test("a failed sandbox is an error of the run", async () => {
  using recorded = recordSpans();
  await using executor = createExecutor({ endpoint });
  using _tracing = await traceRuns({ tracer: recorded.tracer });
  const error = await rejectionOf(executor.run(`"${secret}"`), SandboxError);
  const { status, events, attributes } = recorded.one("brigbox.run");
  assert.equal(status, { code: SpanStatusCode.ERROR, message: error.message });
  assert.is(attributes["error.type"], "SandboxError");
  assert.equal(
    events.map(({ name }) => name),
    ["exception"],
  );
  assert.equal(recorded.childrenOf(recorded.one("brigbox.run")), ["brigbox.validate", "brigbox.queue"]);
  assert.not.match(told(recorded.ended()), secret);
});

test("a run that finds no room is over at once, before any that goes on", async () => {
  using recorded = recordSpans();
  await using executor = createExecutor({ endpoint, admission: { maxQueued: 0, maxConcurrent: 1 } });
  using _tracing = await traceRuns({ tracer: recorded.tracer });
  const first = executor.start("pass");
  assert.throws(
    () => executor.start("pass"),
    (error: unknown) => error instanceof QueueFullError,
  );
  assert.is(recorded.one("brigbox.run").attributes["error.type"], "QueueFullError");
  await rejection(first.result);
});

test("of several executors only those asked for are traced, and none once it is over", async () => {
  using recorded = recordSpans();
  await using executor = createExecutor({ endpoint });
  await using other = createExecutor({ endpoint });
  const tracing = await traceRuns({ tracer: recorded.tracer, executors: [executor] });
  const { runId } = await executor.run("import os");
  await other.run("import os");
  tracing.close();
  tracing.close();
  await executor.run("import os");
  assert.is(recorded.one("brigbox.run").attributes["brigbox.run.id"], runId);
});

test("calls to an Engine are client spans of what is active, if asked for, without what was filled in", () =>
  withClient(
    { "GET /containers/{id}/json": json(200, {}), "*": json(500, { message: secret }) },
    async (client) => {
      using recorded = recordSpans();
      using _tracing = await traceRuns({ tracer: recorded.tracer, engineCalls: true });
      await recorded.within(async () => {
        await client.request("GET /containers/{id}/json", { path: { id: secret } });
        await rejection(client.request("GET /images/{name}/json", { path: { name: secret } }));
      });
      const fine = recorded.one("GET /containers/{id}/json");
      assert.is(idOfParent(fine), recorded.one("caller").spanContext().spanId);
      assert.is(fine.kind, SpanKind.CLIENT);
      assert.is(fine.status.code, SpanStatusCode.UNSET);
      assert.is(fine.attributes["http.response.status_code"], 200);
      const refused = recorded.one("GET /images/{name}/json");
      assert.is(refused.status.code, SpanStatusCode.ERROR);
      assert.is(refused.attributes["error.type"], "500");
      assert.not.match(told(recorded.ended()), secret);
    },
  ));

test("a container that is not there is no error, and an Engine that is not there is", async () => {
  using recorded = recordSpans();
  using _tracing = await traceRuns({ tracer: recorded.tracer, engineCalls: true });
  await using nowhere = createClient({ endpoint });
  await rejection(nowhere.request("GET /info"));
  assert.is(recorded.one("GET /info").attributes["error.type"], "ConnectionError");
  await withClient({ "*": json(404, { message: "no such container" }) }, async (client) => {
    await rejection(client.request("GET /containers/{id}/json", { path: { id: "a" } }));
  });
  assert.is(recorded.one("GET /containers/{id}/json").status.code, SpanStatusCode.UNSET);
});

/** All that spans say, in one text. */
function told(spans: ReturnType<ReturnType<typeof recordSpans>["ended"]>): string {
  return JSON.stringify(
    spans.map(({ name, attributes, events, status, links }) => [name, attributes, events, status, links]),
  );
}

test.run();
