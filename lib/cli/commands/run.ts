import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { parseDuration, parseSize } from "../../config/units.ts";
import { ConfigError } from "../../errors.ts";
import { createExecutor } from "../../executor.ts";
import type { AuditMode, Policy, ValidatorMode } from "../../policy/policy.ts";
import { resolvePolicy } from "../../policy/resolve-policy.ts";
import type { RunHandle } from "../../run/run-handle.ts";
import type { Artifact, RunResult } from "../../verdict.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { type ConfigFlags, loadFlaggedConfig, withConfigOptions } from "../input/config-flags.ts";
import { readCode } from "../input/read-code.ts";
import { readFiles, readInputs } from "../input/read-inputs.ts";
import { relayOutput } from "../output/live-output.ts";
import { resultJson } from "../output/result-json.ts";
import { showResult } from "../output/show-result.ts";
import { warnOfWeakness } from "../output/warn-of-weakness.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";

interface RunFlags extends GlobalOptions, ConfigFlags {
  readonly input: readonly string[];
  readonly file: readonly string[];
  readonly returns?: string;
  readonly timeout?: string;
  readonly cpuTime?: string;
  readonly memory?: string;
  readonly cpus?: string;
  readonly validator?: string;
  readonly audit?: string;
  readonly image?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  brigbox run strategy.py --input prices=prices.csv --returns signal
  echo 'result = 6 * 7' | brigbox run - --timeout 5s --json`;

/** `brigbox run FILE|-` */
export function addRunCommand(program: Command, context: CliContext, outcome: Outcome): void {
  withConfigOptions(program.command("run"))
    .summary("run a Python file in a sandbox")
    .description(
      "Runs a Python file (or standard input, for -) in a new container without network, and shows what came of it.",
    )
    .argument("<file>", "Python source; - for standard input")
    .option(
      "-i, --input <name=path>",
      "a value that becomes a global: .csv a DataFrame, .json, .npy (repeatable)",
      append,
      [],
    )
    .option(
      "-f, --file <path>",
      "a file that appears in /tmp/in; name=path renames it (repeatable)",
      append,
      [],
    )
    .option("-r, --returns <names>", "globals that come back, separated by commas (default: signal,result)")
    .option("-t, --timeout <duration>", "wall time of the code, for example 30s (default: 600s)")
    .option("--cpu-time <duration>", "CPU time of the code (default: no limit besides --timeout)")
    .option("-m, --memory <size>", "memory of the container, for example 512MiB (default: 2GiB)")
    .option("-c, --cpus <number>", "share of the processors (default: 0.5)")
    .option("--validator <mode>", "what is searched for in the code before it runs: strict, basic, off")
    .option("--audit <mode>", "what the hook beside the code does about forbidden acts: deny, report, off")
    .option("--image <name>", "image with a python3 to run in (default: brigbox/python:3)")
    .option("-o, --out <directory>", "write the artifacts here: what the code left in /tmp/out")
    .option("--json", "print one RunResult as JSON and nothing else on standard output")
    .addHelpText("after", examples)
    .action(async (path: string, _flags: unknown, command: Command) => {
      outcome.exitCode = await runCode(path, command.optsWithGlobals<RunFlags>(), context);
    });
}

async function runCode(path: string, flags: RunFlags, context: CliContext): Promise<number> {
  const config = await loadFlaggedConfig(flags, context);
  const policy = resolvePolicy(toPolicy(flags), config.policy);
  await warnOfWeakness({ policy, verify: config.verify }, context.err);
  const code = await readCode(path, context.stdin);
  const [inputs, files] = [await readInputs(flags.input), await readFiles(flags.file)];
  const result = await withClient({ host: flags.host ?? config.endpoint }, async (client) => {
    const { verify } = config;
    await using executor = createExecutor({ client, policy, verify, image: flags.image ?? config.image });
    const run = executor.start(code.text, {
      inputs,
      files,
      fileName: code.fileName,
      signal: context.signal,
      ...(flags.returns !== undefined && { returns: splitNames(flags.returns) }),
    });
    // Awaited here, since the executor ends its runs when it is let go of.
    return await (flags.json === true ? finish(run) : showWhileRunning(run, context));
  });
  if (flags.out !== undefined) await writeArtifacts(flags.out, result.artifacts);
  if (flags.json === true) return writeJson(result, context);
  await showResult(result, context, { folder: flags.out ?? null, source: code });
  return exitCodeOf(result.status);
}

async function writeJson(given: RunResult, context: CliContext): Promise<number> {
  const { result, pieces } = resultJson(given);
  for (const piece of pieces) await context.out.write(piece);
  return exitCodeOf(result.status);
}

async function showWhileRunning(run: RunHandle, context: CliContext): Promise<RunResult> {
  const [result] = await Promise.all([finish(run), relayOutput(run.output, context)]);
  return result;
}

/** The result with its cleanup, which is awaited whatever became of the run. */
async function finish(run: RunHandle): Promise<RunResult> {
  const [result, cleanup] = await Promise.allSettled([run.result, run.cleaned]);
  if (result.status === "rejected") throw result.reason;
  return { ...result.value, cleanup: cleanup.status === "fulfilled" ? cleanup.value : null };
}

/** The modes are words here; what they may be, the policy says. */
function toPolicy(flags: RunFlags): Partial<Policy> {
  const { timeout, cpuTime, memory, cpus, validator, audit } = flags;
  return {
    ...(timeout !== undefined && { timeoutMs: parseDuration(timeout, "--timeout") }),
    ...(cpuTime !== undefined && { cpuTimeMs: parseDuration(cpuTime, "--cpu-time") }),
    ...(memory !== undefined && { memoryBytes: parseSize(memory, "--memory") }),
    ...(cpus !== undefined && { cpus: parseCpus(cpus) }),
    ...(validator !== undefined && { validator: validator as ValidatorMode }),
    ...(audit !== undefined && { audit: audit as AuditMode }),
  };
}

function parseCpus(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new ConfigError(`--cpus: "${text.slice(0, 40)}" is not a number; write it like 0.5 or 2`);
  return Number(text);
}

function splitNames(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
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

function append(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}
