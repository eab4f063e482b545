import * as assert from "uvu/assert";
import {
  type Effect,
  initialState,
  initialStateAhead,
  type RunEvent,
  type RunState,
  step,
} from "../../../lib/run/state.ts";
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
  report,
} from "../../support/run-events.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the state machine of a run, at random");

/** What may happen next: answers to the effects that wait for one, and whatever a container or a caller does by itself. */
function eventsFor(pending: readonly Effect[], hasStarted: boolean): RunEvent[] {
  const answers = pending.flatMap((effect): RunEvent[] => {
    if (effect.type === "step")
      return [done(effect.step), done(effect.step), { type: "step-failed", step: effect.step, error: "no" }];
    if (effect.type === "judge") return [{ type: "judged" }];
    if (effect.type === "clean") return [{ type: "cleaned" }];
    if (effect.type === "clamp") return [{ type: "clamped" }];
    if (effect.type === "offer") return [{ type: "job" }];
    return effect.type === "arm-overdue-timer" ? [{ type: "overdue" }] : [];
  });
  return hasStarted
    ? [...answers, ready, report, exited, outputEnded, lost, cancel, { type: "deadline" }]
    : [...answers, cancel];
}

for (const [name, start] of [
  ["made for its job", initialState],
  ["started ahead", initialStateAhead],
] as const)
  test(`however events follow each other, a run ${name} ends, cleans up what may exist, and keeps its first cause`, () => {
    for (let seed = 0; seed < 4000; seed++) endAnyhow(start, seed);
  });

function endAnyhow(start: RunState, seed: number): void {
  const random = createRandom(seed);
  let { state, effects } = step(start, { type: "begin" }) as {
    state: RunState;
    effects: readonly Effect[];
  };
  let pending = [...effects];
  const log: string[] = [];
  const seen = new Set<string>(effects.map(nameOf));
  let judgements = 0;
  let cause: RunState["cause"] = null;
  for (let turn = 0; state.phase !== "done"; turn++) {
    assert.ok(turn < 400, `seed ${seed} does not end: ${log.slice(-20).join(" ")}`);
    const choices = eventsFor(pending, seen.has("start"));
    const event = choices[random(choices.length)];
    if (event === undefined) throw new Error(`seed ${seed} is stuck in ${state.phase}: ${log.join(" ")}`);
    pending = pending.filter((effect) => !isAnswer(event, effect));
    ({ state, effects } = step(state, event));
    pending.push(...effects);
    log.push(event.type);
    for (const effect of effects) seen.add(nameOf(effect));
    judgements += effects.filter(({ type }) => type === "judge").length;
    if (cause === null) cause = state.cause;
    assert.equal(state.cause, cause, `seed ${seed} lost its first cause: ${log.join(" ")}`);
  }
  assert.ok(state.cause !== null, `seed ${seed} ended without a cause: ${log.join(" ")}`);
  assert.ok(seen.has("clean"), `seed ${seed} left a container: ${log.join(" ")}`);
  assert.ok(seen.has("finish"), `seed ${seed} never told that it is over`);
  assert.is(judgements, 1, `seed ${seed} gave out its evidence ${judgements} times`);
}

test.run();
