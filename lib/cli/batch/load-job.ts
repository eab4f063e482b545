import { createHash } from "node:crypto";
import type { Policy } from "../../policy/policy.ts";
import { tightenPolicy } from "../../policy/resolve-policy.ts";
import { type JobOptions, toJob } from "../../run/plan.ts";
import type { BatchJob } from "../../run/run-batch.ts";
import { encodeValues } from "../../values/encode.ts";
import type { Value } from "../../values/types.ts";
import { readCodeFile } from "../input/read-code.ts";
import { readInputFile, readInputs } from "../input/read-inputs.ts";
import { type JobSpec, readInPlace } from "./parse-job.ts";

/** What all jobs of a batch have in common. */
export interface SharedOptions {
  readonly image: string;
  readonly policy: Policy;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Null for the default. */
  readonly returns: readonly string[] | null;
}

/** The same, with what it adds to the hash of each job. */
export interface Shared extends SharedOptions {
  readonly digests: ReadonlyMap<string, string>;
}

/** A job that can be run. */
export interface LoadedJob extends BatchJob {
  readonly id: string;
  /** Of everything on which its result depends, but for what is in the image. */
  readonly hash: string;
  readonly options: JobOptions;
}

/** Hashes once what all jobs share. */
export function shareOptions(options: SharedOptions): Shared {
  return { ...options, digests: digestsOf(options.inputs, options.files) };
}

/**
 * Finds what can be found wrong with a job without reading its files.
 *
 * @throws ConfigError that says where the job stands.
 */
export function checkSpec(spec: JobSpec, shared: Shared): void {
  readInPlace(() => {
    const { source, limits } = spec;
    const returns = spec.returns ?? shared.returns;
    const options: JobOptions = {
      inputs: { ...withNothing(shared.inputs), ...spec.inputs, ...withNothing(spec.inputPaths) },
      files: { ...shared.files, ...mapFiles(spec.files) },
      ...(returns !== null && { returns }),
    };
    toJob("code" in source ? source.code : "pass", options, tightenPolicy(shared.policy, limits));
  }, spec.at);
}

/** The names are checked here, and encoding the values of all jobs for each of them would take long. */
function withNothing(named: Readonly<Record<string, unknown>>): Record<string, null> {
  return Object.fromEntries(Object.keys(named).map((name) => [name, null]));
}

function mapFiles(files: JobSpec["files"]): Record<string, string> {
  const entries = Object.entries(files);
  return Object.fromEntries(
    entries.map(([name, content]) => [name, typeof content === "string" ? content : ""]),
  );
}

/**
 * Reads a job's code and files, and joins them with what all jobs share; what the job says itself wins.
 *
 * @throws ConfigError that says where the job stands.
 */
export async function loadJob(spec: JobSpec, shared: Shared): Promise<LoadedJob> {
  try {
    return await readJob(spec, shared);
  } catch (error) {
    return readInPlace<never>(() => {
      throw error;
    }, spec.at);
  }
}

async function readJob({ id, source, ...spec }: JobSpec, shared: Shared): Promise<LoadedJob> {
  const code =
    "code" in source ? { text: source.code, fileName: "main.py" } : await readCodeFile(source.path);
  const own = {
    inputs: { ...spec.inputs, ...(await readInputs(toPairs(spec.inputPaths))) },
    files: await readFileContents(spec.files),
  };
  const returns = spec.returns ?? shared.returns;
  const options: JobOptions = {
    inputs: { ...shared.inputs, ...own.inputs },
    files: { ...shared.files, ...own.files },
    fileName: code.fileName,
    ...(returns !== null && { returns }),
  };
  const digests = new Map([...shared.digests, ...digestsOf(own.inputs, own.files)]);
  const policy = tightenPolicy(shared.policy, spec.limits);
  const hash = hashOf({
    ...code,
    returns,
    image: shared.image,
    policy: sorted(policy),
    data: [...digests].sort(),
  });
  return { id, hash, code: code.text, options: { ...options, ...spec.limits } };
}

async function readFileContents(files: JobSpec["files"]): Promise<Record<string, Uint8Array>> {
  const read: [string, Uint8Array][] = [];
  for (const [name, content] of Object.entries(files))
    read.push([name, typeof content === "string" ? Buffer.from(content) : await readInputFile(content.path)]);
  return Object.fromEntries(read);
}

function toPairs(paths: Readonly<Record<string, string>>): string[] {
  return Object.entries(paths).map(([name, path]) => `${name}=${path}`);
}

function digestsOf(
  inputs: Readonly<Record<string, Value>>,
  files: Readonly<Record<string, Uint8Array>>,
): Map<string, string> {
  return new Map([
    ...Object.entries(inputs).map(([name, value]) => digestOf(`input ${name}`, encodeValues({ value }))),
    ...Object.entries(files).map(([name, bytes]) => digestOf(`file ${name}`, [bytes])),
  ]);
}

function digestOf(key: string, pieces: readonly Uint8Array[]): [string, string] {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return [key, hash.digest("hex")];
}

function sorted(policy: Policy): readonly (readonly [string, unknown])[] {
  return Object.entries(policy).sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Half of a SHA-256 is far more than enough to tell a job from what it was. */
function hashOf(facts: object): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 32);
}
