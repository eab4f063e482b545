/**
 * What the host and the supervisor inside the container say to each other, over the container's stdin and stdout.
 *
 * Host to supervisor, once, or in a session once for each cell: a frame `J` with the {@link JobHeader}, then, unframed, exactly `inputBytes` bytes of encoded
 * input values, then the bytes of each entry of `files` in order. After that stdin stays open and silent: its end
 * means that whoever asked is gone, and the supervisor kills everything and exits.
 *
 * Supervisor to host: frames only. A frame is one ASCII letter, the length of its payload as an unsigned 32-bit
 * big-endian number, and the payload. Order: `C` where the host asked for it, `R`, then (after the job) `S`, some milliseconds late or with the next, then `O`, `E` and `V` as they come,
 * then `A` with its `B`s for each artifact, then `X`, always the last. In a session the next job may come after an `X`
 * that says `isKept`, and all but `R` begins anew; nothing is said in between.
 */

/** Raised whenever either side of the protocol changes; the host refuses a supervisor that says another number. */
export const protocolVersion = 4;

/** Exit code of the supervisor, and so of its container, when its stdin ended: whoever asked for the run seemed gone. */
export const hangUpExitCode = 3;

/** Bytes of a frame's header: the kind's letter and the payload's length. */
export const frameHeaderBytes = 5;

/** The longest payload that the supervisor may send in one frame; longer data goes in several. */
export const maxFrameBytes: number = 1024 * 1024;

/** The longest {@link JobHeader} that the supervisor reads, as JSON; the code is most of it. */
export const maxJobHeaderBytes: number = 16 * 1024 * 1024;

/** The frames of the supervisor, by letter. */
export const frameKinds: Readonly<Record<string, FrameKind>> = {
  C: "codes",
  R: "ready",
  S: "started",
  O: "stdout",
  E: "stderr",
  V: "outcome",
  A: "artifact",
  B: "artifact-bytes",
  X: "report",
};

/** The name of a frame that the supervisor can send. */
export type FrameKind =
  | "codes"
  | "ready"
  | "started"
  | "stdout"
  | "stderr"
  | "outcome"
  | "artifact"
  | "artifact-bytes"
  | "report";

/** What the supervisor needs to run one piece of code. Sent as JSON in the frame `J`. */
export interface JobHeader {
  readonly protocol: number;
  /** Python source text. */
  readonly code: string;
  /** The name that tracebacks show, for example `momentum.py`. */
  readonly fileName: string;
  /** Names of the globals that come back; those that do not exist are listed as missing. */
  readonly returns: readonly string[];
  /** Bytes of the encoded input values that follow this frame; 0 for none. They become globals of the code. */
  readonly inputBytes: number;
  /** Files that follow the input values; written below `/tmp/in` before the code starts. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly limits: JobLimits;
  /** What the audit hook beside the code does about a forbidden act: stop it, only tell of it, or not be there. */
  readonly audit: "deny" | "report" | "off";
}

/** The limits that the supervisor enforces inside the container; the host enforces the same again from outside. */
export interface JobLimits {
  /** Wall time of the code, milliseconds. */
  readonly timeoutMs: number;
  /** CPU time of the code and all its processes, milliseconds; null for no limit besides wall time. */
  readonly cpuTimeMs: number | null;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** The encoded result values, bytes; what else the outcome says is capped by itself. */
  readonly resultBytes: number;
  readonly artifactCount: number;
  /** One artifact, bytes. */
  readonly artifactFileBytes: number;
  /** All artifacts together, bytes. */
  readonly artifactBytes: number;
  /** Folders below `/tmp/out` that are looked into, the top one not counted. */
  readonly artifactDepth: number;
  /** RLIMIT_FSIZE of the code, bytes. */
  readonly fileBytes: number;
  /** RLIMIT_NOFILE of the code. */
  readonly openFiles: number;
}

/** The supervisor's modules as the image's own Python compiled them. */
export interface CompiledModules {
  /** Python's magic number, in hexadecimal: others cannot read them. */
  readonly magic: string;
  /** Where in `bytes` each module begins and ends. */
  readonly places: Readonly<Record<string, readonly [number, number]>>;
  readonly bytes: Uint8Array;
}

/** Payload of `R`: the supervisor is hardened, has imported what it should, and waits for a job. */
export interface ReadyFrame {
  readonly protocol: number;
  /** For example `3.11.2`. */
  readonly python: string;
  /** Version of each module that was imported ahead. */
  readonly preloaded: Readonly<Record<string, string>>;
  /** Modules that should have been imported ahead but are not in the image. */
  readonly missing: readonly string[];
  /** False once PID 1 cannot be read through /proc by the code that it runs. */
  readonly dumpable: boolean;
}

/** Payload of `A`: a file from `/tmp/out`, whose bytes follow in `B` frames. */
export interface ArtifactFrame {
  /** Relative to `/tmp/out`, with `/` between folders. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * What the child writes to its own result pipe, relayed in `V` frames: a 32-bit big-endian length, this as JSON,
 * and the encoded values. It comes from the process that ran the code, so it proves nothing but what the code chose to say.
 */
export interface ChildOutcome {
  readonly status: "ok" | "error" | "result-limit";
  readonly exception: PythonException | null;
  /** Bytes of the encoded values that follow. */
  readonly valueBytes: number;
  /** Names asked for that the code did not define. */
  readonly missing: readonly string[];
  /** What the audit hook saw; empty where there is no hook. */
  readonly auditEvents: readonly AuditEvent[];
}

/** An exception that ended the code. Every text is capped by the supervisor's child. */
export interface PythonException {
  /** Class name, with its module unless that is `builtins` or `__main__`; for example `ZeroDivisionError`. */
  readonly type: string;
  readonly message: string;
  /** As Python prints it, with the code's own source lines and without the supervisor's frames. */
  readonly traceback: string;
  /** 1-based line of the innermost frame in the code's own file, or null. */
  readonly line: number | null;
}

/** Something that the audit hook saw and, where `denied`, stopped. The process that ran the code tells it, so it can hide some and invent others. */
export interface AuditEvent {
  /** The name that Python gives it, for example `os.system`; `more` for all that came after the first hundred different ones. */
  readonly event: string;
  /** The program, host, path or module that it was about, without arguments or values; at most 230 characters of ASCII, maybe none. */
  readonly detail: string;
  readonly denied: boolean;
  /** 1-based line of the code's own file from which it came, or null. */
  readonly line: number | null;
  /** How often the same thing happened on the same line. */
  readonly count: number;
}

/** Why the supervisor itself ended the code; null where the code ended alone. */
export type SupervisorCause = "timeout" | "cpu-timeout" | "output-limit";

/** Payload of `X`: how the code ended, told by the process that watched it. */
export interface ReportFrame {
  /** The code's process waits for the next cell of its session, and has neither exit code nor signal. Always false outside of sessions. */
  readonly isKept: boolean;
  readonly cause: SupervisorCause | null;
  /** With `output-limit`: which cap was reached. */
  readonly limit: "stdout" | "stderr" | "result" | null;
  /** Exit code of the code's process; null where a signal ended it, and where it goes on. */
  readonly exitCode: number | null;
  /** Signal that ended it, for example 9; null where it exited. */
  readonly signal: number | null;
  /** Wall time from fork to end, milliseconds. */
  readonly wallMs: number;
  /** CPU time of the code and its processes, milliseconds. */
  readonly userCpuMs: number;
  readonly systemCpuMs: number;
  /** The largest resident set of any one process of the code, bytes. */
  readonly maxRssBytes: number;
  /** The most that the code added to what was there before it, bytes; null where nothing was measured before it began. */
  readonly peakMemoryBytes: number | null;
  /** The most that was ever charged to the container, bytes; null where the cgroup does not tell. */
  readonly containerPeakBytes: number | null;
  /** The most processes and threads that the container ever had at one time; null where the cgroup does not tell. */
  readonly pids: number | null;
  /** How long, during the job, the container had to wait for its share of the processor, milliseconds; null where the cgroup does not tell. */
  readonly throttledMs: number | null;
  /** In how many of the scheduler's periods. */
  readonly throttledPeriods: number | null;
  /** Processes of this container that the kernel's memory killer ended during the job; null where the cgroup cannot be read. */
  readonly oomKills: number | null;
  /** What the code wrote, counted before the caps. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly droppedArtifacts: readonly DroppedArtifact[];
}

/** Something below `/tmp/out` that did not come back, and why. */
export interface DroppedArtifact {
  readonly path: string;
  readonly reason:
    | "not-a-regular-file"
    | "file-too-large"
    | "too-many"
    | "total-too-large"
    | "too-deep"
    | "unreadable"
    | "bad-name"
    | "time";
}
