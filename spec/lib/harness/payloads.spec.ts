import * as assert from "uvu/assert";
import { HarnessProtocolError } from "../../../lib/harness/errors.ts";
import { parseArtifact, parseOutcome, parseReady, parseReport } from "../../../lib/harness/payloads.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what the supervisor says, as JSON");

const dropped = { path: "a\nb", reason: "too-many" };
const exception = { type: "E", message: "m", traceback: "t", line: 3 };
const auditEvent = { event: "open", detail: "x", denied: true, line: null, count: 1 };

/** For each kind of frame: how it is parsed, a good one, and by field what the field must not be. */
const kinds = [
  {
    name: "ready",
    parse: parseReady,
    good: {
      protocol: 2,
      python: "3.11.2",
      preloaded: { numpy: "1.24" },
      missing: ["pandas"],
      dumpable: false,
    },
    bad: {
      protocol: [null, "1", -1, 1.5, 2 ** 60],
      python: [null, 3, "x".repeat(1025)],
      preloaded: [null, "numpy", { numpy: 1 }],
      missing: [null, "x", [1], {}],
      dumpable: [null, 0, "false"],
    },
  },
  {
    name: "report",
    parse: parseReport,
    good: {
      isKept: false,
      cause: null,
      limit: null,
      exitCode: 0,
      signal: null,
      wallMs: 1.5,
      userCpuMs: 0,
      systemCpuMs: 0.5,
      maxRssBytes: 1,
      peakMemoryBytes: 1,
      containerPeakBytes: null,
      pids: 5,
      throttledMs: 0.5,
      throttledPeriods: 1,
      oomKills: null,
      stdoutBytes: 0,
      stderrBytes: 0,
      droppedArtifacts: [dropped],
    },
    bad: {
      isKept: [null, "false", 0, true, undefined],
      cause: ["", "oom", 0, undefined],
      limit: ["", "artifacts", 1, undefined],
      exitCode: ["0", -1, 256, 0.5],
      signal: ["9", -9, 0, 65],
      wallMs: [null, -1, "1"],
      userCpuMs: [null, -1],
      systemCpuMs: [null, -1],
      maxRssBytes: [null, -1, 0.5],
      peakMemoryBytes: [-1, 0.5, "1", undefined],
      containerPeakBytes: [-1, 0.5, "1", undefined],
      pids: [-1, 0.5, "1", undefined],
      throttledMs: [-1, "1", undefined],
      throttledPeriods: [-1, 0.5, "1", undefined],
      oomKills: [-1, "0", 0.5, undefined],
      stdoutBytes: [null, -1, 0.5],
      stderrBytes: [null, -1, 0.5],
      droppedArtifacts: [
        null,
        {},
        [{}],
        [{ ...dropped, reason: "odd" }],
        [{ ...dropped, path: "x".repeat(4097) }],
        Array(1001).fill(dropped),
      ],
    },
  },
  {
    name: "artifact",
    parse: parseArtifact,
    good: { path: "a/.b c/ä.txt", bytes: 0 },
    bad: {
      path: [
        null,
        1,
        "",
        "/",
        "/etc/passwd",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/..",
        "a/../b",
        "a/./b",
        "a\0b",
        "a\nb",
        "a\u001b[2J",
        "a\u007f",
        "a\u0085b",
        "a\\b",
        "..\\a",
        "x".repeat(4097),
      ],
      bytes: [null, -1, 0.5, "1", 2 ** 60],
    },
  },
  {
    name: "outcome",
    parse: parseOutcome,
    good: { status: "ok", exception, valueBytes: 5, missing: ["a"], auditEvents: [auditEvent] },
    bad: {
      status: [null, "", "timeout", 1],
      exception: [
        {},
        "x",
        { ...exception, type: "x".repeat(1025) },
        { ...exception, message: null },
        { ...exception, line: "1" },
        { ...exception, line: 1e30 },
        { ...exception, line: 0.5 },
        { ...exception, message: "x".repeat(16_385) },
        { ...exception, traceback: "x".repeat(65_537) },
        undefined,
      ],
      valueBytes: [null, -1, "5", 0.5, 1e30],
      missing: [null, [1], "a"],
      auditEvents: [null, [{}], [{ ...auditEvent, denied: 1 }], Array(1001).fill(auditEvent)],
    },
  },
] as const;

const toBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const isProtocolError = (error: unknown): boolean => error instanceof HarnessProtocolError;

for (const { name, parse, good, bad } of kinds) {
  test(`a good ${name} is taken, and what else it says is left out`, () => {
    assert.equal(parse(toBytes({ ...good, more: 1 })), good);
  });

  for (const [field, values] of Object.entries(bad)) {
    test(`a ${name} with a bad "${field}" is refused`, () => {
      for (const value of values as readonly unknown[])
        assert.throws(
          () => parse(toBytes({ ...good, [field]: value })),
          isProtocolError,
          JSON.stringify(value),
        );
    });
  }

  test(`a ${name} that is no JSON object is refused`, () => {
    for (const text of ["", "{", "null", "[]", "1", '"x"'])
      assert.throws(() => parse(Buffer.from(text)), isProtocolError, text);
  });
}

test("a report must say either an exit code or a signal, and a limit where one was reached", () => {
  const { good } = kinds[1];
  const contradictions = [
    { exitCode: null, signal: null },
    { exitCode: 0, signal: 9 },
    { isKept: true, exitCode: 0 },
    { isKept: true, exitCode: null, cause: "timeout" },
    { cause: "output-limit", limit: null },
    { cause: "timeout", limit: "stdout" },
  ];
  for (const change of contradictions)
    assert.throws(
      () => parseReport(toBytes({ ...good, ...change })),
      isProtocolError,
      JSON.stringify(change),
    );
});

test("no error repeats what was said", () => {
  assert.throws(
    () => parseOutcome(toBytes({ status: "secret" })),
    (error: unknown) =>
      error instanceof Error && !error.message.includes("secret") && error.message.includes("status"),
  );
});

test.run();
