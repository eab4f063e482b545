import * as api from "@opentelemetry/api";
import * as assert from "uvu/assert";
import type { RunEnded, RunPhase } from "../../../lib/diagnostics/messages.ts";
import { SandboxError } from "../../../lib/errors.ts";
import { noTime, nothingUsed } from "../../../lib/run/nothing.ts";
import { createRunSpans, type RunSpans } from "../../../lib/tracing/run-spans.ts";
import { endOf, type RecordedSpans, recordSpans, startOf } from "../../support/recorded-spans.ts";
import { suite } from "../../support/suite.ts";

/** Messages in orders and at times of our own; what executors really tell is in `trace-runs.spec.ts`. */
const test = suite("spans from messages of runs");

const gone = {
  strategy: "remove",
  isConfirmed: true,
  attempts: [],
  containerExitCode: 0,
  cleanupMs: 1,
} as const;
const ended: Omit<RunEnded, "executorId" | "runId" | "at"> = {
  status: "ok",
  isolation: "container",
  start: "cold",
  limit: null,
  containerName: "brigbox-a",
  rules: [],
  timings: noTime,
  usage: { ...nothingUsed, wallMs: 12.5, maxRssBytes: 1024, peakMemoryBytes: 512, resultBytes: 3 },
  artifactBytes: 0,
};

/** Tells of one run, by milliseconds since its start. */
function toldBy(spans: RunSpans, startedAt: number, runId = "r1") {
  const head = (ms: number) => ({ executorId: "e1", runId, at: startedAt + ms });
  return {
    start: () => spans.start({ ...head(0), codeBytes: 10, inputBytes: 0, sessionId: null }),
    phase: (name: RunPhase, ms: number) => spans.phase({ ...head(ms), phase: name }),
    end: (ms: number, change: Partial<RunEnded> = {}) => spans.end({ ...ended, ...head(ms), ...change }),
    fail: (error: unknown, ms: number) => spans.fail({ ...head(ms), error }),
    clean: (ms: number, report: { isConfirmed: boolean } = gone) =>
      spans.clean({ ...head(ms), report: { ...gone, ...report } }),
  };
}

function withSpans(use: (recorded: RecordedSpans, spans: RunSpans) => void): void {
  using recorded = recordSpans();
  use(recorded, createRunSpans(api, recorded.tracer));
}

/** Start and length of a span, milliseconds, the start counted from the run's. */
function placeOf(recorded: RecordedSpans, name: string): readonly [number, number] {
  const span = recorded.one(name);
  const startedAt = startOf(recorded.one("brigbox.run"));
  return [Math.round(startOf(span) - startedAt), Math.round(endOf(span) - startOf(span))];
}

test("each phase is a child that ends where the next begins, and the run ends with its cleanup", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, Date.now());
    told.start();
    told.phase("validate", 0);
    told.phase("queue", 5);
    told.phase("run", 7);
    told.phase("cleanup", 20);
    told.end(21);
    told.clean(30);
    const run = recorded.one("brigbox.run");
    assert.equal(recorded.childrenOf(run), [
      "brigbox.validate",
      "brigbox.queue",
      "brigbox.execute",
      "brigbox.cleanup",
    ]);
    assert.equal(placeOf(recorded, "brigbox.run"), [0, 30]);
    assert.equal(placeOf(recorded, "brigbox.queue"), [5, 2]);
    assert.equal(placeOf(recorded, "brigbox.execute"), [7, 13]);
    assert.equal(placeOf(recorded, "brigbox.cleanup"), [20, 10]);
  }));

test("a run without a cleanup ends its last phase with the verdict", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, Date.now());
    told.start();
    told.phase("validate", 0);
    told.end(4, { status: "rejected", start: null, containerName: null, rules: ["R1", "R2"] });
    told.clean(9);
    assert.equal(placeOf(recorded, "brigbox.validate"), [0, 4]);
    const { attributes } = recorded.one("brigbox.run");
    assert.equal(attributes["brigbox.run.rules"], ["R1", "R2"]);
    assert.not.ok("brigbox.container.name" in attributes, "what there was not is no attribute");
  }));

test("a verdict is an attribute and no error of the run", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, Date.now());
    told.start();
    told.end(1, { status: "timeout" });
    told.clean(2);
    const { attributes, status, events } = recorded.one("brigbox.run");
    assert.is(status.code, api.SpanStatusCode.UNSET);
    assert.equal(events, []);
    assert.is(attributes["brigbox.run.status"], "timeout");
    assert.is(attributes["brigbox.run.wall_ms"], 12.5);
    assert.is(attributes["brigbox.run.max_rss_bytes"], 1024);
    assert.not.ok("brigbox.run.user_cpu_ms" in attributes, "what is not known is no attribute");
  }));

test("a failed sandbox is an error with its exception", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, Date.now());
    told.start();
    told.phase("queue", 0);
    told.fail(new SandboxError("no Engine"), 3);
    told.clean(4);
    const { status, events, attributes } = recorded.one("brigbox.run");
    assert.equal(status, { code: api.SpanStatusCode.ERROR, message: "no Engine" });
    assert.is(attributes["error.type"], "SandboxError");
    assert.is(events[0]?.name, "exception");
    assert.is(events[0]?.attributes?.["exception.message"], "no Engine");
    assert.equal(placeOf(recorded, "brigbox.queue"), [0, 3]);
  }));

test("of what was thrown and is no error nothing is told", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, Date.now());
    told.start();
    told.fail({ password: "s3cret" }, 1);
    told.clean(2);
    const { status, events, attributes } = recorded.one("brigbox.run");
    assert.is(status.code, api.SpanStatusCode.ERROR);
    assert.not.match(JSON.stringify([status, events, attributes]), "s3cret");
  }));

test("a container that may still be there is an error of the cleanup alone", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, Date.now());
    told.start();
    told.phase("cleanup", 1);
    told.end(1);
    told.clean(9, { isConfirmed: false });
    assert.is(recorded.one("brigbox.cleanup").status.code, api.SpanStatusCode.ERROR);
    assert.is(recorded.one("brigbox.cleanup").attributes["brigbox.cleanup.confirmed"], false);
    assert.is(recorded.one("brigbox.run").status.code, api.SpanStatusCode.UNSET);
  }));

test("a run that lost its container goes through phases again", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, Date.now());
    told.start();
    const phases: RunPhase[] = ["run", "cleanup", "create", "run", "cleanup"];
    for (const [index, name] of phases.entries()) told.phase(name, index);
    told.end(8);
    told.clean(9);
    assert.equal(
      recorded.childrenOf(recorded.one("brigbox.run")),
      ["execute", "cleanup", "create", "execute", "cleanup"].map((name) => `brigbox.${name}`),
    );
  }));

test("times are those of the system's clock, however far the process's own is from it", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, Date.now() - 3_600_000);
    const before = Date.now();
    told.start();
    told.phase("run", 1);
    told.end(5);
    told.clean(6);
    const startedAt = startOf(recorded.one("brigbox.run"));
    assert.ok(startedAt >= before && startedAt <= Date.now());
    assert.equal(placeOf(recorded, "brigbox.execute"), [1, 4]);
  }));

test("what is not over when tracing ends is ended, and marked", () =>
  withSpans((recorded, spans) => {
    const told = toldBy(spans, performance.timeOrigin + performance.now());
    told.start();
    told.phase("run", 0);
    spans.close();
    assert.is(recorded.one("brigbox.run").attributes["brigbox.run.unfinished"], true);
    assert.equal(recorded.childrenOf(recorded.one("brigbox.run")), ["brigbox.execute"]);
    told.phase("cleanup", 5);
    told.end(5);
    told.clean(6);
    spans.close();
    assert.is(recorded.ended().length, 2, "what comes later is told of nobody");
  }));

test("runs side by side keep to their own", () =>
  withSpans((recorded, spans) => {
    const [first, second] = [toldBy(spans, Date.now(), "a"), toldBy(spans, Date.now(), "b")];
    for (const told of [first, second]) told.start();
    second.phase("validate", 1);
    first.phase("queue", 2);
    for (const told of [first, second]) {
      told.end(3);
      told.clean(4);
    }
    const byRun = recorded
      .ended()
      .filter(({ name }) => name === "brigbox.run")
      .map((span) => [span.attributes["brigbox.run.id"], recorded.childrenOf(span)]);
    assert.equal(byRun, [
      ["a", ["brigbox.queue"]],
      ["b", ["brigbox.validate"]],
    ]);
  }));

test.run();
