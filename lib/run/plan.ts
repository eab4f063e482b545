import type { ContainerSpec, EngineClient } from "../../engine-api/mod.ts";
import { formatSize } from "../config/units.ts";
import { ConfigError } from "../errors.ts";
import type { HarnessLaunch, HarnessSource } from "../harness/harness-source.ts";
import type { Job } from "../harness/job.ts";
import { maxJobHeaderBytes } from "../harness/protocol.ts";
import { containerName, currentOwner, poolLabel, runLabels, sessionLabel } from "../ownership.ts";
import { hashPolicy, toContainerSpec } from "../policy/container-spec.ts";
import type { Policy } from "../policy/policy.ts";
import { encodeValues } from "../values/encode.ts";
import type { Value } from "../values/types.ts";
import type { ContainerPlan } from "./drive.ts";

/** What goes into a run besides its code. */
export interface JobOptions {
  /** Values that become globals of the code, by name. */
  readonly inputs?: Readonly<Record<string, Value>>;
  /** Files to lay below `/tmp/in`, by relative path with `/`. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** Names of the globals that come back. @default ["signal", "result"], those of them that exist */
  readonly returns?: readonly string[];
  /** The name that tracebacks show. @default "main.py" */
  readonly fileName?: string;
}

/** What comes back where the caller named nothing. */
export const defaultReturns: readonly string[] = ["signal", "result"];

/** How long after its last limit a container may exist before a sweeper may take it, milliseconds. */
const deadlineSlackMs = 120_000;

const maxCodeBytes = 4 * 1024 * 1024;

/**
 * A job from what the caller gave.
 *
 * @throws ConfigError for anything that cannot be used; `TypeError` where the code is no text.
 */
export function toJob(code: string, options: JobOptions, policy: Policy): Job {
  checkCode(code);
  const files = new Map(
    Object.entries(options.files ?? {}).map(([path, content]) => [path, toBytes(content)]),
  );
  checkFiles(files, policy);
  const returns = options.returns ?? defaultReturns;
  checkNames(returns, "returns");
  checkNames(Object.keys(options.inputs ?? {}), "inputs");
  return {
    header: {
      code,
      fileName: checkFileName(options.fileName ?? "main.py"),
      returns,
      limits: toLimits(policy),
      audit: policy.audit,
    },
    inputs:
      options.inputs === undefined || Object.keys(options.inputs).length === 0
        ? []
        : encodeValues(options.inputs),
    files,
  };
}

/** What containers of one executor are made of. */
export interface ContainerRecipe {
  readonly client: EngineClient;
  /** The image's id. */
  readonly image: string;
  /** The supervisor for each of them. */
  readonly harness: Pick<HarnessSource, "next">;
  /** The profile that the policy calls `python`, as JSON text. */
  readonly pythonSeccomp: string;
  /** False where the Engine is trusted to have applied what it was asked for. */
  readonly isInspected: boolean;
}

/** The plan of a container for one job. */
export function planContainer(recipe: ContainerRecipe, policy: Policy, runId: string): ContainerPlan {
  const { client, isInspected } = recipe;
  const { command, program, onCodes } = recipe.harness.next();
  const spec = specOf(recipe, policy, command, labelsOf(recipe, policy, { runId, waitMs: 0 }));
  return { client, name: containerName(runId), spec, program, onCodes, isInspected };
}

/** While only our own supervisor runs, and imports what the code will need, the container has a whole processor. */
const primingCpus = 1;

/** How long a container that waited may take to say that it took up its job, milliseconds: longer, and somebody froze it. */
const takeUpMs = 10_000;

/**
 * The plan of a container that waits for a job.
 *
 * @param waiting.waitMs how long it may wait.
 * @param waiting.poolId a label, by which its events are known.
 */
export function planAhead(
  recipe: ContainerRecipe,
  policy: Policy,
  { runId, waitMs, poolId }: { readonly runId: string; readonly waitMs: number; readonly poolId: string },
): ContainerPlan {
  const labels = { ...labelsOf(recipe, policy, { runId, waitMs }), [poolLabel]: poolId };
  return { ...planPrimed(recipe, policy, runId, labels), takeUpMs };
}

/**
 * The plan of a container for the cells of a session.
 *
 * @param session.untilMs when the session must be over, milliseconds since 1970.
 */
export function planSession(
  recipe: ContainerRecipe,
  policy: Policy,
  session: { readonly runId: string; readonly sessionId: string; readonly untilMs: number },
): ContainerPlan {
  const { runId, sessionId } = session;
  const waitMs = Math.max(0, session.untilMs - Date.now());
  const labels = { ...labelsOf(recipe, policy, { runId, waitMs }), [sessionLabel]: sessionId };
  return planPrimed(recipe, policy, runId, labels);
}

/** With a whole processor until the supervisor is ready, and then with what the policy says. */
function planPrimed(
  recipe: ContainerRecipe,
  policy: Policy,
  runId: string,
  labels: Readonly<Record<string, string>>,
): ContainerPlan {
  const { client, isInspected } = recipe;
  const { command, program, onCodes } = recipe.harness.next();
  const clampTo = policy.cpus < primingCpus ? specOf(recipe, policy, command, labels) : null;
  const spec = specOf(recipe, { ...policy, cpus: Math.max(policy.cpus, primingCpus) }, command, labels);
  return { client, name: containerName(runId), spec, program, onCodes, isInspected, clampTo };
}

/** Runs whose policies agree in this can have each other's containers. */
export function containerKey({ image, pythonSeccomp }: ContainerRecipe, policy: Policy): string {
  return hashPolicy(policy, { image, pythonSeccomp });
}

function specOf(
  { image, pythonSeccomp }: ContainerRecipe,
  policy: Policy,
  command: HarnessLaunch["command"],
  labels: Readonly<Record<string, string>>,
): ContainerSpec {
  return toContainerSpec(policy, { image, command, labels, pythonSeccomp });
}

function labelsOf(
  recipe: ContainerRecipe,
  policy: Policy,
  { runId, waitMs }: { readonly runId: string; readonly waitMs: number },
): Record<string, string> {
  return runLabels({
    runId,
    owner: currentOwner(),
    policyHash: containerKey(recipe, policy),
    deadlineMs: Date.now() + waitMs + policy.timeoutMs + policy.graceMs + deadlineSlackMs,
  });
}

function toLimits(policy: Policy): Job["header"]["limits"] {
  return {
    timeoutMs: policy.timeoutMs,
    cpuTimeMs: policy.cpuTimeMs,
    stdoutBytes: policy.stdoutBytes,
    stderrBytes: policy.stderrBytes,
    resultBytes: policy.resultBytes,
    artifactCount: policy.artifactCount,
    artifactFileBytes: policy.artifactFileBytes,
    artifactBytes: policy.artifactBytes,
    artifactDepth: policy.artifactDepth,
    fileBytes: policy.tmpBytes,
    openFiles: policy.openFiles,
  };
}

function checkCode(code: unknown): void {
  if (typeof code !== "string") throw new TypeError("the code must be a string");
  if (!code.isWellFormed())
    throw new ConfigError("the code holds half a surrogate pair, which no UTF-8 text can");
  if (Buffer.byteLength(code) > maxCodeBytes)
    throw new ConfigError(`the code is longer than ${formatSize(maxCodeBytes)}`);
  if (Buffer.byteLength(JSON.stringify(code)) > maxJobHeaderBytes * 0.75)
    throw new ConfigError("the code holds too many control characters to be sent");
}

function checkFiles(files: ReadonlyMap<string, Uint8Array>, policy: Policy): void {
  let total = 0;
  for (const [path, bytes] of files) {
    total += bytes.length;
    const parts = path.split("/");
    if (
      path.includes("\0") ||
      path.length > 1024 ||
      parts.some((part) => part === "" || part === "." || part === "..")
    ) {
      throw new ConfigError(`files: "${path.slice(0, 100)}" must be a relative path without "." and ".."`);
    }
    // "a" and "a/b" cannot both be: one is a file, the other needs a folder of the same name.
    for (let end = parts.length - 1; end > 0; end--) {
      const parent = parts.slice(0, end).join("/");
      if (files.has(parent))
        throw new ConfigError(`files: "${parent}" is a file, so "${path}" cannot be below it`);
    }
  }
  if (total > policy.tmpBytes) {
    throw new ConfigError(
      `files: ${formatSize(total)} do not fit into the ${formatSize(policy.tmpBytes)} of /tmp; raise tmpBytes`,
    );
  }
}

function checkNames(names: readonly string[], what: string): void {
  for (const name of names) {
    if (!/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name))
      throw new ConfigError(`${what}: "${name.slice(0, 60)}" is not a Python name`);
  }
}

function checkFileName(name: string): string {
  if (!/^[\w .,+@()-]{1,200}$/u.test(name))
    throw new ConfigError(`fileName: "${name.slice(0, 60)}" must be a plain file name`);
  return name;
}

function toBytes(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
