import type { AuditEvent, DroppedArtifact, PythonException } from "./harness/protocol.ts";
import type { Violation } from "./validator/violation.ts";
import type { Value } from "./values/types.ts";

/** How a run ended. Every status has the same keys in its {@link RunResult}. */
export type RunStatus =
  | "ok"
  | "error"
  | "rejected"
  | "timeout"
  | "cpu-timeout"
  | "oom"
  | "output-limit"
  | "killed"
  | "cancelled";

/** All statuses, in the order in which the documentation lists them. */
export const runStatuses: readonly RunStatus[] = [
  "ok",
  "error",
  "rejected",
  "timeout",
  "cpu-timeout",
  "oom",
  "output-limit",
  "killed",
  "cancelled",
];

/**
 * One run, whatever became of it: the same keys for every status.
 *
 * @example
 * const result = await executor.run("result = 6 * 7");
 * if (result.status === "ok") console.log(result.values.result); // 42
 */
export interface RunResult {
  readonly runId: string;
  readonly status: RunStatus;
  /** One sentence that says what happened, for people. */
  readonly message: string;
  /** What the validator found, in the order of the text; empty unless the status is `rejected`. */
  readonly violations: readonly Violation[];
  /** What came back, by name; empty unless the status is `ok`. */
  readonly values: Readonly<Record<string, Value>>;
  /** Names asked for that the code did not define. */
  readonly missing: readonly string[];
  /** The exception that ended the code, if one did. */
  readonly exception: PythonException | null;
  /** UTF-8 text, at most `stdoutBytes` of it; what is not UTF-8 shows as U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
  /** Regular files that the code left below `/tmp/out`. */
  readonly artifacts: readonly Artifact[];
  readonly droppedArtifacts: readonly DroppedArtifact[];
  readonly auditEvents: readonly AuditEvent[];
  readonly evidence: Evidence;
  readonly usage: Usage;
  readonly timings: Timings;
  /**
   * What was removed and how that was confirmed; null until `cleaned` resolves, where no container was made, and for a cell of a session
   * whose container goes on.
   */
  readonly cleanup: CleanupReport | null;
  /**
   * `container` where it had one to itself, `session` where it shared one with the other cells of a session, `none` where nothing was started
   * and where code ran directly, which `evidence.start` tells.
   */
  readonly isolation: "container" | "session" | "none";
  /** Which cell of which session this was; null for a run of its own. */
  readonly session: SessionCell | null;
}

/** A cell's place in its session. */
export interface SessionCell {
  /** The session's id. */
  readonly id: string;
  /** 1 for the session's first cell; rejected ones count too. */
  readonly cell: number;
  /** True where no cell had run in its interpreter before: nothing of what earlier cells made was there. */
  readonly isFresh: boolean;
  /** True where the interpreter ended with this cell: nothing of what this one and those before it made is left for the next. */
  readonly stateLost: boolean;
}

/** A file that the code wrote below `/tmp/out`. */
export interface Artifact {
  /** Relative, with `/` between folders, never absolute, never with `..`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What the verdict rests on. */
export interface Evidence {
  /** What ended the run first. */
  readonly cause: string;
  /** Which cap was reached, for `output-limit`. */
  readonly limit: "stdout" | "stderr" | "result" | null;
  /** Of the code's own process, as its supervisor saw it; in a container that waited, what the process said that it would leave with. */
  readonly exitCode: number | null;
  readonly signal: number | null;
  /** Processes that the kernel's memory killer ended in the container; null where unknown. */
  readonly oomKills: number | null;
  /**
   * Of the container's PID 1, as the Engine saw it; null where it was not seen, and in a result that did not wait for the cleanup. Without a
   * container that of the supervisor.
   */
  readonly containerExitCode: number | null;
  /** The Engine saw the kernel's memory killer at work in the container; null where unknown. */
  readonly engineOom: boolean | null;
  readonly containerId: string | null;
  readonly containerName: string | null;
  /**
   * `warm` where the container was started ahead and waited for a job, `cold` where it was made for this one, `session` where it is the one
   * of a session, `direct` where the code ran as a process of this machine with no container around it, null where nothing was started.
   */
  readonly start: "cold" | "warm" | "session" | "direct" | null;
  /** The image's id (`sha256:...`), by which the container was made. */
  readonly image: string | null;
  readonly python: string | null;
}

/** What the run used. Null where it could not be measured. */
export interface Usage {
  readonly wallMs: number | null;
  readonly userCpuMs: number | null;
  readonly systemCpuMs: number | null;
  /** The largest resident set of any one process, with what was there before the code: the interpreter, and what a pool preloaded. */
  readonly maxRssBytes: number | null;
  /**
   * The most that the code added, at one time, to what was there right before it began, its inputs included: of all its processes together,
   * with the files that it wrote into `/tmp` and `/dev/shm`, and the copies that were made of its values to send them; without what the kernel
   * keeps of files that were read. The kernel's own count, to some hundred KiB. Null where the code never began.
   *
   * Where the kernel's peak is an older one (of an earlier cell of the session), or is not told (before Linux 5.19 on cgroup v2), it is that of
   * the largest single process, or what was seen at intervals of a twentieth of the time gone by, 2 to 50 ms, whichever is more: what other
   * processes, and files that are gone again, held for less than that is missing. Under gVisor, and without a container, it is that of
   * the largest process; in sessions under gVisor it is null.
   */
  readonly peakMemoryBytes: number | null;
  /**
   * The most that was charged to the whole container since its start, the supervisor and cached files included: what `memoryBytes` limits.
   * Null where the kernel does not tell (before Linux 5.19 on cgroup v2, under gVisor, without a container).
   */
  readonly containerPeakBytes: number | null;
  /**
   * The most processes and threads that the whole container had at one time since its start: what `pids` limits. The start itself and the
   * supervisor are counted, so it is seldom below 5. Null where the kernel does not tell (before Linux 6.1, under gVisor, without a container).
   */
  readonly pids: number | null;
  /**
   * How long the container had to wait for its share of the processor while the code ran, its processors added up, milliseconds; null where
   * the kernel does not tell.
   */
  readonly throttledMs: number | null;
  /** In how many of the scheduler's periods, mostly of 100 ms, it had to. */
  readonly throttledPeriods: number | null;
  /** Of the values that came back, as they were sent. */
  readonly resultBytes: number;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

/** Where the time went, milliseconds; 0 for a phase that did not take place. */
export interface Timings {
  /** The search of the code. */
  readonly validateMs: number;
  /** Waiting for its turn, and in an executor's first run for the image to be looked up. */
  readonly queueMs: number;
  /** The container is made, and what the Engine applied is read back. */
  readonly createMs: number;
  /** Streams are attached, and the Engine starts the container; without one, the interpreter is started. */
  readonly startMs: number;
  /** The supervisor gets ready. */
  readonly readyMs: number;
  /** From the job on its way to the supervisor's last word. */
  readonly runMs: number;
  /** From there to the verdict. */
  readonly collectMs: number;
  /** From the verdict to the container gone; 0 while that is not known. */
  readonly cleanupMs: number;
  readonly totalMs: number;
}

/**
 * How a container was removed, and that it is gone. Without one it is about the run's processes and its folder: `remove` where the supervisor
 * ended by itself, `kill-remove` where it was killed.
 */
export interface CleanupReport {
  /** The strategy after which the Engine said that the container is gone; `none` where there was nothing to remove. */
  readonly strategy: "none" | "remove" | "force-remove" | "kill-remove";
  /** True once the Engine answered that it knows the container no more; without one, once no process was left that is known, and no folder. */
  readonly isConfirmed: boolean;
  readonly attempts: readonly CleanupAttempt[];
  /** Of the container's PID 1, as the Engine saw it; null where it was not seen. */
  readonly containerExitCode: number | null;
  readonly cleanupMs: number;
}

/** One strategy tried. */
export interface CleanupAttempt {
  readonly strategy: "remove" | "force-remove" | "kill-remove";
  /** `absent`: the Engine had no such container when it was told to remove it, and has none. */
  readonly outcome: "gone" | "absent" | "failed";
  /** Why it failed, in the Engine's words. */
  readonly message: string | null;
}
