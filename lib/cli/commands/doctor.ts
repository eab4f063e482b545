import type { Command } from "commander";
import type { EngineClient } from "../../../engine-api/mod.ts";
import { type AttackResult, attackJail } from "../../doctor/attack/attack-jail.ts";
import type { CheckResult } from "../../doctor/check.ts";
import { examine } from "../../doctor/examine.ts";
import { createExecutor } from "../../executor.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type ConfigFlags, loadFlaggedConfig, withConfigOptions } from "../input/config-flags.ts";
import { createProgress } from "../output/progress.ts";
import { attackLines } from "../output/show-attacks.ts";
import { checkLines } from "../output/show-checks.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";

interface DoctorFlags extends GlobalOptions, ConfigFlags {
  readonly image?: string;
  readonly attack?: boolean;
  readonly json?: boolean;
}

/** What the doctor found; `attacks` is null where none was asked for, or where the checks say that no run is possible. */
interface Report {
  readonly checks: readonly CheckResult[];
  readonly attacks: readonly AttackResult[] | null;
}

/** `brigbox doctor` */
export function addDoctorCommand(program: Command, context: CliContext, outcome: Outcome): void {
  withConfigOptions(program.command("doctor"))
    .summary("examine the Engine and the image, and attack the jail")
    .description(
      "Examines everything that runs depend on, and says what to do where something is amiss. Changes nothing.",
    )
    .option("--attack", "let attacks loose inside the jail that runs would have, and show how each ended")
    .option("--image <name>", "the image that runs would use (default: that of the configuration)")
    .option("--json", "print the checks as a JSON array; with --attack an object with checks and attacks")
    .action(async (_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DoctorFlags>();
      const report = await withClient(flags, (client) => diagnose(client, flags, context));
      await context.out.write(flags.json === true ? toJson(report, flags) : toText(report, context));
      outcome.exitCode = exitCodeOfReport(report);
    });
}

async function diagnose(client: EngineClient, flags: DoctorFlags, context: CliContext): Promise<Report> {
  const { signal } = context;
  const config = await loadFlaggedConfig(flags, context);
  const image = flags.image ?? config.image;
  const checks = await examine(client, { signal, image });
  const isFit = exitCodeOfChecks(checks) === exitCodes.ok;
  if (flags.attack !== true || !isFit) return { checks, attacks: null };
  const progress = createProgress(context.err);
  // The validator and the audit hook would only hide what the jail itself holds.
  const policy = { ...config.policy, validator: "off", audit: "off" } as const;
  await using executor = createExecutor({ client, image, policy });
  const attacks = await attackJail((code, options) => executor.run(code, options), {
    policy,
    signal,
    onProgress: (fraction, text) => progress.show({ phase: "attacking the jail", text, fraction }),
  });
  await progress.clear();
  return { checks, attacks };
}

function toJson({ checks, attacks }: Report, { attack }: DoctorFlags): string {
  return `${JSON.stringify(attack === true ? { checks, attacks } : checks)}\n`;
}

function toText({ checks, attacks }: Report, { out }: CliContext): string {
  const lines = checkLines(checks, out);
  if (attacks !== null) lines.push("", ...attackLines(attacks, out));
  return `${lines.join("\n")}\n`;
}

function exitCodeOfReport({ checks, attacks }: Report): number {
  const held = attacks === null || attacks.every(({ outcome }) => outcome !== "through");
  const tried = attacks === null || attacks.some(({ outcome }) => outcome === "stopped");
  return held && tried ? exitCodeOfChecks(checks) : exitCodes.infrastructure;
}

/** The exit code of a check list. */
export function exitCodeOfChecks(results: readonly CheckResult[]): number {
  const failed = results.filter(({ status }) => status === "failure");
  if (failed.length === 0) return exitCodes.ok;
  return failed.some(({ id }) => id === "engine") ? exitCodes.noEngine : exitCodes.infrastructure;
}
