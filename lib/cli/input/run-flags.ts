import { type Command, Option } from "commander";
import type { Config } from "../../config/load-config.ts";
import { parseDuration, parseSize } from "../../config/units.ts";
import { checkDirect, type Fallback } from "../../direct/options.ts";
import { ConfigError } from "../../errors.ts";
import type { AuditMode, Policy, ValidatorMode } from "../../policy/policy.ts";
import type { ConfigFlags } from "./config-flags.ts";

/** The flags of all commands that run code: what goes in, and what it may use. */
export interface RunFlags extends ConfigFlags {
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
  readonly unsafeDirect?: boolean;
}

/** Adds these flags to a command. */
export function withRunOptions(command: Command): Command {
  return command
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
    .addOption(unsafeDirectOption());
}

/** The flag that does without containers; no file can say the same. */
export function unsafeDirectOption(): Option {
  return new Option(
    "--unsafe-direct",
    "no container: the code runs on this machine, without any isolation; for code of your own alone",
  );
}

/**
 * Whether and when the executor is to do without containers.
 *
 * @throws ConfigError where the policy or the verification rules out what the flag says.
 */
export function toDirectOptions(
  { unsafeDirect = false }: Pick<RunFlags, "unsafeDirect">,
  config: Pick<Config, "fallback" | "policy" | "verify">,
): { readonly fallback: Fallback; readonly unsafeDirect: boolean } {
  if (unsafeDirect) checkDirect("--unsafe-direct", config);
  return { fallback: config.fallback, unsafeDirect };
}

/** What the flags set. The modes are words here; what they may be, the policy says. @throws ConfigError */
export function toPolicy(flags: RunFlags): Partial<Policy> {
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

/** Names with commas between them. */
export function splitNames(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function parseCpus(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new ConfigError(`--cpus: "${text.slice(0, 40)}" is not a number; write it like 0.5 or 2`);
  return Number(text);
}

function append(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}
