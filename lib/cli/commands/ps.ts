import type { Command } from "commander";
import { listContainers } from "../../../engine-api/mod.ts";
import { formatDuration } from "../../config/units.ts";
import { labels, parseOwner } from "../../ownership.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { printableLine } from "../output/printable.ts";
import { alignTable } from "../output/text-table.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";

/** A container of ours, as `ps` shows it. */
interface SandboxRow {
  readonly run: string;
  readonly container: string;
  readonly state: string;
  readonly owner: string;
  readonly ageMs: number;
  /** Until it may be taken for abandoned; negative once that is over, null where it does not say. */
  readonly leftMs: number | null;
}

/** `brigbox ps` */
export function addPsCommand(program: Command, context: CliContext, _outcome: Outcome): void {
  program
    .command("ps")
    .summary("list the sandboxes that exist now")
    .description("Lists all containers of Brigbox on this Engine, whoever started them.")
    .option("--json", "print them as a JSON array")
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalOptions & { readonly json?: boolean }>();
      const rows = await withClient(flags, async (client) => {
        const filters = { label: [labels.run] };
        const found = await listContainers(client, { all: true, filters, signal: context.signal });
        return found.map((container) => toRow(container, Date.now()));
      });
      await context.out.write(flags.json === true ? `${JSON.stringify(rows)}\n` : `${tableOf(rows)}\n`);
    });
}

function toRow(container: Awaited<ReturnType<typeof listContainers>>[number], nowMs: number): SandboxRow {
  const own = container.Labels ?? {};
  const owner = parseOwner(own[labels.owner]);
  const deadlineMs = Number(own[labels.deadline] ?? Number.NaN);
  return {
    run: own[labels.run] ?? "",
    container: (container.Id ?? "").slice(0, 12),
    state: container.State ?? "",
    owner: owner === null ? "unknown" : `${owner.host}, process ${owner.pid}`,
    ageMs: Math.max(0, nowMs - (container.Created ?? 0) * 1000),
    leftMs: Number.isFinite(deadlineMs) ? deadlineMs - nowMs : null,
  };
}

function tableOf(rows: readonly SandboxRow[]): string {
  if (rows.length === 0) return "no sandbox exists";
  const cells = rows.map(({ run, container, state, owner, ageMs, leftMs }) => [
    printableLine(run, 40),
    container,
    printableLine(state, 20),
    printableLine(owner, 60),
    formatDuration(ageMs),
    leftMs === null ? "?" : leftMs < 0 ? "overdue" : formatDuration(leftMs),
  ]);
  const head = ["RUN", "CONTAINER", "STATE", "OWNER", "AGE", "TIME LEFT"];
  return alignTable([head, ...cells], ["left", "left", "left", "left", "right", "right"]).join("\n");
}
