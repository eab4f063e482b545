import type { ReadyFrame, ReportFrame } from "../../lib/harness/protocol.ts";
import type { Effect, RunEvent, Step } from "../../lib/run/state.ts";
import type { CellEffect } from "../../lib/session/state.ts";

/** Events of a run, as the state machines take them. */
export const ready: RunEvent = { type: "ready", frame: {} as ReadyFrame };
export const report: RunEvent = { type: "report", report: {} as ReportFrame };
export const cancel: RunEvent = { type: "cancel", reason: "enough" };
export const lost: RunEvent = { type: "failed", error: "lost" };
export const exited: RunEvent = { type: "exited", exitCode: 0 };
export const outputEnded: RunEvent = { type: "output-ended" };

/** The answer to a step. */
export function done(name: Step): RunEvent {
  return { type: "step-done", step: name };
}

/** What a step is called, or another effect. */
export function nameOf(effect: Effect | CellEffect): string {
  return effect.type === "step" ? effect.step : effect.type;
}

/** Whether an event is what an effect waits for. */
export function isAnswer(event: RunEvent, effect: Effect | CellEffect): boolean {
  switch (event.type) {
    case "step-done":
    case "step-failed":
      return effect.type === "step" && effect.step === event.step;
    case "judged":
      return effect.type === "judge";
    case "cleaned":
      return effect.type === "clean";
    case "clamped":
      return effect.type === "clamp";
    case "job":
      return effect.type === "offer";
    default:
      return false;
  }
}
