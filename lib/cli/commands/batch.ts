import type { Command } from "commander";
import type { Config } from "../../config/load-config.ts";
import { ConfigError } from "../../errors.ts";
import { createExecutor, type Executor } from "../../executor.ts";
import { resolvePolicy } from "../../policy/resolve-policy.ts";
import type { PoolOptions } from "../../pool/options.ts";
import { checkJobs } from "../batch/check-jobs.ts";
import { openJobSource } from "../batch/job-source.ts";
import { type Shared, shareOptions } from "../batch/load-job.ts";
import { createReporter, type Reporter } from "../batch/reporter.ts";
import { openResultsFile, type ResultSink } from "../batch/results-file.ts";
import { type BatchEnd, runJobs } from "../batch/run-jobs.ts";
import { createTally, type Tally } from "../batch/tally.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { exitCodeOfError } from "../exit-code-of-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { loadFlaggedConfig, withConfigOptions } from "../input/config-flags.ts";
import { readFiles, readInputs } from "../input/read-inputs.ts";
import { type RunFlags, splitNames, toDirectOptions, toPolicy, withRunOptions } from "../input/run-flags.ts";
import { type MonitorFlag, openMonitorBeside, portOf, withMonitorOption } from "../monitor/monitor-flag.ts";
import type { Output } from "../output/terminal.ts";
import { warnOfWeakness } from "../output/warn-of-weakness.ts";
import type { Outcome } from "../program.ts";
import { withClient } from "../with-client.ts";

interface Flags extends GlobalOptions, RunFlags, MonitorFlag {
  readonly concurrency: string;
  readonly pool?: string;
  readonly preload?: string;
  readonly out?: string;
  readonly resume?: boolean;
}

const help = `
Jobs: in a directory every *.py below it, in the order of their paths; names
that begin with a dot, and links, are left out. In a JSONL file every line, an
object with
  code or file  the Python source, or a path below the JSONL file's folder
  id            by which its result is found; line-N unless given
  inputs        values by name, as JSON
  inputFiles    paths of .csv, .json and .npy files by name
  files         texts, or {"path": "..."}, by their name below /tmp/in
  returns       a list of names
  limits, output, validator, containment
                as in a configuration, only stricter: {"timeout": "5s"}

Results: a line of JSON for each job as it ends, with id, hash, status, message,
values, exception, usage, timings and more. With --out a job is done once its
line is safe on the disk: after any interruption the same command with --resume
does the rest, and nothing twice. A job whose code or options are not what they
were is run again. Files that the code writes are listed, and not kept.

Exit codes: 0 every job is ok, 1 some are not, 2 usage, or jobs that could not
be read, 7 interrupted, 69 no Engine, 70 the sandbox itself failed.

Examples:
  brigbox batch strategies --input prices=prices.csv --out results.jsonl
  brigbox batch jobs.jsonl -n 8 --pool 4 --preload pandas --out results.jsonl`;

/** `brigbox batch DIR|FILE.jsonl` */
export function addBatchCommand(program: Command, context: CliContext, outcome: Outcome): void {
  const command = program.command("batch");
  const source = command.argument("<jobs>", "a directory with Python files, or a JSONL file");
  withMonitorOption(withRunOptions(withConfigOptions(source)))
    .summary("run many Python files in sandboxes, a few at a time")
    .description(
      "Runs many Python files, each in a container of its own, a few at a time, and writes a result line for each.",
    )
    .option("-n, --concurrency <number>", "jobs at the same time", "5")
    .option("--pool <number>", "containers that are started ahead and wait, each for one job (default: 0)")
    .option("--preload <modules>", "what they import before the job comes, for example numpy,pandas")
    .option("-o, --out <file>", "write the result lines here (default: standard output)")
    .option("--resume", "go on with --out where an earlier batch was interrupted")
    .addHelpText("after", help)
    .action(async (path: string, _flags: unknown, own: Command) => {
      outcome.exitCode = await runBatchCommand(path, own.optsWithGlobals<Flags>(), context);
    });
}

async function runBatchCommand(path: string, flags: Flags, context: CliContext): Promise<number> {
  const config = await loadFlaggedConfig(flags, context);
  const concurrency = parseCount(flags.concurrency, "--concurrency", 1000);
  if (concurrency === 0) throw new ConfigError("--concurrency: nothing is run 0 at a time; write it like 5");
  if (flags.resume === true && flags.out === undefined)
    throw new ConfigError("--resume goes on with a file of results; name it with --out");
  const monitorPort = portOf(flags);
  const shared = await readShared(flags, config);
  const { policy } = shared;
  const direct = toDirectOptions(flags, { ...config, policy });
  await warnOfWeakness({ policy, verify: config.verify, ...direct }, context.err);
  const source = await openJobSource(path);
  const total = await checkJobs(source, shared, context.signal);
  if (total === 0) throw new ConfigError(`${path} holds no job: neither a *.py below it nor a line`);

  const tally = createTally();
  const reporter = createReporter(context.err, { total, tally });
  const sink = await openSink(flags, { reporter, out: context.out });
  try {
    if (sink.cutBytes > 0) await reporter.say("! the last result line had been cut, and is made anew");
    const options = executorOptions(flags, { config, shared, concurrency });
    const end = await withClient({ host: flags.host ?? config.endpoint }, async (client) => {
      await using executor = createExecutor({ ...options, ...direct, client });
      const { say } = reporter;
      await using _monitor = await openMonitorBeside(monitorPort, { client, executor, say }, context);
      await warmUp(executor, { reporter, poolSize: options.pool.size, signal: context.signal });
      const { signal } = context;
      return await runJobs({ ...reporter, executor, source, shared, sink, tally, concurrency, signal });
    });
    return await finish(end, { path, flags, total, tally, reporter, sink, context });
  } finally {
    await reporter.clear();
    await sink.close();
  }
}

async function readShared(flags: Flags, config: Config): Promise<Shared> {
  return shareOptions({
    image: flags.image ?? config.image,
    policy: resolvePolicy(toPolicy(flags), config.policy),
    inputs: await readInputs(flags.input),
    files: await readFiles(flags.file),
    returns: flags.returns === undefined ? null : splitNames(flags.returns),
  });
}

function executorOptions(
  flags: Flags,
  {
    config,
    shared,
    concurrency,
  }: { readonly config: Config; readonly shared: Shared; readonly concurrency: number },
) {
  const pool: PoolOptions = {
    ...config.pool,
    ...(flags.pool !== undefined && { size: parseCount(flags.pool, "--pool", 1000) }),
    ...(flags.preload !== undefined && { preload: splitNames(flags.preload) }),
  };
  // Whoever asks for so many at a time does not want them refused for waiting.
  const maxQueued = Math.max(config.admission.maxQueued, concurrency);
  const { policy, image } = shared;
  return { policy, image, pool, verify: config.verify, admission: { ...config.admission, maxQueued } };
}

async function openSink(
  flags: Flags,
  { reporter, out }: { readonly reporter: Reporter; readonly out: Output },
): Promise<ResultSink> {
  if (flags.out !== undefined) return openResultsFile(flags.out, flags.resume === true);
  return {
    earlier: new Map(),
    cutBytes: 0,
    async append(_id, pieces) {
      if (out.isTerminal) await reporter.clear();
      for (const piece of pieces) await out.write(piece);
    },
    tidy: async () => undefined,
    close: async () => undefined,
  };
}

/** What is wrong with the Engine or the image is told once, and not by every job. */
async function warmUp(
  executor: Executor,
  {
    reporter,
    poolSize,
    signal,
  }: { readonly reporter: Reporter; readonly poolSize: number; readonly signal: AbortSignal },
): Promise<void> {
  if (poolSize > 0) await reporter.onPreparation(`${poolSize} containers that wait`);
  await executor.warmUp({ signal });
}

interface Finished {
  readonly path: string;
  readonly flags: Flags;
  readonly total: number;
  readonly tally: Tally;
  readonly reporter: Reporter;
  readonly sink: ResultSink;
  readonly context: CliContext;
}

async function finish(
  end: BatchEnd,
  { path, flags, total, tally, reporter, sink, context }: Finished,
): Promise<number> {
  const isInterrupted = context.signal.aborted && tally.done() + end.failed < total;
  if (!isInterrupted && !end.isGivenUp) await sink.tidy();
  await reporter.summarise();
  if (isInterrupted || end.isGivenUp || end.failed > 0) {
    const why = isInterrupted
      ? "interrupted"
      : end.isGivenUp
        ? "given up, since one after another failed"
        : "over";
    await reporter.say(`brigbox: ${why}: ${tally.done()} of ${total} jobs are done; ${wayOn(path, flags)}`);
  }
  if (isInterrupted) return exitCodes.killed;
  if (end.error !== null) return exitCodeOfError(end.error);
  return tally.totals().every(([status]) => status === "ok") ? exitCodes.ok : exitCodes.error;
}

function wayOn(path: string, { out }: Flags): string {
  return out === undefined
    ? "with --out FILE they could be done without doing these again"
    : `the rest is done by the same command with --resume: brigbox batch ${path} --out ${out} --resume`;
}

function parseCount(text: string, name: string, most: number): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) > most)
    throw new ConfigError(
      `${name}: "${text.slice(0, 40)}" is not a whole number up to ${most}; write it like 5`,
    );
  return Number(text);
}
