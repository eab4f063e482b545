import type { Timings, Usage } from "../verdict.ts";

/** Of a run that was never started. */
export const nothingUsed: Usage = {
  wallMs: null,
  userCpuMs: null,
  systemCpuMs: null,
  maxRssBytes: null,
  peakMemoryBytes: null,
  containerPeakBytes: null,
  pids: null,
  throttledMs: null,
  throttledPeriods: null,
  resultBytes: 0,
  stdoutBytes: 0,
  stderrBytes: 0,
};

/** Of a run none of whose phases took place. */
export const noTime: Timings = {
  validateMs: 0,
  queueMs: 0,
  createMs: 0,
  startMs: 0,
  readyMs: 0,
  runMs: 0,
  collectMs: 0,
  cleanupMs: 0,
  totalMs: 0,
};
