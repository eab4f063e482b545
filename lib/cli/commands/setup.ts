import type { Command } from "commander";
import { describeEndpoint, type EngineClient } from "../../../engine-api/mod.ts";
import type { CheckResult } from "../../doctor/check.ts";
import { examine } from "../../doctor/examine.ts";
import { checkTrialRun } from "../../doctor/trial-run.ts";
import { setUp } from "../../setup/setup.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { createProgress } from "../output/progress.ts";
import { checkLines } from "../output/show-checks.ts";
import { paint } from "../output/terminal.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";
import { exitCodeOfChecks } from "./doctor.ts";

interface SetupFlags extends GlobalOptions {
  readonly yes?: boolean;
}

/** `brigbox setup` */
export function addSetupCommand(program: Command, context: CliContext, outcome: Outcome): void {
  program
    .command("setup")
    .summary("see to it that an Engine and the image are there")
    .description(
      "Finds the Docker Engine, on Debian or Ubuntu as root installs and starts one, builds the image where it is missing, and ends with a check list.",
    )
    .option("-y, --yes", "do what is needed without asking")
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<SetupFlags>();
      const results = await withClient(flags, (client) => prepare(client, flags, context));
      await context.out.write(`${checkLines(results, context.out).join("\n")}\n`);
      outcome.exitCode = exitCodeOfChecks(results);
    });
}

async function prepare(
  client: EngineClient,
  flags: SetupFlags,
  context: CliContext,
): Promise<readonly CheckResult[]> {
  const { err, signal, confirm } = context;
  const progress = createProgress(err);
  const consent = async (what: string): Promise<boolean> => {
    await progress.clear();
    if (flags.yes === true) return true;
    return confirm === null ? false : confirm(`Shall I ${what}?`);
  };
  try {
    for await (const event of setUp(client, { consent, signal, endpoint: describeEndpoint(client) })) {
      if (event.type === "progress") {
        await progress.show(event.progress);
        continue;
      }
      await progress.clear();
      await err.write(`${paint(err, "good", "✔")} ${event.text}\n`);
    }
  } finally {
    await progress.clear();
  }
  const checks = await examine(client, { signal });
  return [...checks, await checkTrialRun(client, { signal })];
}
