import type { CliContext } from "./context.ts";
import { exitCodeOfError } from "./exit-code-of-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { printableLine } from "./output/printable.ts";
import { paint } from "./output/terminal.ts";

const longestMessage = 2000;

/** Says in one line what failed; returns the exit code. */
export async function reportError(error: unknown, { err, signal }: CliContext): Promise<number> {
  if (signal.aborted && error === signal.reason) {
    await err.write("brigbox: interrupted\n");
    return exitCodes.killed;
  }
  const message = error instanceof Error ? error.message : String(error);
  const exitCode = exitCodeOfError(error);
  const wayOut = exitCode === exitCodes.noEngine ? " (`brigbox setup` sees to it that one runs)" : "";
  await err.write(`${paint(err, "bad", "brigbox:")} ${printableLine(message, longestMessage)}${wayOut}\n`);
  return exitCode;
}
