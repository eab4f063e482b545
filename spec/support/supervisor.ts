import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHarness, type DirectLimits } from "../../lib/harness/boot.ts";
import { createFrameDecoder, type HarnessFrame } from "../../lib/harness/frame-decoder.ts";
import { encodeJob } from "../../lib/harness/job.ts";
import { parseArtifact, parseOutcome, parseReady, parseReport } from "../../lib/harness/payloads.ts";
import type {
  ChildOutcome,
  JobHeader,
  JobLimits,
  ReadyFrame,
  ReportFrame,
} from "../../lib/harness/protocol.ts";
import { decodeValues } from "../../lib/values/decode.ts";
import type { Value } from "../../lib/values/types.ts";

/** How a local supervisor is started. */
export interface SupervisorOptions {
  /** @default "python3" */
  readonly python?: string;
  readonly preload?: readonly string[];
  /** As one that waits for its job. @default false */
  readonly isAhead?: boolean;
  /** @default false */
  readonly isSession?: boolean;
  /** As one that runs code directly. @default null */
  readonly direct?: DirectLimits | null;
}

/** The supervisor as a process of this machine: everything but what only PID 1 of a container can do. */
export interface LocalSupervisor {
  /** The folder that takes the place of `/tmp`; gone after `dispose()`. */
  readonly root: string;
  readonly process: ChildProcessWithoutNullStreams;
  /** Complete frames so far; parts of one raw frame are frames of their own. */
  readonly frames: readonly HarnessFrame[];
  /** What it wrote to its own stderr so far. */
  complaints(): string;
  /** Resolves once a frame of this kind came; rejects where the supervisor ends without. */
  waitFor(kind: HarnessFrame["kind"]): Promise<void>;
  /** Its exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Kills it if it still runs, and removes its folder. */
  dispose(): Promise<void>;
}

/** One job for a local supervisor. */
export interface TrialOptions extends SupervisorOptions {
  readonly fileName?: string;
  readonly returns?: readonly string[];
  readonly inputs?: readonly Uint8Array[];
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  readonly limits?: Partial<JobLimits>;
  /** @default "off" */
  readonly audit?: JobHeader["audit"];
}

/** What came of one job. */
export interface Trial {
  readonly ready: ReadyFrame;
  readonly stdout: string;
  readonly stderr: string;
  /** Null where the child did not finish saying how it ended. */
  readonly outcome: ChildOutcome | null;
  readonly values: Readonly<Record<string, Value>>;
  readonly artifacts: ReadonlyMap<string, Buffer>;
  readonly report: ReportFrame;
}

/** Limits wide enough for any trial that is not about them. */
export const wideLimits: JobLimits = {
  timeoutMs: 20_000,
  cpuTimeMs: null,
  stdoutBytes: 1024 ** 2,
  stderrBytes: 1024 ** 2,
  resultBytes: 8 * 1024 ** 2,
  artifactCount: 16,
  artifactFileBytes: 1024 ** 2,
  artifactBytes: 4 * 1024 ** 2,
  artifactDepth: 4,
  fileBytes: 16 * 1024 ** 2,
  openFiles: 256,
};

/** The text of a program in `spec/fixtures/python`. */
export function readProgram(name: string): string {
  return readFileSync(new URL(`../fixtures/python/${name}`, import.meta.url), "utf8");
}

/** The bytes of a job with wide limits. */
export function encodeTrial(code: string, options: TrialOptions = {}): Buffer {
  const { fileName = "main.py", returns = ["result"], inputs = [], files = {}, audit = "off" } = options;
  const header = { code, fileName, returns, limits: { ...wideLimits, ...options.limits }, audit };
  const contents = Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes)] as const);
  return Buffer.concat(encodeJob({ header, inputs, files: new Map(contents) }));
}

/** Starts a supervisor in a folder of its own. */
export function startSupervisor(options: SupervisorOptions = {}): LocalSupervisor {
  const root = mkdtempSync(join(tmpdir(), "brigbox-trial-"));
  // This one makes it by itself.
  if (options.direct) rmdirSync(root);
  const { command, program } = createHarness({ preload: [], ...options, root });
  const [python = "", ...args] = command;
  const child = spawn(python, args, { stdio: "pipe", env: { ...process.env, TMPDIR: root } });
  const decoder = createFrameDecoder();
  const frames: HarnessFrame[] = [];
  let complaints = "";
  child.stdout.on("data", (piece: Buffer) => {
    frames.push(...decoder.push(piece));
    child.emit("frames");
  });
  child.stderr.on("data", (piece: Buffer) => {
    complaints += piece.toString();
  });
  // A supervisor that ended closes its stdin, and what it said before counts.
  child.stdin.on("error", () => undefined);
  child.stdin.write(program);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code));
  });
  return {
    root,
    process: child,
    frames,
    complaints: () => complaints,
    waitFor: (kind) => waitForFrame(child, frames, kind),
    exited,
    async dispose() {
      child.kill("SIGKILL");
      await exited;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Runs one piece of code to its end. @throws Error where the supervisor ended without a report. */
export async function tryCode(code: string, options: TrialOptions = {}): Promise<Trial> {
  const supervisor = startSupervisor(options);
  try {
    supervisor.process.stdin.write(encodeTrial(code, options));
    const exitCode = await supervisor.exited;
    if (supervisor.frames.at(-1)?.kind !== "report")
      throw new Error(`no report, exit code ${exitCode}: ${supervisor.complaints()}`);
    return toTrial(supervisor.frames);
  } finally {
    await supervisor.dispose();
  }
}

/** Puts the frames of a finished job together. @throws HarnessProtocolError for what breaks the protocol. */
export function toTrial(frames: readonly HarnessFrame[]): Trial {
  const bytesOf = (kind: HarnessFrame["kind"]): Buffer =>
    Buffer.concat(frames.filter((frame) => frame.kind === kind).map(({ payload }) => payload));
  const { outcome, values } = readOutcome(bytesOf("outcome"));
  return {
    ready: parseReady(bytesOf("ready")),
    stdout: bytesOf("stdout").toString(),
    stderr: bytesOf("stderr").toString(),
    outcome,
    values,
    artifacts: readArtifacts(frames),
    report: parseReport(bytesOf("report")),
  };
}

function readOutcome(bytes: Buffer): Pick<Trial, "outcome" | "values"> {
  if (bytes.length < 4) return { outcome: null, values: {} };
  const valuesAt = 4 + bytes.readUInt32BE();
  const outcome = parseOutcome(bytes.subarray(4, valuesAt));
  // Typed arrays look into the buffer, which must begin where they expect it.
  const encoded = Uint8Array.from(bytes.subarray(valuesAt));
  return { outcome, values: encoded.length === 0 ? {} : decodeValues(encoded) };
}

function readArtifacts(frames: readonly HarnessFrame[]): ReadonlyMap<string, Buffer> {
  const artifacts = new Map<string, Buffer>();
  let path = "";
  for (const { kind, payload } of frames) {
    if (kind === "artifact") {
      path = parseArtifact(payload).path;
      artifacts.set(path, Buffer.alloc(0));
    }
    if (kind === "artifact-bytes")
      artifacts.set(path, Buffer.concat([artifacts.get(path) ?? Buffer.alloc(0), payload]));
  }
  return artifacts;
}

function waitForFrame(
  child: ChildProcessWithoutNullStreams,
  frames: readonly HarnessFrame[],
  kind: HarnessFrame["kind"],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (frames.some((frame) => frame.kind === kind)) resolve();
    };
    child.on("frames", look).once("close", () => reject(new Error(`it ended without a frame "${kind}"`)));
    look();
  });
}
