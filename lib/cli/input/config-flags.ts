import type { Command } from "commander";
import { type Config, type ConfigSources, loadConfig } from "../../config/load-config.ts";
import type { CliContext } from "../context.ts";

/** The flags that choose a configuration. */
export interface ConfigFlags {
  readonly profile?: string;
  readonly config?: string;
}

/** Adds these flags to a command. */
export function withConfigOptions(command: Command): Command {
  return command
    .option("--profile <name>", "default, strict, or a YAML file: the base of the configuration")
    .option("--config <file>", "a YAML file that overrides keys of the profile");
}

/** The configuration that flags and environment choose. @throws ConfigError in one line */
export function loadFlaggedConfig({ profile, config }: ConfigFlags, { env }: CliContext): Promise<Config> {
  const sources: ConfigSources = {
    environment: env,
    ...(profile !== undefined && { profile }),
    ...(config !== undefined && { file: config }),
  };
  return loadConfig(sources);
}
