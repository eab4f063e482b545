import type { RunResult } from "../../lib/verdict.ts";

const plain: RunResult = {
  runId: "0123456789abcdef0123",
  status: "ok",
  message: "finished in 12 ms",
  violations: [],
  values: {},
  missing: [],
  exception: null,
  stdout: "",
  stderr: "",
  artifacts: [],
  droppedArtifacts: [],
  auditEvents: [],
  evidence: {
    cause: "report",
    limit: null,
    exitCode: 0,
    signal: null,
    oomKills: 0,
    containerExitCode: 0,
    engineOom: false,
    containerId: "c0ffee",
    containerName: "brigbox-0123456789abcdef0123",
    start: "cold",
    image: "sha256:1234",
    python: "3.11.2",
  },
  usage: {
    wallMs: 12,
    userCpuMs: 10,
    systemCpuMs: 2,
    maxRssBytes: 1024,
    peakMemoryBytes: 512,
    containerPeakBytes: 2048,
    pids: 5,
    throttledMs: 0,
    throttledPeriods: 0,
    resultBytes: 0,
    stdoutBytes: 0,
    stderrBytes: 0,
  },
  timings: {
    validateMs: 0,
    queueMs: 0,
    createMs: 1,
    startMs: 1,
    readyMs: 1,
    runMs: 12,
    collectMs: 1,
    cleanupMs: 1,
    totalMs: 17,
  },
  cleanup: null,
  isolation: "container",
  session: null,
};

/** The result of a run that went well, but for what is given. */
export function okResult(difference: Partial<RunResult> = {}): RunResult {
  return { ...plain, ...difference };
}
