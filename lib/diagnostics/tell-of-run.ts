import type { Job } from "../harness/job.ts";
import { nothingToClean } from "../run/cleanup.ts";
import type { DrivenRun, Mark } from "../run/drive.ts";
import type { CleanupReport, RunResult } from "../verdict.ts";
import { isHeard, tell } from "./channels.ts";
import type { RunPhase } from "./messages.ts";

/** Tells of one run. Costs next to nothing where nobody listens. */
export interface RunTeller {
  /** A run was asked for, and its code is about to be searched. */
  start(job: Job, sessionId?: string): void;
  phase(phase: RunPhase): void;
  /** Which phase begins with a moment of its container. */
  mark(mark: Mark): void;
  /** Tells of its end, whatever that will be. */
  follow(result: Promise<RunResult>, cleaned: Promise<CleanupReport>): void;
  /** It came to nothing before it had a result to wait for. */
  fail(error: unknown): void;
}

const phaseAfter: Partial<Record<Mark, RunPhase>> = {
  begin: "create",
  check: "start",
  start: "ready",
  job: "run",
  ended: "collect",
  judging: "cleanup",
};

/** Tells of a run from its start to its cleanup. */
export function createRunTeller(executorId: string, runId: string): RunTeller {
  const head = (): { executorId: string; runId: string; at: number } => ({ executorId, runId, at: now() });
  const phase = (name: RunPhase): void => {
    if (isHeard("brigbox:run:phase")) tell("brigbox:run:phase", { ...head(), phase: name });
  };
  const fail = (error: unknown): void => tell("brigbox:run:error", { ...head(), error });
  const end = (result: RunResult): void => {
    if (isHeard("brigbox:run:end")) tell("brigbox:run:end", { ...head(), ...summarize(result) });
  };
  const clean = (report: CleanupReport): void => tell("brigbox:run:cleaned", { ...head(), report });
  return {
    start({ header, inputs }, sessionId) {
      if (isHeard("brigbox:run:start")) {
        const codeBytes = Buffer.byteLength(header.code);
        const inputBytes = sum(inputs.map((bytes) => bytes.length));
        tell("brigbox:run:start", { ...head(), codeBytes, inputBytes, sessionId: sessionId ?? null });
      }
      phase("validate");
    },
    phase,
    mark(mark) {
      const next = phaseAfter[mark];
      if (next !== undefined) phase(next);
    },
    follow(result, cleaned) {
      // The end is told before the cleanup, whichever comes first.
      void result.then(end, fail).then(async () => clean(await cleaned));
    },
    fail(error) {
      fail(error);
      clean(nothingToClean);
    },
  };
}

/** Tells of a container from its first moment to its removal. */
export function tellOfContainer(executorId: string, { containerName, cleaned }: DrivenRun): void {
  const head = (): { executorId: string; containerName: string; at: number } => ({
    executorId,
    containerName,
    at: now(),
  });
  tell("brigbox:container:begin", head());
  void cleaned.then((report) => tell("brigbox:container:cleaned", { ...head(), report }));
}

function summarize(result: RunResult) {
  const { status, isolation, evidence, violations, timings, usage, artifacts } = result;
  return {
    status,
    isolation,
    start: evidence.start,
    limit: evidence.limit,
    containerName: evidence.containerName,
    rules: [...new Set(violations.map(({ rule }) => rule))],
    timings,
    usage,
    artifactBytes: sum(artifacts.map(({ bytes }) => bytes.length)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
