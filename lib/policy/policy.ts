/**
 * What a run may use and how its container is locked down. Network none, a read-only root, no capabilities, no new privileges and
 * never privileged are not options. Without a container, where an executor is told to do that, none of this is a lock-down.
 */
export interface Policy {
  /** Memory of the container, bytes; swap is forbidden. @default 2147483648 (2 GiB) */
  readonly memoryBytes: number;
  /** Share of the machine's processors; 0.5 is half of one. @default 0.5 */
  readonly cpus: number;
  /** Processes and threads in the container. @default 64 */
  readonly maxProcesses: number;
  /** Wall time of the code, milliseconds. @default 600000 */
  readonly timeoutMs: number;
  /** CPU time of the code and all its processes, milliseconds; null for no limit besides wall time. @default null */
  readonly cpuTimeMs: number | null;
  /** How long after its deadline the supervisor may take to report before the container is killed, milliseconds. @default 2000 */
  readonly graceMs: number;
  /** Size of /tmp, which lives in memory and counts as such, bytes. @default 134217728 (128 MiB), at most a quarter of the memory */
  readonly tmpBytes: number;
  /** Files and folders in /tmp. @default 4096 */
  readonly tmpInodes: number;
  /** Size of /dev/shm, bytes. @default 67108864 (64 MiB), at most an eighth of the memory */
  readonly shmBytes: number;
  /** Open files of a process. @default 256 */
  readonly openFiles: number;
  /** User and group that the container runs as, `uid:gid`, never root. @default "65534:65534" */
  readonly user: string;
  /** OCI runtime, for example `runsc`; null for the Engine's default. @default null */
  readonly runtime: string | null;
  /** Syscall filter: `python` allows what Python with numpy and pandas needs, `engine` is the Engine's default. @default "python" */
  readonly seccomp: SeccompChoice;
  /** What is searched for in the code before a container is made. @default "strict" */
  readonly validator: ValidatorMode;
  /** Modules that the validator lets the code import besides those on its list, each with its submodules. @default [] */
  readonly imports: readonly string[];
  /** What the audit hook beside the code does when it sees a forbidden act: stop it, only tell of it, or not look. @default "deny" */
  readonly audit: AuditMode;
  /** Whether code may run without a container where its executor is told to do that; `forbidden` rules it out. @default "allowed" */
  readonly directExecution: DirectExecution;
  /** Standard output that is kept, bytes; more ends the run. @default 1048576 (1 MiB) */
  readonly stdoutBytes: number;
  /** Standard error that is kept, bytes; more ends the run. @default 1048576 (1 MiB) */
  readonly stderrBytes: number;
  /** Values that come back, encoded, bytes; more ends the run. @default 67108864 (64 MiB) */
  readonly resultBytes: number;
  /** Artifacts that come back; more are dropped and listed. @default 64 */
  readonly artifactCount: number;
  /** One artifact, bytes. @default 16777216 (16 MiB) */
  readonly artifactFileBytes: number;
  /** All artifacts together, bytes. @default 67108864 (64 MiB) */
  readonly artifactBytes: number;
  /** Folders below /tmp/out that are looked into. @default 8 */
  readonly artifactDepth: number;
}

/** Keys of a policy that are one of a few words, and their words from the weakest to the strictest. */
export const modes = {
  seccomp: ["engine", "python"],
  validator: ["off", "basic", "strict"],
  audit: ["off", "report", "deny"],
  directExecution: ["allowed", "forbidden"],
} as const;

/** Limits and modes of the container itself; runs that differ in one of them cannot have each other's containers. */
export const containerLimits = [
  "memoryBytes",
  "cpus",
  "maxProcesses",
  "tmpBytes",
  "tmpInodes",
  "shmBytes",
  "openFiles",
  "seccomp",
] as const;

/** What is done before the first run of an executor to see that its containers hold, from nothing to everything. */
export const verifyModes = ["off", "inspect", "attack"] as const;

/**
 * `inspect` compares each container with what was asked for before it starts, `attack` also lets a set of attacks loose in a container
 * of its own before the first run, and refuses to run anything where one of them gets through.
 */
export type VerifyMode = (typeof verifyModes)[number];

/** The name of a mode. */
export type ModeName = keyof typeof modes;
/** See {@link Policy.seccomp}. */
export type SeccompChoice = (typeof modes)["seccomp"][number];
/** See {@link Policy.validator}. */
export type ValidatorMode = (typeof modes)["validator"][number];
/** See {@link Policy.audit}. */
export type AuditMode = (typeof modes)["audit"][number];
/** See {@link Policy.directExecution}. */
export type DirectExecution = (typeof modes)["directExecution"][number];

const MiB = 1024 ** 2;

/** The limits of the original system, and safe ones where it named none. */
export const defaultPolicy: Policy = {
  memoryBytes: 2048 * MiB,
  cpus: 0.5,
  maxProcesses: 64,
  timeoutMs: 600_000,
  cpuTimeMs: null,
  graceMs: 2000,
  tmpBytes: 128 * MiB,
  tmpInodes: 4096,
  shmBytes: 64 * MiB,
  openFiles: 256,
  user: "65534:65534",
  runtime: null,
  seccomp: "python",
  validator: "strict",
  imports: [],
  audit: "deny",
  directExecution: "allowed",
  stdoutBytes: MiB,
  stderrBytes: MiB,
  resultBytes: 64 * MiB,
  artifactCount: 64,
  artifactFileBytes: 16 * MiB,
  artifactBytes: 64 * MiB,
  artifactDepth: 8,
};

/** The least and the most that a numeric limit may be, and how people read it. */
export interface LimitRange {
  readonly least: number;
  readonly most: number;
  readonly unit: "bytes" | "ms" | "count" | "cpus";
}

const GiB = 1024 * MiB;

/** Below these a Python cannot start or a run cannot end; above them a mistake is likelier than a wish. */
export const limitRanges: Readonly<Record<NumericLimit, LimitRange>> = {
  memoryBytes: { least: 32 * MiB, most: 1024 * GiB, unit: "bytes" },
  cpus: { least: 0.01, most: 1024, unit: "cpus" },
  maxProcesses: { least: 4, most: 32_768, unit: "count" },
  timeoutMs: { least: 10, most: 7 * 24 * 3_600_000, unit: "ms" },
  cpuTimeMs: { least: 10, most: 7 * 24 * 3_600_000, unit: "ms" },
  graceMs: { least: 100, most: 60_000, unit: "ms" },
  tmpBytes: { least: 64 * 1024, most: 64 * GiB, unit: "bytes" },
  tmpInodes: { least: 16, most: 10_000_000, unit: "count" },
  shmBytes: { least: 64 * 1024, most: 64 * GiB, unit: "bytes" },
  openFiles: { least: 32, most: 65_536, unit: "count" },
  stdoutBytes: { least: 1, most: 2 * GiB, unit: "bytes" },
  stderrBytes: { least: 1, most: 2 * GiB, unit: "bytes" },
  resultBytes: { least: 1024, most: 2 * GiB, unit: "bytes" },
  artifactCount: { least: 0, most: 100_000, unit: "count" },
  artifactFileBytes: { least: 0, most: 2 * GiB, unit: "bytes" },
  artifactBytes: { least: 0, most: 2 * GiB, unit: "bytes" },
  artifactDepth: { least: 0, most: 64, unit: "count" },
};

/** The keys of a policy whose value is a number. */
export type NumericLimit = Exclude<keyof Policy, ModeName | "user" | "runtime" | "imports">;
