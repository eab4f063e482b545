import { performance } from "node:perf_hooks";
import type { EngineClient } from "../../engine-api/mod.ts";
import { SandboxError } from "../errors.ts";
import { hangUpExitCode, type ReportFrame } from "../harness/protocol.ts";
import type { Policy } from "../policy/policy.ts";
import { decodeValues } from "../values/decode.ts";
import type { Value } from "../values/types.ts";
import type { Artifact, Evidence, RunResult, SessionCell, Timings, Usage } from "../verdict.ts";
import type { Mark, RunEnd } from "./drive.ts";
import { sawOutOfMemory, toEngineTime } from "./engine-oom.ts";
import { judge, type Verdict } from "./judge.ts";

/** What a result is composed from. */
export interface ResultSources {
  /** Null where there is no container. */
  readonly client: EngineClient | null;
  readonly runId: string;
  /** Null where there is no container. */
  readonly image: string | null;
  /** Whether the container was made for this run, waited for one, or serves a session, or there was none. */
  readonly start: NonNullable<Evidence["start"]>;
  readonly session: SessionCell | null;
  readonly policy: Policy;
  /** Names that the caller asked for; the default ones are looked for and not missed. */
  readonly asked: readonly string[];
  /** When the caller asked, `performance.now()` milliseconds. */
  readonly askedAt: number;
  /** How long the code was validated, milliseconds. */
  readonly validateMs: number;
  /** How long the run waited for its turn, milliseconds. */
  readonly queueMs: number;
  readonly end: RunEnd;
}

/**
 * The result of a run whose evidence is complete.
 *
 * @throws SandboxError where the sandbox itself failed, with `outcomeUnknown` where the code may have run.
 */
export async function composeResult(sources: ResultSources): Promise<RunResult> {
  const { end, policy } = sources;
  const { cause, exitCode } = end.state;
  const report = cause?.kind === "report" ? cause.report : null;
  const engineOom = await askForOom(sources, report);
  throwIfSandboxFailed(sources, engineOom === true);
  if (cause === null || cause.kind === "failed")
    throw new SandboxError("the run ended without a cause", { runId: sources.runId });
  const outcome = end.stream.outcome();
  const isDirect = sources.start === "direct";
  const verdict = judge({ cause, outcome, containerExitCode: exitCode, engineOom, policy, isDirect });
  const { status, message, limit, values } = withValues(verdict, outcome?.values ?? null);
  const isFromCode = status === "ok" || status === "error";
  return {
    runId: sources.runId,
    status,
    message: startOf(sources) === "direct" ? `${message}; no container was around it` : message,
    violations: [],
    values,
    missing: isFromCode ? missingOf(outcome?.outcome.missing ?? [], sources.asked) : [],
    exception: status === "error" ? (outcome?.outcome.exception ?? null) : null,
    stdout: end.stream.log.text("stdout"),
    stderr: end.stream.log.text("stderr"),
    artifacts: wholeArtifacts(end, report),
    droppedArtifacts: report?.droppedArtifacts ?? [],
    auditEvents: outcome?.outcome.auditEvents ?? [],
    evidence: composeEvidence(sources, limit, report, engineOom),
    usage: composeUsage(end, report, outcome?.values.length ?? 0),
    timings: composeTimings(sources),
    cleanup: null,
    isolation: end.containerId === null ? "none" : sources.session === null ? "container" : "session",
    session: sources.session,
  };
}

function missingOf(missing: readonly string[], asked: readonly string[]): readonly string[] {
  return missing.filter((name) => asked.includes(name));
}

/**
 * Infrastructure, as opposed to anything that the code did.
 *
 * @param isOutOfMemory whether the Engine saw the memory killer in the container.
 * @throws SandboxError where it failed.
 */
export function throwIfSandboxFailed(
  { end, runId }: Pick<ResultSources, "end" | "runId">,
  isOutOfMemory = false,
): void {
  const { cause, jobSent, exitCode } = end.state;
  const complaints = end.stream.complaints().slice(0, 500);
  const said = complaints === "" ? "" : `: ${complaints}`;
  if (cause?.kind === "failed") {
    const error = cause.error;
    if (error instanceof SandboxError && !jobSent) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = jobSent
      ? `the run was lost, and whether the code finished is unknown: ${reason}`
      : `the sandbox could not be started: ${reason}${said}`;
    throw new SandboxError(message, { cause: error, runId, outcomeUnknown: jobSent });
  }
  if (cause?.kind === "exit" && jobSent && exitCode === hangUpExitCode) {
    const message = "the connection to the container was lost, and whether the code finished is unknown";
    throw new SandboxError(message, { runId, outcomeUnknown: true });
  }
  // That the code began may not have been told yet where it used up the memory at once.
  if (cause?.kind !== "exit" || end.stream.hasStarted() || (jobSent && isOutOfMemory)) return;
  const what = jobSent ? "the supervisor could not take the job" : "the supervisor ended before it was ready";
  throw new SandboxError(`${what} (exit code ${exitCode ?? "unknown"})${said}`, { runId });
}

/** The supervisor's own count is enough where it came; the Engine is asked where nothing else tells a memory killer from a stranger. */
async function askForOom(
  { client, end, askedAt }: ResultSources,
  report: ReportFrame | null,
): Promise<boolean | null> {
  const isNeeded = end.state.cause?.kind === "exit" || (report?.signal === 9 && report.oomKills === null);
  if (!isNeeded || client === null || end.containerId === null) return null;
  return sawOutOfMemory(client, end.containerId, toEngineTime(askedAt));
}

function withValues(
  verdict: Verdict,
  encoded: Uint8Array | null,
): Verdict & { values: Readonly<Record<string, Value>> } {
  if (verdict.status !== "ok" || encoded === null || encoded.length === 0) return { ...verdict, values: {} };
  try {
    return { ...verdict, values: decodeValues(encoded) };
  } catch (error) {
    // Only the code's own process can have sent these, so it is the code that failed.
    const reason = error instanceof Error ? error.message : "unknown";
    return {
      status: "error",
      message: `the values that came back cannot be read: ${reason}`,
      limit: null,
      values: {},
    };
  }
}

function wholeArtifacts(end: RunEnd, report: ReportFrame | null): readonly Artifact[] {
  return report === null ? [] : end.stream.artifacts();
}

function composeEvidence(
  sources: ResultSources,
  limit: Evidence["limit"],
  report: ReportFrame | null,
  engineOom: boolean | null,
): Evidence {
  const { end } = sources;
  return {
    cause: end.state.cause?.kind ?? "unknown",
    limit,
    exitCode: report?.exitCode ?? null,
    signal: report?.signal ?? null,
    oomKills: report?.oomKills ?? null,
    containerExitCode: end.state.exitCode,
    engineOom,
    containerId: end.containerId,
    containerName: sources.start === "direct" ? null : end.containerName,
    start: startOf(sources),
    image: sources.image,
    python: end.stream.ready()?.python ?? null,
  };
}

/** Null where nothing was started. */
function startOf({ start, end }: ResultSources): Evidence["start"] {
  const isStarted = start === "direct" ? end.marks.has("attach") : end.containerId !== null;
  return isStarted ? start : null;
}

function composeUsage(end: RunEnd, report: ReportFrame | null, resultBytes: number): Usage {
  return {
    wallMs: report?.wallMs ?? null,
    userCpuMs: report?.userCpuMs ?? null,
    systemCpuMs: report?.systemCpuMs ?? null,
    maxRssBytes: report?.maxRssBytes ?? null,
    peakMemoryBytes: report?.peakMemoryBytes ?? null,
    containerPeakBytes: report?.containerPeakBytes ?? null,
    pids: report?.pids ?? null,
    throttledMs: report?.throttledMs ?? null,
    throttledPeriods: report?.throttledPeriods ?? null,
    resultBytes,
    stdoutBytes: report?.stdoutBytes ?? end.stream.log.keptBytes("stdout"),
    stderrBytes: report?.stderrBytes ?? end.stream.log.keptBytes("stderr"),
  };
}

function composeTimings({ end, start, askedAt, validateMs, queueMs }: ResultSources): Timings {
  const between = (from: Mark, to: Mark): number => {
    const [begin, stop] = [end.marks.get(from), end.marks.get(to)];
    return begin === undefined || stop === undefined ? 0 : Math.max(0, stop - begin);
  };
  // What a container that waited took to get there, it took before anyone asked.
  const isOwn =
    start === "cold" ||
    start === "direct" ||
    (start === "session" && (end.marks.get("begin") ?? 0) >= askedAt);
  const beforeJob = (from: Mark, to: Mark): number => (isOwn ? between(from, to) : 0);
  return {
    validateMs,
    queueMs,
    createMs: beforeJob("begin", "check"),
    startMs: beforeJob("check", "start"),
    readyMs: beforeJob("start", "ready"),
    runMs: between("job", "ended") || between("job", "judging"),
    collectMs: between("ended", "judging"),
    cleanupMs: 0,
    totalMs: performance.now() - askedAt,
  };
}
