import type { Job } from "../../lib/harness/job.ts";
import type { ReportFrame } from "../../lib/harness/protocol.ts";
import type { Admission } from "../../lib/run/admission.ts";
import { nothingToClean } from "../../lib/run/cleanup.ts";
import { createDeferred, type Deferred } from "../../lib/run/deferred.ts";
import type { Assignment, DrivenRun, RunEnd } from "../../lib/run/drive.ts";
import { initialStateAhead, type RunState } from "../../lib/run/state.ts";
import { createSupervisorStream } from "../../lib/run/supervisor-stream.ts";
import type { SessionSurroundings } from "../../lib/session/container-slot.ts";
import type { CellContainer } from "../../lib/session/drive-cells.ts";
import { noSamples } from "./fake-containers.ts";

/** A container for cells that does what the spec says. */
export interface FakeCellContainer extends CellContainer {
  /** It waits for its first cell. */
  becomeReady(): void;
  /** The cell that runs is over, and the interpreter goes on. */
  endCell(): void;
  /** It ends, with the cell that runs if there is one; it is gone only after {@link vanish}. */
  end(cause?: RunState["cause"]): void;
  vanish(): void;
  vanishIfOver(): void;
  isGone(): boolean;
  /** The cells that it was given. */
  readonly jobs: Job["header"][];
  isRunning(): boolean;
  discarded(): string | null;
}

/** What a session needs, of containers that do what the spec says. They vanish as soon as they end, unless told otherwise. */
export function createFakeCells(
  admission: Pick<Admission, "request">,
  { staysBehind = false }: { readonly staysBehind?: boolean } = {},
): { readonly made: FakeCellContainer[]; readonly surroundings: SessionSurroundings } {
  const made: FakeCellContainer[] = [];
  return {
    made,
    surroundings: {
      request: admission.request,
      launch() {
        const container = createFakeCellContainer(`c${made.length}`, staysBehind);
        made.push(container);
        return container;
      },
    },
  };
}

const keptReport = { isKept: true, exitCode: null, signal: null, cause: null, wallMs: 1 } as ReportFrame;

function createFakeCellContainer(id: string, staysBehind: boolean): FakeCellContainer {
  const waits = createDeferred<boolean>();
  const ended = createDeferred<RunEnd>();
  const cleaned = createDeferred<typeof nothingToClean>();
  const jobs: Job["header"][] = [];
  let cell: Deferred<RunEnd> | null = null;
  let isOver = false;
  let isGone = false;
  let discarded: string | null = null;

  function endOf(cause: RunState["cause"], jobSent: boolean): RunEnd {
    const stream = createSupervisorStream();
    const state = { ...initialStateAhead, phase: "waiting", cause, jobSent } as const;
    return { state, containerId: id, containerName: id, stream, marks: new Map() };
  }

  function end(cause: RunState["cause"] = { kind: "exit" }): void {
    isOver = true;
    waits.resolve(false);
    cell?.resolve(endOf(cause, true));
    ended.resolve(endOf(cause, cell !== null));
    cell = null;
    if (!staysBehind) vanish();
  }

  function vanish(): void {
    isGone = true;
    cleaned.resolve(nothingToClean);
  }

  function start(assignment: Assignment): DrivenRun | null {
    if (isOver || cell !== null) return null;
    jobs.push(assignment.job.header);
    const running = createDeferred<RunEnd>();
    cell = running;
    const cancel = (): void => {
      if (cell === running) end({ kind: "cancelled", reason: assignment.signal.reason });
    };
    assignment.signal.addEventListener("abort", cancel, { once: true });
    const gone = running.promise.then(() => (isOver ? cleaned.promise : nothingToClean));
    return {
      containerName: id,
      stream: createSupervisorStream(),
      ended: running.promise,
      cleaned: gone,
      watch: noSamples,
    };
  }

  return {
    containerName: id,
    stream: createSupervisorStream(),
    ended: ended.promise,
    cleaned: cleaned.promise,
    watch: noSamples,
    waits: waits.promise,
    start,
    discard(reason) {
      discarded = reason instanceof Error ? reason.message : String(reason);
      if (cell === null) end({ kind: "cancelled", reason });
    },
    becomeReady: () => waits.resolve(true),
    endCell() {
      cell?.resolve(endOf({ kind: "report", report: keptReport }, true));
      cell = null;
    },
    end,
    vanish,
    vanishIfOver: () => (isOver ? vanish() : undefined),
    isGone: () => isGone,
    jobs,
    isRunning: () => cell !== null,
    discarded: () => discarded,
  };
}
