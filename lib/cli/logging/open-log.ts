import type { CliContext, GlobalOptions } from "../context.ts";
import { resolveLogChoice } from "./log-choice.ts";
import type { Log } from "./start-log.ts";

/** A context that is made ready while the command's flags are read. */
export type OpenContext = { -readonly [K in keyof CliContext]: CliContext[K] };

/**
 * Begins the log that flags and environment ask for. Where that is none, nothing is loaded, and null is given.
 *
 * @param context gets a standard error that the command shares with the log.
 * @throws ConfigError for a variable that cannot be used.
 */
export async function openLog(flags: GlobalOptions, context: OpenContext): Promise<Log | null> {
  const choice = resolveLogChoice(flags, context.env);
  if (choice.level === "silent") return null;
  const { createSharedOutput } = await import("../output/shared-output.ts");
  const { startLog } = await import("./start-log.ts");
  const output = createSharedOutput(context.err);
  context.err = output;
  return startLog(output, choice);
}
