import type { Command } from "commander";
import type { CheckResult } from "../../doctor/check.ts";
import { examine } from "../../doctor/examine.ts";
import { type CliContext, type GlobalOptions, withClient } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { checkLines } from "../output/show-checks.ts";
import type { Outcome } from "../program.ts";

interface DoctorFlags extends GlobalOptions {
  readonly image?: string;
  readonly json?: boolean;
}

/** `brigbox doctor` */
export function addDoctorCommand(program: Command, context: CliContext, outcome: Outcome): void {
  program
    .command("doctor")
    .summary("examine the Engine and the image")
    .description(
      "Examines everything that runs depend on, and says what to do where something is amiss. Changes nothing.",
    )
    .option("--image <name>", "the image that runs would use (default: brigbox/python:3)")
    .option("--json", "print the checks as a JSON array")
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DoctorFlags>();
      const { signal, out } = context;
      const options = { signal, ...(flags.image !== undefined && { image: flags.image }) };
      const results = await withClient(flags, (client) => examine(client, options));
      await out.write(
        flags.json === true ? `${JSON.stringify(results)}\n` : `${checkLines(results, out).join("\n")}\n`,
      );
      outcome.exitCode = exitCodeOfChecks(results);
    });
}

/** The exit code of a check list. */
export function exitCodeOfChecks(results: readonly CheckResult[]): number {
  const failed = results.filter(({ status }) => status === "failure");
  if (failed.length === 0) return exitCodes.ok;
  return failed.some(({ id }) => id === "engine") ? exitCodes.noEngine : exitCodes.infrastructure;
}
