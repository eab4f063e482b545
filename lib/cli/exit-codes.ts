import { isConnectionError } from "../../engine-api/mod.ts";
import { ConfigError, SandboxError } from "../errors.ts";
import { JournalError } from "../loop/errors.ts";
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

/** The exit code of something that was thrown. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof ConfigError || error instanceof JournalError) return exitCodes.usage;
  return isUnreachable(error) ? exitCodes.noEngine : exitCodes.infrastructure;
}

/** True where no Engine could be talked to before anything was started; one that dies in the middle is infrastructure. */
function isUnreachable(error: unknown): boolean {
  if (isConnectionError(error)) return true;
  return error instanceof SandboxError && !error.outcomeUnknown && isConnectionError(error.cause);
}
