import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import { createExecutor } from "../../executor.ts";
import { resolvePolicy } from "../../policy/resolve-policy.ts";
import { awaitAll } from "../../run/await-all.ts";
import type { RunHandle } from "../../run/run-handle.ts";
import type { Artifact, RunResult } from "../../verdict.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { loadFlaggedConfig, withConfigOptions } from "../input/config-flags.ts";
import { readCode } from "../input/read-code.ts";
import { readFiles, readInputs } from "../input/read-inputs.ts";
import { type RunFlags, splitNames, toDirectOptions, toPolicy, withRunOptions } from "../input/run-flags.ts";
import { relayOutput } from "../output/live-output.ts";
import { resultJson } from "../output/result-json.ts";
import { showResult } from "../output/show-result.ts";
import { relayStats } from "../output/show-stats.ts";
import { timingLines } from "../output/show-timings.ts";
import { warnOfWeakness } from "../output/warn-of-weakness.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";

interface Flags extends GlobalOptions, RunFlags {
  readonly out?: string;
  readonly timings?: boolean;
  readonly stats?: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  brigbox run strategy.py --input prices=prices.csv --returns signal
  echo 'result = 6 * 7' | brigbox run - --timeout 5s --json`;

/** `brigbox run FILE|-` */
export function addRunCommand(program: Command, context: CliContext, outcome: Outcome): void {
  const command = program.command("run");
  withRunOptions(withConfigOptions(command.argument("<file>", "Python source; - for standard input")))
    .summary("run a Python file in a sandbox")
    .description(
      "Runs a Python file (or standard input, for -) in a new container without network, and shows what came of it.",
    )
    .option("-o, --out <directory>", "write the artifacts here: what the code left in /tmp/out")
    .option("--timings", "show where the time went; with --json it is in the result anyway")
    .option("--stats", "show on standard error, every second, what the container uses")
    .option("--json", "print one RunResult as JSON and nothing else on standard output")
    .addHelpText("after", examples)
    .action(async (path: string, _flags: unknown, command: Command) => {
      outcome.exitCode = await runCode(path, command.optsWithGlobals<Flags>(), context);
    });
}

async function runCode(path: string, flags: Flags, context: CliContext): Promise<number> {
  const config = await loadFlaggedConfig(flags, context);
  const policy = resolvePolicy(toPolicy(flags), config.policy);
  const direct = toDirectOptions(flags, { ...config, policy });
  await warnOfWeakness({ policy, verify: config.verify, ...direct }, context.err);
  const code = await readCode(path, context.stdin);
  const [inputs, files] = [await readInputs(flags.input), await readFiles(flags.file)];
  const result = await withClient({ host: flags.host ?? config.endpoint }, async (client) => {
    const { verify, admission } = config;
    const image = flags.image ?? config.image;
    // No pool: for one run its containers would come too late.
    await using executor = createExecutor({ client, policy, verify, image, admission, ...direct });
    const run = executor.start(code.text, {
      inputs,
      files,
      fileName: code.fileName,
      signal: context.signal,
      ...(flags.returns !== undefined && { returns: splitNames(flags.returns) }),
    });
    // Awaited here, since the executor ends its runs when it is let go of.
    return await showWhileRunning(run, flags, context);
  });
  if (flags.out !== undefined) await writeArtifacts(flags.out, result.artifacts);
  if (flags.json === true) return writeJson(result, context);
  await showResult(result, context, { folder: flags.out ?? null, source: code });
  if (flags.timings === true)
    await context.err.write(`${timingLines(result.timings, context.err).join("\n")}\n`);
  return exitCodeOf(result.status);
}

async function writeJson(given: RunResult, context: CliContext): Promise<number> {
  const { result, pieces } = resultJson(given);
  for (const piece of pieces) await context.out.write(piece);
  return exitCodeOf(result.status);
}

async function showWhileRunning(run: RunHandle, flags: Flags, context: CliContext): Promise<RunResult> {
  const [result] = await Promise.all([
    awaitAll(run),
    flags.json === true ? null : relayOutput(run.output, context),
    flags.stats === true ? relayStats(run.stats(), context.err) : null,
  ]);
  return result;
}

/** Their paths have been checked where they came in: relative, and nowhere upwards. */
async function writeArtifacts(folder: string, artifacts: readonly Artifact[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const { path, bytes } of artifacts) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new ConfigError(
      `--out: the artifacts cannot be written to ${folder} (${code}); give a directory that you may write to`,
    );
  }
}
