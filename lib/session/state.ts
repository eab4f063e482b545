import type { ReportFrame } from "../harness/protocol.ts";
import { type Effect, type RunEvent, type RunState, step, type Transition } from "../run/state.ts";

/** What the driver of a session's container does next: what it does for any container, and to give out what is known of a cell. */
export type CellEffect = Effect | { readonly type: "end-cell"; readonly report: ReportFrame };

/**
 * One event further in the life of a container that serves cells. It is that of a container which was started ahead, but for this: a
 * report on a cell whose interpreter goes on leads back to waiting. Whatever else ends a cell ends the container.
 */
export function stepCells(state: RunState, event: RunEvent): Transition<CellEffect> {
  if (event.type !== "report" || !event.report.isKept || state.phase !== "running") return step(state, event);
  return {
    state: { ...state, phase: "waiting", hasJob: false, jobSent: false },
    effects: [{ type: "end-cell", report: event.report }],
  };
}
