import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import { createExecutor } from "../../executor.ts";
import type { ConfiguredLoop } from "../../loop/configured-loop.ts";
import type { LoopSummary } from "../../loop/events.ts";
import type { Champion } from "../../loop/ledger.ts";
import type { LoopExecutor, LoopOptions } from "../../loop/options.ts";
import { resolvePolicy } from "../../policy/resolve-policy.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { type ConfigFlags, loadFlaggedConfig, withConfigOptions } from "../input/config-flags.ts";
import { toDirectOptions, unsafeDirectOption } from "../input/run-flags.ts";
import { type MonitorFlag, openMonitorBeside, portOf, withMonitorOption } from "../monitor/monitor-flag.ts";
import { championLines, countsLine } from "../output/loop-text.ts";
import { createLoopView, type LoopView } from "../output/loop-view.ts";
import { warnOfWeakness } from "../output/warn-of-weakness.ts";
import { withClient } from "../with-client.ts";

interface LoopFlags extends GlobalOptions, ConfigFlags, MonitorFlag {
  readonly journal?: string;
  readonly candidates?: string;
  readonly sandbox?: string;
  readonly unsafeDirect?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

const help = `
The loop goes on from its journal: after Ctrl-C, after a crash, and with more candidates than before. What
was run is not run again.

Example:
  brigbox loop spec/examples/loop/momentum.yaml --candidates 40 --out best.py`;

const reasons: Readonly<Record<LoopSummary["reason"], string>> = {
  candidates: "its budget of candidates is used up",
  time: "its budget of time is used up",
  exhausted: "the proposer has no more",
  repeats: "the proposer only repeats itself",
};

/** `brigbox loop CONFIG` */
export function addLoopCommand(program: Command, context: CliContext): void {
  withMonitorOption(withConfigOptions(program.command("loop")))
    .summary("propose, run and score code until a budget is used up")
    .description(
      "Works through a loop that a YAML file describes: proposes code, runs it in sandboxes, scores it, and keeps the best.",
    )
    .argument("<config>", "YAML file that describes the loop")
    .option("--journal <file>", "the journal, instead of the file's")
    .option("--candidates <number>", "the budget of candidates, instead of the file's")
    .option(
      "--sandbox <mode>",
      "where candidates run, instead of the file's: docker, or direct, which also needs --unsafe-direct",
    )
    .addOption(unsafeDirectOption())
    .option("-o, --out <file>", "write the code of the best candidate here")
    .option("--json", "print events as JSON, one a line, and nothing else on standard output")
    .addHelpText("after", help)
    .action(async (path: string, _flags: unknown, command: Command) => {
      await runLoop(path, command.optsWithGlobals<LoopFlags>(), context);
    });
}

async function runLoop(path: string, flags: LoopFlags, context: CliContext): Promise<void> {
  // Loaded only where it is used: its parsers cost more than the rest of the command's start.
  const { loadLoop } = await import("../../loop/configured-loop.ts");
  const configured = await loadLoop(path, context.env);
  const options = override(configured.options, flags);
  checkSandbox(flags, configured.sandbox);
  const { budget, champions = 5 } = options;
  const view = createLoopView(context.err, { budget: budget.candidates, champions });
  const summary = await withExecutor(configured, { flags, context, say: view.say }, (executor) =>
    work({ ...options, executor, signal: context.signal }, { flags, view }, context),
  );
  const [best] = summary.champions;
  if (flags.out !== undefined && best !== undefined) await writeBest(flags.out, best);
}

function override(
  options: ConfiguredLoop["options"],
  { journal, candidates }: LoopFlags,
): ConfiguredLoop["options"] {
  if (candidates !== undefined && !/^[1-9]\d{0,8}$/.test(candidates))
    throw new ConfigError(`--candidates: "${candidates.slice(0, 40)}" is not a whole number from 1 on`);
  return {
    ...options,
    ...(journal !== undefined && { journal }),
    ...(candidates !== undefined && { budget: { ...options.budget, candidates: Number(candidates) } }),
  };
}

/** A file may be a stranger's: that there is no isolation is for whoever starts the command to say. */
function checkSandbox({ sandbox, unsafeDirect = false }: LoopFlags, configured: string): void {
  const asked = sandbox ?? configured;
  if (asked !== "docker" && asked !== "direct")
    throw new ConfigError(`--sandbox: "${asked.slice(0, 40)}" is neither docker nor direct`);
  if (sandbox === "docker" && unsafeDirect)
    throw new ConfigError("--sandbox docker and --unsafe-direct contradict each other");
  if (asked === "direct" && !unsafeDirect)
    throw new ConfigError(
      "sandbox: direct runs candidates on this machine without any isolation; where you trust whoever proposes them, say so with --unsafe-direct",
    );
}

async function withExecutor<T>(
  { policy: limits, pool }: ConfiguredLoop,
  {
    flags,
    context,
    say,
  }: { readonly flags: LoopFlags; readonly context: CliContext; readonly say: LoopView["say"] },
  use: (executor: LoopExecutor) => Promise<T>,
): Promise<T> {
  const monitorPort = portOf(flags);
  const config = await loadFlaggedConfig(flags, context);
  const policy = resolvePolicy(limits, config.policy);
  const { verify, image } = config;
  const direct = toDirectOptions(flags, { ...config, policy });
  await warnOfWeakness({ policy, verify, ...direct }, context.err);
  return withClient({ host: flags.host ?? config.endpoint }, async (client) => {
    const options = { client, policy, verify, image, ...direct, ...(pool !== null && { pool }) };
    await using executor = createExecutor(options);
    await using _monitor = await openMonitorBeside(monitorPort, { client, executor, say }, context);
    // Awaited here, since the executor ends its runs when it is let go of.
    return await use(executor);
  });
}

async function work(
  options: LoopOptions,
  { flags, view }: { readonly flags: LoopFlags; readonly view: LoopView },
  { out, err }: CliContext,
): Promise<LoopSummary> {
  const isJson = flags.json === true;
  const { createLoop } = await import("../../loop/loop.ts");
  let summary: LoopSummary | null = null;
  try {
    for await (const event of createLoop(options)) {
      if (isJson) await out.write(`${JSON.stringify(event)}\n`);
      else await view.show(event);
      if (event.type === "done") summary = event.summary;
    }
  } catch (error) {
    const { journal = null, signal } = options;
    if (signal?.aborted === true && journal !== null)
      await err.write(`the same command goes on from ${journal}\n`);
    throw error;
  }
  if (summary === null) throw new Error("the loop ended without a summary");
  if (isJson) return summary;
  await view.clear();
  const table = championLines(summary.champions, out.isTerminal ? out.columns : Number.POSITIVE_INFINITY);
  await out.write(`${table.join("\n")}\n`);
  await err.write(`${countsLine(summary.counts)}; ${reasons[summary.reason]}\n`);
  return summary;
}

async function writeBest(path: string, { code }: Champion): Promise<void> {
  try {
    await writeFile(path, code);
  } catch (error) {
    const errorCode = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new ConfigError(`--out: the best candidate cannot be written to ${path} (${errorCode})`);
  }
}
