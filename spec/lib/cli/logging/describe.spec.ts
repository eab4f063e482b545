import * as assert from "uvu/assert";
import { descriptions } from "../../../../lib/cli/logging/describe.ts";
import type { DiagnosticChannels } from "../../../../lib/diagnostics/channels.ts";
import { SandboxError } from "../../../../lib/errors.ts";
import { nothingToClean } from "../../../../lib/run/cleanup.ts";
import { noTime } from "../../../../lib/run/nothing.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("diagnostics in words");

/** What matters of each; whatever else a message holds is not looked at. */
type Case = {
  readonly [N in keyof DiagnosticChannels]: readonly [
    channel: N,
    message: Partial<DiagnosticChannels[N]>,
    told: string,
  ];
}[keyof DiagnosticChannels];

const gone = { ...nothingToClean, strategy: "remove", cleanupMs: 34.4 } as const;
const left = { ...gone, isConfirmed: false } as const;
const timings = { ...noTime, totalMs: 807.2 };
const endpoint = "unix:///a.sock";

const cases: readonly Case[] = [
  [
    "brigbox:run:start",
    { runId: "r1", codeBytes: 24, inputBytes: 2048, sessionId: null },
    "info run r1: asked for, 24 B of code, 2 KiB of inputs",
  ],
  [
    "brigbox:run:start",
    { runId: "r1", codeBytes: 24, inputBytes: 0, sessionId: "s1" },
    "info run r1: asked for in session s1, 24 B of code, 0 B of inputs",
  ],
  ["brigbox:run:phase", { runId: "r1", phase: "create" }, "debug run r1: create"],
  [
    "brigbox:run:end",
    { runId: "r1", status: "timeout", rules: [], start: "warm", timings },
    "info run r1: timeout, warm, in 807 ms",
  ],
  [
    "brigbox:run:end",
    { runId: "r1", status: "rejected", rules: ["R1", "R4"], start: null, timings },
    "info run r1: rejected by R1, R4, in 807 ms",
  ],
  ["brigbox:run:error", { runId: "r1", error: new SandboxError("no") }, "error run r1: no result: no"],
  ["brigbox:run:error", { runId: "r1", error: "s3cret" }, "error run r1: no result: for no known reason"],
  ["brigbox:run:cleaned", { runId: "r1", report: gone }, "debug run r1: cleanup over"],
  ["brigbox:run:cleaned", { runId: "r1", report: nothingToClean }, "debug run r1: nothing to clean up"],
  ["brigbox:container:begin", { containerName: "c" }, "debug container c: begun"],
  ["brigbox:container:cleaned", { containerName: "c", report: gone }, "debug container c: gone in 34 ms"],
  [
    "brigbox:container:cleaned",
    { containerName: "c", report: left },
    "warn container c: the Engine did not confirm that it is gone; `brigbox reap` removes what is left",
  ],
  [
    "brigbox:monitor:sweep",
    { endpoint, containers: 3, orphans: 0, removed: 0, failed: 0 },
    "debug sweep of unix:///a.sock: 3 containers, 0 orphans, 0 removed, 0 not removed",
  ],
  [
    "brigbox:monitor:sweep",
    { endpoint, containers: 3, orphans: 2, removed: 1, failed: 1 },
    "info sweep of unix:///a.sock: 3 containers, 2 orphans, 1 removed, 1 not removed",
  ],
  [
    "brigbox:monitor:alert",
    { type: "orphans", endpoint, names: ["a", "b"], removed: 2 },
    "warn alert: 2 orphans on unix:///a.sock, 2 removed",
  ],
  [
    "brigbox:monitor:alert",
    { type: "cleanup-failed", containerName: "c", message: "busy" },
    "warn alert: container c could not be removed: busy",
  ],
  [
    "brigbox:monitor:alert",
    { type: "queue-full", executorId: "e" },
    "warn alert: the queue of executor e is full",
  ],
  [
    "brigbox:monitor:alert",
    { type: "engine-gone", endpoint, message: "nobody listens there" },
    "warn alert: no Engine at unix:///a.sock: nobody listens there",
  ],
  [
    "brigbox:monitor:alert",
    { type: "engine-back", endpoint, goneMs: 2000 },
    "warn alert: the Engine at unix:///a.sock is back after 2 s",
  ],
  [
    "brigbox:engine:call",
    { operation: "GET /info", status: 200, error: null, durationMs: 3.2 },
    "trace engine: GET /info: 200 in 3 ms",
  ],
  [
    "brigbox:engine:call",
    { operation: "GET /info", status: 404, error: "ResponseError", durationMs: 3 },
    "trace engine: GET /info: 404 in 3 ms",
  ],
  [
    "brigbox:engine:call",
    { operation: "GET /info", status: 500, error: "ResponseError", durationMs: 3 },
    "warn engine: GET /info: 500 in 3 ms",
  ],
  [
    "brigbox:engine:call",
    { operation: "GET /info", status: null, error: "ConnectionError", durationMs: 3 },
    "warn engine: GET /info: ConnectionError in 3 ms",
  ],
  [
    "brigbox:engine:call",
    { operation: "GET /info", status: null, error: "AbortError", durationMs: 3 },
    "trace engine: GET /info: AbortError in 3 ms",
  ],
];

for (const [channel, message, told] of cases) {
  test(`${channel}: ${told}`, () => {
    const describe = descriptions[channel] as (message: object) => { level: string; text: string };
    const { level, text } = describe(message);
    assert.is(`${level} ${text}`, told);
  });
}

test("every channel has its case", () => {
  assert.equal([...new Set(cases.map(([channel]) => channel))].sort(), Object.keys(descriptions).sort());
});

test.run();
