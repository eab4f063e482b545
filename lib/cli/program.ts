import { Command } from "commander";
import { addConfigCommand } from "./commands/config.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addImageCommand } from "./commands/image.ts";
import { addLoopCommand } from "./commands/loop.ts";
import { addPsCommand } from "./commands/ps.ts";
import { addReapCommand } from "./commands/reap.ts";
import { addRunCommand } from "./commands/run.ts";
import { addSetupCommand } from "./commands/setup.ts";
import { addValidateCommand } from "./commands/validate.ts";
import type { CliContext } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { reportError } from "./report-error.ts";
import { readVersion } from "./version.ts";

/** What the commands tell the program when they are done. */
export interface Outcome {
  exitCode: number;
}

const exitCodeHelp = `
Exit codes: 0 ok, 1 Python error, 2 usage, 3 rejected, 4 timeout, 5 out of memory, 6 output limit,
7 killed or cancelled, 69 no Engine, 70 the sandbox itself failed.`;

/**
 * Runs the command.
 *
 * @param argv the arguments, without the program's own name.
 * @returns the exit code; never throws.
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  const outcome: Outcome = { exitCode: exitCodes.ok };
  const written: Promise<void>[] = [];
  const program = new Command("brigbox")
    .description("Runs untrusted Python in locked-down containers.")
    .version(readVersion(), "-V, --version")
    .option(
      "-H, --host <endpoint>",
      "where the Docker Engine is: unix:///path, tcp://host:port, https://host:port or ssh://user@host (default: found by itself)",
    )
    .addHelpText("after", exitCodeHelp)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void written.push(context.out.write(text)),
      writeErr: (text) => void written.push(context.err.write(text)),
      outputError: (text, write) => write(`brigbox: ${oneLine(text)}; see brigbox --help\n`),
      getOutHelpWidth: () => context.out.columns,
      getErrHelpWidth: () => context.err.columns,
    });
  for (const add of [
    addSetupCommand,
    addRunCommand,
    addLoopCommand,
    addDoctorCommand,
    addImageCommand,
    addPsCommand,
    addReapCommand,
    addConfigCommand,
    addValidateCommand,
  ]) {
    add(program, context, outcome);
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    return await reportError(error, context);
  } finally {
    await Promise.all(written);
  }
}

/** Commander puts its suggestion into a line of its own. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}
