import type { Command } from "commander";
import { checkConfigFile } from "../../config/load-config.ts";
import { configValues, writeConfig } from "../../config/write-config.ts";
import { ConfigError } from "../../errors.ts";
import type { CliContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type ConfigFlags, loadFlaggedConfig, withConfigOptions } from "../input/config-flags.ts";
import { paint } from "../output/terminal.ts";
import { fallbackWarning } from "../output/warn-of-weakness.ts";
import type { Outcome } from "../program.ts";

interface PrintFlags extends ConfigFlags {
  readonly json?: boolean;
}

const precedence = `
Where a key is set more than once, flags win over the environment (BRIGBOX_LIMITS_MEMORY for limits.memory), that over the file given
with --config, that over the profile.`;

/** `brigbox config print|check` */
export function addConfigCommand(program: Command, context: CliContext, outcome: Outcome): void {
  const config = program
    .command("config")
    .summary("show and check configurations")
    .description("Shows and checks configurations.");
  withConfigOptions(config.command("print"))
    .description("Prints the configuration that runs would have, with the place where each value was set.")
    .option("--json", "print the values as one JSON object, by path")
    .addHelpText("after", precedence)
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<PrintFlags>();
      const loaded = await loadFlaggedConfig(flags, context);
      const text =
        flags.json === true
          ? `${JSON.stringify(Object.fromEntries(configValues(loaded)))}\n`
          : writeConfig(loaded);
      await context.out.write(text);
      if (loaded.fallback === "direct")
        await context.err.write(`${paint(context.err, "warn", "!")} ${fallbackWarning}\n`);
    });
  config
    .command("check")
    .description("Checks configuration files, and says where each fault is.")
    .argument("<files...>", "YAML files")
    .action(async (files: readonly string[]) => {
      const areGood = [];
      for (const file of files) areGood.push(await check(file, context));
      outcome.exitCode = areGood.every(Boolean) ? exitCodes.ok : exitCodes.usage;
    });
}

async function check(file: string, { out, err, env }: CliContext): Promise<boolean> {
  try {
    const settings = await checkConfigFile(file, env);
    await out.write(
      `${paint(out, "good", "✔")} ${file}: ${settings.length} key${settings.length === 1 ? "" : "s"}\n`,
    );
    const unsafe = settings.find(({ field, value }) => field.key === "fallback" && value === "direct");
    if (unsafe !== undefined)
      await err.write(`${paint(err, "warn", "!")} ${unsafe.origin}: ${fallbackWarning}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await err.write(`${paint(err, "bad", "✖")} ${error.message}\n`);
    return false;
  }
}
