import * as assert from "uvu/assert";
import type { ReportFrame } from "../../../lib/harness/protocol.ts";
import { initialStateAhead, type RunEvent, type RunState, step, steps } from "../../../lib/run/state.ts";
import { type CellEffect, stepCells } from "../../../lib/session/state.ts";
import { createRandom } from "../../support/random.ts";
import {
  cancel,
  done,
  exited,
  isAnswer,
  lost,
  nameOf,
  outputEnded,
  ready,
} from "../../support/run-events.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the state machine of a session's container");

const kept: RunEvent = { type: "report", report: { isKept: true } as ReportFrame };
const last: RunEvent = { type: "report", report: { isKept: false } as ReportFrame };
const job: RunEvent = { type: "job" };

const waiting: readonly RunEvent[] = [{ type: "begin" }, ...steps.map(done), ready, { type: "clamped" }];
const ending: readonly RunEvent[] = [exited, outputEnded, { type: "judged" }, { type: "cleaned" }];
const booted = "create check attach wait start arm-boot-timer clamp offer";

function drive(events: readonly RunEvent[]): { readonly state: RunState; readonly effects: string } {
  let state = initialStateAhead;
  const effects: string[] = [];
  for (const event of events) {
    const next = stepCells(state, event);
    state = next.state;
    effects.push(...next.effects.map(nameOf));
  }
  return { state, effects: effects.join(" ") };
}

const paths: readonly (readonly [
  name: string,
  events: readonly RunEvent[],
  cause: string,
  effects: string,
])[] = [
  [
    "three cells, the last of which ends the interpreter",
    [...waiting, job, kept, job, kept, job, last, ...ending],
    "report",
    "send-job end-cell send-job end-cell send-job judge arm-overdue-timer clean finish",
  ],
  [
    "one that is let go while it waits",
    [...waiting, job, kept, cancel, ...ending],
    "cancelled",
    "send-job end-cell kill arm-overdue-timer judge clean finish",
  ],
  [
    "one that is let go before its first cell",
    [...waiting, cancel, ...ending],
    "cancelled",
    "kill arm-overdue-timer judge clean finish",
  ],
  [
    "one whose second cell is cancelled",
    [...waiting, job, kept, job, cancel, ...ending],
    "cancelled",
    "send-job end-cell send-job kill arm-overdue-timer judge clean finish",
  ],
  [
    "one that ends between two cells",
    [...waiting, job, kept, ...ending],
    "exit",
    "send-job end-cell judge clean finish",
  ],
  [
    "a deadline that the supervisor did not see to",
    [...waiting, job, kept, job, { type: "deadline" }, ...ending],
    "deadline",
    "send-job end-cell send-job kill arm-overdue-timer judge clean finish",
  ],
  [
    "a report without a cell",
    [...waiting, job, kept, kept, ...ending],
    "failed",
    "send-job end-cell kill arm-overdue-timer judge clean finish",
  ],
  [
    "a second job while a cell runs",
    [...waiting, job, job, kept, cancel, ...ending],
    "cancelled",
    "send-job end-cell kill arm-overdue-timer judge clean finish",
  ],
];

for (const [name, events, cause, effects] of paths)
  test(name, () => {
    const end = drive(events);
    assert.is(end.state.phase, "done");
    assert.is(end.state.cause?.kind, cause);
    assert.is(end.effects, `${booted} ${effects}`);
  });

test("after a cell nothing of it is left in the state", () => {
  const before = drive(waiting).state;
  assert.equal(drive([...waiting, job, kept, job, kept]).state, before);
});

test("to a run of its own a report is the last word, whatever it says of its interpreter", () => {
  const running = { ...drive(waiting).state, phase: "running", jobSent: true } as const;
  assert.is(step(running, kept).state.phase, "stopping");
  assert.is(stepCells(running, kept).state.phase, "waiting");
});

/** What may happen next: answers to the effects that wait for one, and whatever a container or a caller does by itself. */
function eventsFor(pending: readonly CellEffect[], hasStarted: boolean): RunEvent[] {
  const answers = pending.flatMap((effect): RunEvent[] => {
    if (effect.type === "step")
      return [done(effect.step), done(effect.step), { type: "step-failed", step: effect.step, error: "no" }];
    if (effect.type === "judge") return [{ type: "judged" }];
    if (effect.type === "clean") return [{ type: "cleaned" }];
    if (effect.type === "clamp") return [{ type: "clamped" }];
    return effect.type === "arm-overdue-timer" ? [{ type: "overdue" }] : [];
  });
  const rare = [last, exited, outputEnded, lost, cancel, { type: "deadline" }] as const;
  return hasStarted ? [...answers, ready, job, kept, job, kept, job, kept, ...rare] : [...answers, cancel];
}

/** What comes next where all goes well, so that sessions get old enough. */
const orderly: Partial<Record<RunState["phase"], RunEvent>> = {
  booting: ready,
  clamping: { type: "clamped" },
  waiting: job,
  running: kept,
};

test("however events follow each other, each cell ends once, and the container is judged, cleaned up and done", () => {
  let most = 0;
  for (let seed = 0; seed < 4000; seed++) most = Math.max(most, liveAnyhow(seed));
  assert.ok(most >= 4, `no session had more than ${most} cells`);
});

/** How many cells came to their end. */
function liveAnyhow(seed: number): number {
  const random = createRandom(seed);
  let { state, effects } = stepCells(initialStateAhead, { type: "begin" });
  let pending = [...effects];
  const seen: string[] = effects.map(nameOf);
  for (let turn = 0; state.phase !== "done"; turn++) {
    assert.ok(turn < 2000, `seed ${seed} does not end: ${seen.slice(-20).join(" ")}`);
    const isOrderly = random(8) > 0;
    const choices = eventsFor(pending, seen.includes("start"));
    const event = (isOrderly ? orderly[state.phase] : undefined) ?? choices[random(choices.length)];
    if (event === undefined) throw new Error(`seed ${seed} is stuck in ${state.phase}`);
    pending = pending.filter((effect) => !isAnswer(event, effect));
    ({ state, effects } = stepCells(state, event));
    pending.push(...effects);
    seen.push(...effects.map(nameOf));
  }
  const count = (name: string): number => seen.filter((other) => other === name).length;
  const [sent, over] = [count("send-job"), count("end-cell")];
  assert.ok(sent === over || sent === over + 1, `seed ${seed}: ${sent} cells began and ${over} ended`);
  assert.equal([count("judge"), count("clean"), count("finish")], [1, 1, 1], `seed ${seed}`);
  const cells = seen.filter((name) => name === "send-job" || name === "end-cell");
  assert.ok(cells.every((name, index) => name === (index % 2 === 0 ? "send-job" : "end-cell")));
  assert.ok(state.cause !== null);
  return over;
}

test.run();
