import type { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import type { ValidatorMode } from "../../policy/policy.ts";
import { resolvePolicy } from "../../policy/resolve-policy.ts";
import { validate } from "../../validator/mod.ts";
import { type FileReport, toSarif } from "../../validator/sarif.ts";
import type { CliContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readCode } from "../input/read-code.ts";
import { violationLines } from "../output/show-violations.ts";
import type { Outcome } from "../program.ts";
import { readVersion } from "../version.ts";

const formats = ["text", "json", "sarif"] as const;

interface ValidateFlags {
  readonly mode: string;
  readonly import: readonly string[];
  readonly format: string;
}

const examples = `
Examples:
  brigbox validate strategy.py
  brigbox validate --import scipy --format sarif strategies/*.py > brigbox.sarif`;

/** `brigbox validate FILE...` */
export function addValidateCommand(program: Command, context: CliContext, outcome: Outcome): void {
  program
    .command("validate")
    .summary("search Python files for what a sandbox would refuse to run")
    .description(
      "Searches Python files for what is forbidden, without running anything. Ends with 3 where any file is rejected.",
    )
    .argument("<files...>", "Python files; - for standard input")
    .option("--mode <mode>", "strict, basic or off", "strict")
    .option(
      "--import <module>",
      "a module that may be imported besides those on the list (repeatable)",
      append,
      [],
    )
    .option("--format <format>", "text, json or sarif", "text")
    .addHelpText("after", examples)
    .action(async (files: readonly string[], flags: ValidateFlags) => {
      const format = formats.find((known) => known === flags.format);
      if (format === undefined) throw new ConfigError(`--format must be one of ${formats.join(", ")}`);
      const { validator: mode, imports } = resolvePolicy({
        validator: flags.mode as ValidatorMode,
        imports: flags.import,
      });
      const reports: FileReport[] = [];
      const sources: string[] = [];
      for (const file of files) {
        const { text } = await readCode(file, context.stdin);
        const violations = validate(text, { mode, imports });
        reports.push({ file, ok: violations.length === 0, violations });
        sources.push(text);
      }
      await context.out.write(render(reports, sources, { format, context }));
      outcome.exitCode = reports.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.rejected;
    });
}

function render(
  reports: readonly FileReport[],
  sources: readonly string[],
  { format, context }: { readonly format: (typeof formats)[number]; readonly context: CliContext },
): string {
  if (format === "json") return `${JSON.stringify(reports)}\n`;
  if (format === "sarif") return `${JSON.stringify(toSarif(reports, readVersion()), null, 2)}\n`;
  const lines = reports.flatMap((report, at) => violationLines(report, sources[at] ?? "", context.out));
  return `${lines.join("\n")}\n`;
}

function append(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}
