import { constants } from "node:os";
import { formatDuration, formatSize } from "../config/units.ts";
import { SandboxError } from "../errors.ts";
import type { ReportFrame } from "../harness/protocol.ts";
import type { Policy } from "../policy/policy.ts";
import type { RunStatus } from "../verdict.ts";
import type { CollectedOutcome } from "./outcome-collector.ts";
import type { Cause } from "./state.ts";

/** Everything that a verdict may rest on. */
export interface Findings {
  readonly cause: Exclude<Cause, { kind: "failed" }>;
  readonly outcome: CollectedOutcome | null;
  readonly containerExitCode: number | null;
  /** The Engine saw the memory killer in the container; null where it was not asked. */
  readonly engineOom: boolean | null;
  readonly policy: Policy;
  /** No container was around the code. */
  readonly isDirect: boolean;
}

/** A status with its reason. */
export interface Verdict {
  readonly status: RunStatus;
  readonly message: string;
  readonly limit: "stdout" | "stderr" | "result" | null;
}

/** The verdict from all evidence together; no single witness is enough, since the code can fake some of them. */
export function judge(findings: Findings): Verdict {
  const { cause, policy } = findings;
  switch (cause.kind) {
    case "report":
      return judgeReport(cause.report, findings);
    case "deadline":
      return plain("timeout", `still running after its limit of ${formatDuration(policy.timeoutMs)}`);
    case "output-limit":
      return overLimit(cause.limit, policy);
    case "cancelled":
      return plain("cancelled", whoCancelled(cause.reason));
    case "exit":
      return judgeSilentExit(findings);
    default:
      return cause satisfies never;
  }
}

function judgeReport(report: ReportFrame, findings: Findings): Verdict {
  const { policy, outcome, engineOom } = findings;
  if (report.cause === "timeout")
    return plain("timeout", `still running after its limit of ${formatDuration(policy.timeoutMs)}`);
  if (report.cause === "cpu-timeout") {
    return plain(
      "cpu-timeout",
      `used up its CPU time of ${formatDuration(policy.cpuTimeMs ?? report.userCpuMs)}`,
    );
  }
  if (report.cause === "output-limit") return overLimit(report.limit ?? "stdout", policy);
  if (report.signal === constants.signals.SIGKILL && (report.oomKills ?? Number(engineOom)) > 0)
    return outOfMemory(policy);
  if (report.signal !== null)
    return plain("error", `the code's process was ended by ${signalName(report.signal)}`);
  if (outcome?.outcome.status === "result-limit") return overLimit("result", policy);
  if (outcome?.outcome.status === "error") return judgeException(outcome, findings);
  if (outcome === null && report.isKept) return plain("error", "the cell did not say how it ended");
  if (outcome === null || (report.exitCode !== 0 && !report.isKept)) {
    return plain(
      "error",
      `the code's process exited with code ${report.exitCode ?? "?"} before it was finished`,
    );
  }
  return plain("ok", `finished in ${formatDuration(report.wallMs)}`);
}

/** Without a cgroup the kernel refuses memory instead of killing, which Python tells as an exception; the code can raise that too. */
function judgeException(outcome: CollectedOutcome, { isDirect, policy }: Findings): Verdict {
  const isOfMemory = /(^|\.)(_Array)?MemoryError$/.test(outcome.outcome.exception?.type ?? "");
  return isDirect && isOfMemory ? outOfMemory(policy) : plain("error", describeException(outcome));
}

/** The supervisor said nothing at its end, so it was killed: by the memory killer, or by someone outside. */
function judgeSilentExit({ engineOom, containerExitCode, policy, isDirect }: Findings): Verdict {
  if (engineOom === true) return outOfMemory(policy);
  return plain(
    "killed",
    `the ${isDirect ? "supervisor" : "container"} was killed from outside (exit code ${containerExitCode ?? "unknown"})`,
  );
}

function outOfMemory(policy: Policy): Verdict {
  return plain("oom", `ran out of its ${formatSize(policy.memoryBytes)} of memory`);
}

function overLimit(limit: "stdout" | "stderr" | "result", policy: Policy): Verdict {
  const caps = { stdout: policy.stdoutBytes, stderr: policy.stderrBytes, result: policy.resultBytes };
  const names = { stdout: "standard output", stderr: "standard error", result: "the values to return" };
  return {
    status: "output-limit",
    message: `${names[limit]} passed the limit of ${formatSize(caps[limit])}`,
    limit,
  };
}

/** Our own reasons can be told; a caller's can be anything. */
function whoCancelled(reason: unknown): string {
  return reason instanceof SandboxError ? `cancelled: ${reason.message}` : "cancelled by the caller";
}

function plain(status: RunStatus, message: string): Verdict {
  return { status, message, limit: null };
}

function describeException({ outcome: { exception } }: CollectedOutcome): string {
  if (exception === null) return "the code failed";
  const firstLine = exception.message.split("\n", 1)[0] ?? "";
  const where = exception.line === null ? "" : ` (line ${exception.line})`;
  return `${exception.type}${firstLine === "" ? "" : `: ${firstLine.slice(0, 300)}`}${where}`;
}

function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}
