import type { ReportFrame } from "../harness/protocol.ts";
import { nothingToClean } from "../run/cleanup.ts";
import { createDeferred, type Deferred } from "../run/deferred.ts";
import {
  type Assignment,
  type ContainerPlan,
  createContext,
  type DrivenRun,
  type Mark,
  type RunEnd,
  toDriven,
  watchContainer,
} from "../run/drive.ts";
import { performIn } from "../run/effects.ts";
import { inContainer } from "../run/in-container.ts";
import { initialStateAhead } from "../run/state.ts";
import type { JobStream } from "../run/supervisor-stream.ts";
import { stepCells } from "./state.ts";

/** A container that serves one cell after another. */
export interface CellContainer extends DrivenRun {
  /** Resolves to true once it waits for its first cell, to false where it ended before. Never rejects. */
  readonly waits: Promise<boolean>;
  /** Gives it a cell. Null where it takes none now, and then nothing was sent. */
  start(assignment: Assignment): DrivenRun | null;
  /** Ends it, unless a cell runs. */
  discard(reason: unknown): void;
}

/** The moments that each cell has for itself. */
const cellMarks: readonly Mark[] = ["job", "ended", "judging"];

/** Makes a container that serves cells, and drives it to its end. */
export function driveCells(plan: ContainerPlan): CellContainer {
  let cell: { readonly stream: JobStream; readonly ended: Deferred<RunEnd> } | null = null;
  const perform = performIn(inContainer(plan));
  const { context, accept, cancel, dismiss } = createContext(plan, {
    start: initialStateAhead,
    step: stepCells,
    perform: (effect, run) => (effect.type === "end-cell" ? endCell(effect.report) : perform(effect, run)),
  });

  function endCell(report: ReportFrame): void {
    context.mark("judging");
    giveOut({
      state: { ...context.state(), jobSent: true, cause: { kind: "report", report } },
      containerId: context.results.containerId,
      containerName: plan.name,
      marks: new Map(context.marks),
      stream: context.stream,
    });
    dismiss();
  }

  function giveOut(end: RunEnd): void {
    if (cell === null) return;
    const { stream, ended } = cell;
    cell = null;
    stream.log.end();
    ended.resolve({ ...end, stream });
  }

  function start(assignment: Assignment): DrivenRun | null {
    if (context.state().phase !== "waiting") return null;
    for (const mark of cellMarks) context.marks.delete(mark);
    const stream = accept(assignment);
    const ended = createDeferred<RunEnd>();
    cell = { stream, ended };
    context.dispatch({ type: "job" });
    if (assignment.signal.aborted) cancel(assignment.signal.reason);
    const cleaned = ended.promise.then((end) => (goesOn(end) ? nothingToClean : context.cleaned.promise));
    return {
      containerName: plan.name,
      stream,
      ended: ended.promise,
      cleaned,
      watch: (signal) => watchContainer(context, ended.promise, signal),
    };
  }

  void context.ended.promise.then(giveOut);
  context.mark("begin");
  context.dispatch({ type: "begin" });
  return {
    ...toDriven(context),
    waits: context.waits.promise,
    start,
    discard(reason) {
      if (cell === null) cancel(reason);
    },
  };
}

/** Whether the interpreter waits for another cell. */
export function goesOn({ state: { cause } }: RunEnd): boolean {
  return cause?.kind === "report" && cause.report.isKept;
}
