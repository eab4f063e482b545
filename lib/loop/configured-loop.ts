import { extname, resolve } from "node:path";
import type { LoopConfig } from "../config/loop-settings.ts";
import type { Environment } from "../config/substitute.ts";
import { ConfigError } from "../errors.ts";
import { readLimited, refuse } from "../host/read-file.ts";
import { csvUntil } from "../inputs/csv-until.ts";
import { type InputKind, parseInput } from "../inputs/parse-input.ts";
import type { Policy } from "../policy/policy.ts";
import type { RunLimits } from "../policy/resolve-policy.ts";
import type { PoolOptions } from "../pool/options.ts";
import type { Value } from "../values/types.ts";
import type { LoopOptions } from "./options.ts";
import { createChatProposer } from "./propose/chat.ts";
import { createFolderProposer, readPythonFolder } from "./propose/folder.ts";
import { createGeneticProposer } from "./propose/genetic.ts";
import { interleaveCode } from "./propose/interleave.ts";
import type { Proposer } from "./proposer.ts";
import { createSignalScore } from "./score/signal-score.ts";
import { valueScore } from "./score/value-score.ts";

/** A loop as a configuration describes it: all of `createLoop`'s options but the executor, and what the executor should be like. */
export interface ConfiguredLoop {
  readonly options: Omit<LoopOptions, "executor">;
  /** Where candidates run. */
  readonly sandbox: LoopConfig["sandbox"];
  /** Limits for the executor itself, so that its pool fits the runs. */
  readonly policy: Partial<Policy>;
  readonly pool: PoolOptions | null;
}

const mostConfigBytes = 256 * 1024;
const mostTemplateBytes = 4 * 1024 * 1024;
const mostInputBytes = 256 * 1024 * 1024;
const kinds: Readonly<Record<string, InputKind>> = { ".csv": "csv", ".json": "json", ".npy": "npy" };

/**
 * Reads the configuration of a loop, and all files that it names; their paths are relative to its own.
 *
 * @throws ConfigError in one line, with file, line and path.
 * @example
 * const { options, policy, pool } = await loadLoop("spec/examples/loop/momentum.yaml");
 * await using executor = createExecutor({ policy, ...(pool !== null && { pool }) });
 * const { champions } = await createLoop({ ...options, executor }).run();
 */
export async function loadLoop(
  path: string,
  environment: Environment = process.env,
): Promise<ConfiguredLoop> {
  const text = await readText(path, "the configuration of a loop", mostConfigBytes);
  // Only here, since yaml comes with it.
  const { parseLoopConfig } = await import("../config/loop-config.ts");
  const config = parseLoopConfig(text, path, environment);
  const at = (file: string): string => resolve(path, "..", file);
  const proposer = await toProposer(config, at, environment);
  const data = await readData(config, at);
  const { sandbox, concurrency, budget, returns, champions, attempts, journal, pool } = config;
  const policy = toPolicy(config.limits);
  const options: ConfiguredLoop["options"] = {
    propose: proposer,
    ...data,
    returns,
    budget: { candidates: budget.candidates, timeMs: budget.time ?? Number.POSITIVE_INFINITY },
    limits: policy,
    journal: journal === null ? null : at(journal),
    identity: await identify(config, at),
    concurrency,
    champions,
    maxAttempts: attempts,
  };
  return { options, sandbox, policy, pool };
}

type Locate = (file: string) => string;

/** What results depend on; the rest may change between two processes that work on one journal. */
async function identify({ score, proposer, intruders, holdout }: LoopConfig, at: Locate): Promise<string> {
  const template = proposer.kind === "genetic" ? await readTemplate(at(proposer.template)) : null;
  const foreign = intruders === null ? [] : await readPythonFolder(at(intruders.folder));
  return JSON.stringify([score, proposer, template, intruders, foreign, holdout]);
}

async function toProposer(
  { proposer, intruders }: LoopConfig,
  at: Locate,
  environment: Environment,
): Promise<Proposer> {
  const main = await toMainProposer(proposer, at, environment);
  if (intruders === null) return main;
  return interleaveCode(main, await readPythonFolder(at(intruders.folder)), intruders.every);
}

async function toMainProposer(
  config: LoopConfig["proposer"],
  at: Locate,
  environment: Environment,
): Promise<Proposer> {
  switch (config.kind) {
    case "genetic":
      return createGeneticProposer({ ...config, template: await readTemplate(at(config.template)) });
    case "folder":
      return createFolderProposer(at(config.folder));
    case "chat": {
      const { kind: _kind, timeout, ...rest } = config;
      return createChatProposer({ ...rest, timeoutMs: timeout, environment });
    }
    default:
      return config satisfies never;
  }
}

async function readData(
  { inputs: files, holdout, score }: LoopConfig,
  at: Locate,
): Promise<Pick<LoopOptions, "inputs" | "score" | "holdout">> {
  const cut = holdout !== null && "after" in holdout ? holdout : null;
  const apart = holdout !== null && "inputs" in holdout ? holdout : null;
  const inputs = await readInputs(files, at, cut);
  const later = holdout === null ? null : await readInputs(apart?.inputs ?? files, at, null);
  if (score.kind === "signal") {
    const scored = createSignalScore({ ...score, inputs, holdoutInputs: later });
    return { inputs, ...scored };
  }
  if (cut !== null)
    throw new ConfigError(
      "holdout.after: a score of kind value would count the days before it too; use kind signal, or holdout.inputs",
    );
  const byValue = valueScore(score.value);
  const kept = later === null ? null : { inputs: later, score: byValue, of: apart?.of ?? ("best" as const) };
  return { inputs, score: byValue, holdout: kept };
}

async function readInputs(
  files: Readonly<Record<string, string>>,
  at: Locate,
  cut: { readonly after: string; readonly column: string } | null,
): Promise<Record<string, Value>> {
  const inputs: Record<string, Value> = {};
  for (const [name, file] of Object.entries(files)) {
    const what = `input "${name}"`;
    const kind = kinds[extname(file).toLowerCase()];
    if (kind === undefined)
      throw refuse(file, { what }, `it ends with none of ${Object.keys(kinds).join(", ")}`);
    const bytes = await readLimited(at(file), { what, mostBytes: mostInputBytes });
    const isCut = cut !== null && kind === "csv";
    const kept = isCut ? csvUntil(bytes, name, { column: cut.column, day: cut.after }) : bytes;
    inputs[name] = parseInput(kind, kept, name);
  }
  return inputs;
}

function toPolicy({ timeout, cpuTime, memory, cpus }: LoopConfig["limits"]): RunLimits {
  return {
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(cpuTime !== undefined && { cpuTimeMs: cpuTime }),
    ...(memory !== undefined && { memoryBytes: memory }),
    ...(cpus !== undefined && { cpus }),
  };
}

function readTemplate(path: string): Promise<string> {
  return readText(path, "a template", mostTemplateBytes);
}

async function readText(path: string, what: string, mostBytes: number): Promise<string> {
  const bytes = await readLimited(path, { what, mostBytes });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse(path, { what }, "it is not UTF-8");
  }
}
