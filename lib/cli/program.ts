import { Command, CommanderError } from "commander";
import type { CliContext, GlobalOptions } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { withLogOptions } from "./logging/log-choice.ts";
import { type OpenContext, openLog } from "./logging/open-log.ts";
import type { Log } from "./logging/start-log.ts";
import { withDefaultPort } from "./monitor/with-default-port.ts";
import { readVersion } from "./version.ts";

/** What the commands tell the program when they are done. */
export interface Outcome {
  exitCode: number;
}

type AddCommand = (program: Command, context: CliContext, outcome: Outcome) => void;

/** The commands in the order of the help; loaded where they are needed, since each brings other parts of the library along. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  setup: async () => (await import("./commands/setup.ts")).addSetupCommand,
  run: async () => (await import("./commands/run.ts")).addRunCommand,
  batch: async () => (await import("./commands/batch.ts")).addBatchCommand,
  loop: async () => (await import("./commands/loop.ts")).addLoopCommand,
  monitor: async () => (await import("./commands/monitor.ts")).addMonitorCommand,
  doctor: async () => (await import("./commands/doctor.ts")).addDoctorCommand,
  image: async () => (await import("./commands/image.ts")).addImageCommand,
  ps: async () => (await import("./commands/ps.ts")).addPsCommand,
  reap: async () => (await import("./commands/reap.ts")).addReapCommand,
  config: async () => (await import("./commands/config.ts")).addConfigCommand,
  validate: async () => (await import("./commands/validate.ts")).addValidateCommand,
};

const exitCodeHelp = `
Exit codes: 0 ok, 1 Python error, 2 usage, 3 rejected, 4 timeout, 5 out of memory, 6 output limit,
7 killed or cancelled, 69 no Engine, 70 the sandbox itself failed.`;

/**
 * Runs the command.
 *
 * @param argv the arguments, without the program's own name.
 * @returns the exit code; never throws.
 */
export async function runCli(argv: readonly string[], given: CliContext): Promise<number> {
  const outcome: Outcome = { exitCode: exitCodes.ok };
  const context: OpenContext = { ...given };
  const written: Promise<void>[] = [];
  const logs: (Log | null)[] = [];
  const program = createProgram(context, written);
  // Before the command's own action, and after all flags were read.
  program.hook(
    "preAction",
    async () => void logs.push(await openLog(program.opts<GlobalOptions>(), context)),
  );
  for (const add of await loadCommands(argv)) add(program, context, outcome);
  try {
    await program.parseAsync(withDefaultPort(argv), { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    // Commander has said it already; help and version are no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const { reportError } = await import("./report-error.ts");
    return await reportError(error, context);
  } finally {
    await Promise.all([...written, ...logs.map((log) => log?.close())]);
  }
}

/** The program without its commands; what it says of itself is added to `written`. */
function createProgram(context: CliContext, written: Promise<void>[]): Command {
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
  return withLogOptions(program);
}

/** The command that the arguments begin with, or all, which help and suggestions tell; the version needs none. */
function loadCommands([first = ""]: readonly string[]): Promise<readonly AddCommand[]> {
  if (first === "-V" || first === "--version") return Promise.resolve([]);
  const only = Object.hasOwn(commands, first) ? commands[first] : undefined;
  return Promise.all((only === undefined ? Object.values(commands) : [only]).map((load) => load()));
}

/** Commander puts its suggestion into a line of its own. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, "")
    .trim()
    .replace(/\.$/, "")
    .replace(/\s*\n\s*/g, " ");
}
