import { SpanStatusCode } from "@opentelemetry/api";
import * as assert from "uvu/assert";
import { createExecutor } from "../../lib/executor.ts";
import { traceRuns } from "../../lib/tracing/trace-runs.ts";
import { endOf, idOfParent, type RecordedSpans, recordSpans, startOf } from "../support/recorded-spans.ts";
import { suite } from "../support/suite.ts";

const test = suite("tracing of runs on a real Engine");

const secret = "s3cret";
const code = `print("${secret}")\nresult = given`;
const options = { inputs: { given: secret }, files: { a: secret } };

/** Clocks of spans are read to the millisecond. */
const readingMs = 1;

/** The children of the run, which lie in it and do not overlap. */
function phasesOf(recorded: RecordedSpans): readonly string[] {
  const run = recorded.one("brigbox.run");
  const children = recorded.ended().filter((span) => idOfParent(span) === run.spanContext().spanId);
  const ordered = children.sort((left, right) => startOf(left) - startOf(right));
  assert.ok(ordered.every((span) => span.spanContext().traceId === run.spanContext().traceId));
  let previous = startOf(run);
  for (const span of ordered) {
    // A moment told in parts of milliseconds comes back with an error of some hundred nanoseconds.
    assert.ok(startOf(span) >= previous - 0.01, `${span.name} begins before what came before is over`);
    assert.ok(endOf(span) >= startOf(span));
    previous = endOf(span);
  }
  assert.ok(endOf(run) >= previous - 0.01, "the run ends last");
  return ordered.map(({ name }) => name.slice("brigbox.".length));
}

function assertInCaller(recorded: RecordedSpans): void {
  const [caller, run] = [recorded.one("caller"), recorded.one("brigbox.run")];
  assert.is(idOfParent(run), caller.spanContext().spanId);
  assert.ok(startOf(run) >= startOf(caller) - readingMs && endOf(run) <= endOf(caller) + readingMs);
}

test("a run in a new container is the tree of its phases, in what its caller does, and tells no secret", async () => {
  using recorded = recordSpans();
  await using executor = createExecutor();
  using _tracing = await traceRuns({ tracer: recorded.tracer, executors: [executor], engineCalls: true });
  const result = await recorded.within(() => executor.run(code, options));
  assert.is(result.status, "ok", result.message);
  assert.equal(phasesOf(recorded), [
    ...["validate", "queue", "create", "start", "ready", "execute", "collect", "cleanup"],
  ]);
  assertInCaller(recorded);
  const { attributes, status } = recorded.one("brigbox.run");
  assert.is(status.code, SpanStatusCode.UNSET);
  assert.is(attributes["brigbox.run.start"], "cold");
  assert.is(attributes["brigbox.container.name"], result.evidence.containerName);
  assert.is(attributes["brigbox.run.stdout_bytes"], secret.length + 1);
  assert.is(recorded.one("brigbox.cleanup").attributes["brigbox.cleanup.confirmed"], true);
  assert.is(idOfParent(recorded.one("POST /containers/create")), recorded.one("caller").spanContext().spanId);
  const told = recorded
    .ended()
    .map(({ name, attributes, events, status: { message } }) => [name, attributes, events, message]);
  assert.not.match(JSON.stringify(told), secret);
});

test("a run in a container that waited goes from the queue to its execution", async () => {
  using recorded = recordSpans();
  await using executor = createExecutor({ pool: { size: 1 } });
  await executor.warmUp();
  using _tracing = await traceRuns({ tracer: recorded.tracer, executors: [executor] });
  await recorded.within(() => executor.run("result = 1 / 0"));
  assert.equal(phasesOf(recorded), ["validate", "queue", "execute", "collect", "cleanup"]);
  assertInCaller(recorded);
  const { attributes, status } = recorded.one("brigbox.run");
  assert.is(attributes["brigbox.run.start"], "warm");
  assert.is(attributes["brigbox.run.status"], "error");
  assert.is(status.code, SpanStatusCode.UNSET, "what the code did is no error of the run");
});

test("a sandbox that cannot be made is an error with its exception", async () => {
  using recorded = recordSpans();
  await using executor = createExecutor({ image: "brigbox/not-there:1" });
  using _tracing = await traceRuns({ tracer: recorded.tracer, executors: [executor] });
  await executor.run("pass").catch(() => undefined);
  const { status, events } = recorded.one("brigbox.run");
  assert.is(status.code, SpanStatusCode.ERROR);
  assert.match(status.message ?? "", "brigbox/not-there:1");
  assert.is(events[0]?.name, "exception");
  assert.equal(phasesOf(recorded), ["validate", "queue"]);
});

test.run();
