import { type Command, Option } from "commander";
import { ConfigError } from "../../errors.ts";

/** How much is logged; each level holds those before it. */
export const logLevels = ["silent", "error", "warn", "info", "debug", "trace"] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** How a log is written. */
export const logFormats = ["text", "json"] as const;

/** One of {@link logFormats}. */
export type LogFormat = (typeof logFormats)[number];

/** What is to be logged, and how. */
export interface LogChoice {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** Adds the flags of the log to the program, so that every command has them. */
export function withLogOptions(program: Command): Command {
  const level = new Option(
    "--log-level <level>",
    "tell on stderr what happens (default: silent, or info with --log)",
  );
  const format = new Option("--log <format>", "how that is told (default: text)");
  return program.addOption(level.choices(logLevels)).addOption(format.choices(logFormats));
}

/**
 * What flags and environment choose; a flag goes before its variable. Who only says how to log wants to see something.
 *
 * @param flags as commander read and checked them.
 * @throws ConfigError for a variable that names no level or no format.
 */
export function resolveLogChoice(
  flags: { readonly logLevel?: LogLevel; readonly log?: LogFormat },
  env: Readonly<Record<string, string | undefined>>,
): LogChoice {
  const format = flags.log ?? readVariable("BRIGBOX_LOG", logFormats, env);
  const level = flags.logLevel ?? readVariable("BRIGBOX_LOG_LEVEL", logLevels, env);
  return { level: level ?? (format === undefined ? "silent" : "info"), format: format ?? "text" };
}

function readVariable<T extends string>(
  name: string,
  known: readonly T[],
  env: Readonly<Record<string, string | undefined>>,
): T | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  const found = known.find((word) => word === text);
  if (found === undefined) throw new ConfigError(`the variable ${name} must be one of ${known.join(", ")}`);
  return found;
}
