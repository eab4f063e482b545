import type { RunStatus } from "../verdict.ts";

/** What the command's exit code says. Scripts rely on these. */
export const exitCodes = {
  ok: 0,
  error: 1,
  usage: 2,
  rejected: 3,
  timeout: 4,
  oom: 5,
  outputLimit: 6,
  killed: 7,
  noEngine: 69,
  infrastructure: 70,
} as const;

const byStatus: Readonly<Record<RunStatus, number>> = {
  ok: exitCodes.ok,
  error: exitCodes.error,
  rejected: exitCodes.rejected,
  timeout: exitCodes.timeout,
  "cpu-timeout": exitCodes.timeout,
  oom: exitCodes.oom,
  "output-limit": exitCodes.outputLimit,
  killed: exitCodes.killed,
  cancelled: exitCodes.killed,
};

/** The exit code of a run. */
export function exitCodeOf(status: RunStatus): number {
  return byStatus[status];
}
