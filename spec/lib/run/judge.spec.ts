import * as assert from "uvu/assert";
import type { ReportFrame } from "../../../lib/harness/protocol.ts";
import { defaultPolicy } from "../../../lib/policy/policy.ts";
import { type Findings, judge } from "../../../lib/run/judge.ts";
import type { CollectedOutcome } from "../../../lib/run/outcome-collector.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the verdict");

const report: ReportFrame = {
  isKept: false,
  cause: null,
  limit: null,
  exitCode: 0,
  signal: null,
  wallMs: 12,
  userCpuMs: 10,
  systemCpuMs: 1,
  maxRssBytes: 1024,
  peakMemoryBytes: 512,
  containerPeakBytes: 2048,
  pids: 5,
  throttledMs: 0,
  throttledPeriods: 0,
  oomKills: 0,
  stdoutBytes: 0,
  stderrBytes: 0,
  droppedArtifacts: [],
};

function outcome(status: "ok" | "error" | "result-limit"): CollectedOutcome {
  const exception =
    status === "error" ? { type: "KeyError", message: "'close'\nmore", traceback: "", line: 7 } : null;
  return {
    outcome: { status, exception, valueBytes: 0, missing: [], auditEvents: [] },
    values: new Uint8Array(),
  };
}

/** Findings of a run that went well, but for what is given. */
function findings(difference: Partial<Findings>, told: Partial<ReportFrame> = {}): Findings {
  return {
    cause: { kind: "report", report: { ...report, ...told } },
    outcome: outcome("ok"),
    containerExitCode: 0,
    engineOom: null,
    policy: defaultPolicy,
    isDirect: false,
    ...difference,
  };
}

function raised(type: string): CollectedOutcome {
  const { outcome: told, values } = outcome("error");
  return { outcome: { ...told, exception: { type, message: "", traceback: "", line: 1 } }, values };
}

type Row = readonly [name: string, found: Findings, status: string, message: RegExp];

const rows: readonly Row[] = [
  ["a run that went well", findings({}), "ok", /^finished in 12 ms$/],
  [
    "an exception",
    findings({ outcome: outcome("error") }, { exitCode: 1 }),
    "error",
    /^KeyError: 'close' \(line 7\)$/,
  ],
  [
    "a memory error, in a container",
    findings({ outcome: raised("MemoryError") }, { exitCode: 1 }),
    "error",
    /^MemoryError/,
  ],
  ...[
    "MemoryError",
    "numpy.core._exceptions._ArrayMemoryError",
    "numpy._core._exceptions._ArrayMemoryError",
  ].map(
    (type): Row => [
      `${type}, where no container is`,
      findings({ outcome: raised(type), isDirect: true }, { exitCode: 1 }),
      "oom",
      /^ran out of its 2 GiB of memory$/,
    ],
  ),
  [
    "another error of memory",
    findings({ outcome: raised("NotAMemoryError"), isDirect: true }, { exitCode: 1 }),
    "error",
    /^NotAMemoryError/,
  ],
  [
    "a supervisor without a container that said nothing",
    findings({ cause: { kind: "exit" }, outcome: null, containerExitCode: 137, isDirect: true }),
    "killed",
    /^the supervisor was killed from outside \(exit code 137\)$/,
  ],
  [
    "an exit of its own",
    findings({ outcome: null }, { exitCode: 3 }),
    "error",
    /exited with code 3 before it was finished/,
  ],
  ["an exit of 0 without an outcome", findings({ outcome: null }), "error", /exited with code 0 before/],
  ["an ok that the exit code denies", findings({}, { exitCode: 1 }), "error", /exited with code 1/],
  ["a signal", findings({ outcome: null }, { exitCode: null, signal: 11 }), "error", /ended by SIGSEGV/],
  [
    "SIGKILL without the memory killer",
    findings({ outcome: null }, { exitCode: null, signal: 9 }),
    "error",
    /SIGKILL/,
  ],
  [
    "SIGKILL by the memory killer",
    findings({ outcome: null }, { exitCode: null, signal: 9, oomKills: 1 }),
    "oom",
    /ran out of its 2 GiB/,
  ],
  [
    "SIGKILL where only the Engine knows",
    findings({ outcome: null, engineOom: true }, { exitCode: null, signal: 9, oomKills: null }),
    "oom",
    /ran out/,
  ],
  ["a child that the memory killer took", findings({}, { oomKills: 3 }), "ok", /finished/],
  [
    "the supervisor's deadline",
    findings({ outcome: null }, { cause: "timeout", signal: 9, exitCode: null, oomKills: 1 }),
    "timeout",
    /limit of 10 min/,
  ],
  [
    "the supervisor's CPU limit",
    findings({ outcome: null }, { cause: "cpu-timeout", signal: 9 }),
    "cpu-timeout",
    /used up its CPU time/,
  ],
  [
    "too much output",
    findings({ outcome: null }, { cause: "output-limit", limit: "stderr" }),
    "output-limit",
    /standard error passed the limit of 1 MiB/,
  ],
  [
    "too large values",
    findings({ outcome: outcome("result-limit") }, { exitCode: 1 }),
    "output-limit",
    /the values to return passed the limit of 64 MiB/,
  ],
  [
    "our own deadline",
    findings({ cause: { kind: "deadline" } }),
    "timeout",
    /still running after its limit of 10 min/,
  ],
  [
    "our own cap",
    findings({ cause: { kind: "output-limit", limit: "stdout" } }),
    "output-limit",
    /standard output/,
  ],
  ["a cancellation", findings({ cause: { kind: "cancelled", reason: "no" } }), "cancelled", /by the caller/],
  [
    "an end without a word",
    findings({ cause: { kind: "exit" }, containerExitCode: 137 }),
    "killed",
    /killed from outside \(exit code 137\)/,
  ],
  [
    "an end without a word or a code",
    findings({ cause: { kind: "exit" }, containerExitCode: null }),
    "killed",
    /exit code unknown/,
  ],
  [
    "a supervisor that the memory killer took",
    findings({ cause: { kind: "exit" }, engineOom: true }),
    "oom",
    /ran out/,
  ],
];

for (const [name, found, status, message] of rows) {
  test(`${name} is ${status}`, () => {
    const verdict = judge(found);
    assert.is(verdict.status, status);
    assert.match(verdict.message, message);
    assert.is(verdict.limit !== null, status === "output-limit");
  });
}

test.run();
