import { isConnectionError } from "../../engine-api/mod.ts";
import { ConfigError, SandboxError } from "../errors.ts";
import { JournalError } from "../loop/errors.ts";
import { exitCodes } from "./exit-codes.ts";

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
