import * as assert from "uvu/assert";
import {
  initialState,
  initialStateAhead,
  type RunEvent,
  type RunState,
  step,
  steps,
} from "../../../lib/run/state.ts";
import { cancel, done, exited, lost, nameOf, outputEnded, ready, report } from "../../support/run-events.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the state machine of a run");

/** Where a row of events leads, and the effects on the way, by name. */
function drive(
  events: readonly RunEvent[],
  from: RunState = initialState,
): {
  readonly state: RunState;
  readonly effects: readonly string[];
} {
  let state = from;
  const effects: string[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    effects.push(...next.effects.map(nameOf));
  }
  return { state, effects };
}

const prepared: readonly RunEvent[] = [{ type: "begin" }, ...steps.map(done)];
const running: readonly RunEvent[] = [...prepared, ready];
const ending: readonly RunEvent[] = [exited, outputEnded, { type: "judged" }, { type: "cleaned" }];

const paths: readonly (readonly [
  name: string,
  events: readonly RunEvent[],
  cause: string,
  effects: string,
])[] = [
  [
    "a run that goes well",
    [...running, report, ...ending],
    "report",
    "create check attach wait start arm-boot-timer send-job judge arm-overdue-timer clean finish",
  ],
  [
    "a supervisor that is ready before the start is answered",
    [...prepared.slice(0, -1), ready, done("start"), report, ...ending],
    "report",
    "create check attach wait start send-job judge arm-overdue-timer clean finish",
  ],
  [
    "a container that ends without a word",
    [...running, ...ending],
    "exit",
    "create check attach wait start arm-boot-timer send-job judge clean finish",
  ],
  [
    "output that ends before the exit",
    [...running, report, outputEnded, exited, { type: "judged" }, { type: "cleaned" }],
    "report",
    "create check attach wait start arm-boot-timer send-job judge arm-overdue-timer clean finish",
  ],
  [
    "a deadline",
    [...running, { type: "deadline" }, ...ending],
    "deadline",
    "create check attach wait start arm-boot-timer send-job kill arm-overdue-timer judge clean finish",
  ],
  [
    "a kill that the Engine never answers",
    [...running, { type: "deadline" }, { type: "overdue" }, { type: "judged" }, { type: "cleaned" }],
    "deadline",
    "create check attach wait start arm-boot-timer send-job kill arm-overdue-timer judge clean finish",
  ],
  ["cancelled before it began", [cancel, { type: "judged" }], "cancelled", "judge finish"],
  [
    "cancelled while the container is made",
    [{ type: "begin" }, cancel, done("create"), { type: "judged" }, { type: "cleaned" }],
    "cancelled",
    "create judge clean finish",
  ],
  [
    "cancelled while the container starts",
    [...prepared.slice(0, -1), cancel, done("start"), ...ending],
    "cancelled",
    "create check attach wait start kill arm-overdue-timer judge clean finish",
  ],
  [
    "a create that failed, and may have left its container",
    [
      { type: "begin" },
      { type: "step-failed", step: "create", error: 1 },
      { type: "judged" },
      { type: "cleaned" },
    ],
    "failed",
    "create judge clean finish",
  ],
];

for (const [name, events, cause, effects] of paths) {
  test(`${name}: ${effects}`, () => {
    const end = drive(events);
    assert.is(end.state.phase, "done");
    assert.is(end.state.cause?.kind, cause);
    assert.is(end.effects.join(" "), effects);
  });
}

const booted = "create check attach wait start arm-boot-timer clamp";
const waiting: readonly RunEvent[] = [...running, { type: "clamped" }];

const pathsAhead: readonly (readonly [
  name: string,
  events: readonly RunEvent[],
  cause: string,
  effects: string,
])[] = [
  [
    "a container that waits, and then gets its job",
    [...waiting, { type: "job" }, report, ...ending],
    "report",
    `${booted} offer send-job judge arm-overdue-timer clean finish`,
  ],
  [
    "a supervisor that is ready before the start is answered",
    [...prepared.slice(0, -1), ready, done("start"), { type: "clamped" }, cancel, ...ending],
    "cancelled",
    "create check attach wait start clamp offer kill arm-overdue-timer judge clean finish",
  ],
  [
    "one that nobody needs any more",
    [...waiting, cancel, ...ending],
    "cancelled",
    `${booted} offer kill arm-overdue-timer judge clean finish`,
  ],
  ["one that ends while it waits", [...waiting, ...ending], "exit", `${booted} offer judge clean finish`],
  [
    "one that cannot be clamped",
    [...running, lost, ...ending],
    "failed",
    `${booted} kill arm-overdue-timer judge clean finish`,
  ],
  [
    "one that is thrown away before it is clamped",
    [...running, cancel, { type: "clamped" }, ...ending],
    "cancelled",
    `${booted} kill arm-overdue-timer judge clean finish`,
  ],
  [
    "a supervisor that reports on a job which it was not given",
    [...waiting, report, ...ending],
    "failed",
    `${booted} offer kill arm-overdue-timer judge clean finish`,
  ],
];

for (const [name, events, cause, effects] of pathsAhead) {
  test(`started ahead: ${name}`, () => {
    const end = drive(events, initialStateAhead);
    assert.is(end.state.phase, "done");
    assert.is(end.state.cause?.kind, cause);
    assert.is(end.effects.join(" "), effects);
  });
}

test("a job comes too late for a container that has ended, or is about to", () => {
  for (const last of [cancel, lost, exited] as const) {
    const end = drive([...waiting, last, outputEnded, { type: "job" }], initialStateAhead);
    if (last !== exited) assert.not.equal(end.state.phase, "running");
    assert.is(end.effects.includes("send-job"), false, last.type);
  }
});

const later: readonly RunEvent[] = [
  report,
  cancel,
  lost,
  { type: "deadline" },
  { type: "output-limit", limit: "stdout" },
];

for (const first of later) {
  test(`of two causes the first wins: ${first.type}`, () => {
    for (const second of later) {
      const { state } = drive([...running, first, second, ...ending]);
      const { state: alone } = drive([...running, first, ...ending]);
      assert.equal(state.cause, alone.cause, second.type);
    }
  });
}

for (const name of steps) {
  test(`a cancellation during ${name} waits for its answer, and then nothing further is begun`, () => {
    const before: readonly RunEvent[] = [{ type: "begin" }, ...steps.slice(0, steps.indexOf(name)).map(done)];
    const waiting = drive([...before, cancel]);
    assert.is(waiting.state.phase, "preparing");
    for (const answer of [done(name), { type: "step-failed", step: name, error: 1 } as const]) {
      const { state, effects } = drive([...before, cancel, answer]);
      assert.is(state.cause?.kind, "cancelled");
      const news = effects.slice(waiting.effects.length);
      assert.ok(!news.some((effect) => (steps as readonly string[]).includes(effect)), news.join(" "));
    }
  });
}

test("nothing moves a run that is done", () => {
  const end = drive([...running, report, ...ending]).state;
  for (const event of [
    ...later,
    ready,
    exited,
    outputEnded,
    ...prepared,
    { type: "judged" },
    { type: "cleaned" },
  ] as const) {
    const next = step(end, event);
    assert.is(next.state.phase, "done");
    assert.equal(next.effects, [], event.type);
  }
});

test.run();
