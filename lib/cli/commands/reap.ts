import type { Command } from "commander";
import { formatDuration } from "../../config/units.ts";
import { type ReapedContainer, type ReapReport, reap } from "../../reaper/reap.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { printableLine } from "../output/printable.ts";
import { alignTable } from "../output/text-table.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";

interface ReapFlags extends GlobalOptions {
  readonly dryRun?: boolean;
  readonly all?: boolean;
  readonly label?: readonly string[];
  readonly json?: boolean;
}

const outcomeWords: Readonly<Record<ReapedContainer["outcome"], string>> = {
  kept: "kept",
  "would-remove": "would go",
  removed: "removed",
  failed: "NOT REMOVED",
};

/** `brigbox reap` */
export function addReapCommand(program: Command, context: CliContext, outcome: Outcome): void {
  program
    .command("reap")
    .summary("remove sandboxes that were left behind")
    .description(
      "Removes the sandboxes whose owners are dead or whose deadlines are long past, and tells of each one why it went or stayed.",
    )
    .option("--dry-run", "only tell what would be removed")
    .option("--all", "remove sandboxes in use as well; whoever uses them sees them killed")
    .option("--label <label...>", "only sandboxes that carry this label too: name or name=value")
    .option("--json", "print them as a JSON array")
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ReapFlags>();
      const { containers } = await withClient(flags, (client) =>
        reap(client, {
          dryRun: flags.dryRun === true,
          all: flags.all === true,
          withLabels: flags.label ?? [],
          signal: context.signal,
        }),
      );
      await context.out.write(
        flags.json === true ? `${JSON.stringify(containers)}\n` : `${toText(containers)}\n`,
      );
      if (containers.some((container) => container.outcome === "failed"))
        outcome.exitCode = exitCodes.infrastructure;
    });
}

function toText(containers: ReapReport["containers"]): string {
  if (containers.length === 0) return "no sandbox exists";
  const head = ["RUN", "CONTAINER", "STATE", "AGE", "OUTCOME", "REASON"];
  return alignTable(
    [head, ...containers.map(toCells)],
    ["left", "left", "left", "right", "left", "left"],
  ).join("\n");
}

function toCells(container: ReapedContainer): readonly string[] {
  const failure = container.cleanup?.attempts.at(-1)?.message ?? null;
  const reason =
    container.outcome === "failed" && failure !== null ? `${container.reason}; ${failure}` : container.reason;
  return [
    container.runId ?? "?",
    container.id.slice(0, 12),
    printableLine(container.state, 20),
    container.ageMs === null ? "?" : formatDuration(container.ageMs),
    outcomeWords[container.outcome],
    printableLine(reason, 200),
  ];
}
