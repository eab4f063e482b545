import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { DisqualifiedError, type LoopOptions } from "../../../lib/loop/options.ts";
import type { ProposeContext } from "../../../lib/loop/proposer.ts";
import { valueScore } from "../../../lib/loop/score/value-score.ts";
import { createPlayExecutor } from "../../support/loop/play-executor.ts";
import { eventsOf, playLoop } from "../../support/loop/play-loop.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the loop");

test("it runs as many candidates as its budget, a few at a time, and keeps the best", async () => {
  const executor = createPlayExecutor();
  const { reason, counts, champions } = await playLoop({ executor, concurrency: 3, champions: 2 }).run();
  assert.equal([reason, counts.candidates, counts.scored, counts.failed], ["candidates", 10, 10, 0]);
  assert.equal(
    champions.map(({ code, score, index }) => [code, score, index]),
    [
      ["result = 9", 9, 9],
      ["result = 8", 8, 8],
    ],
  );
  assert.equal([executor.ran.length, executor.most()], [10, 3]);
});

test("events come in order, the first tells of the journal and the last is the summary", async () => {
  const events = await eventsOf(playLoop({ budget: { candidates: 2 }, concurrency: 1 }));
  assert.equal(
    events.map(({ type }) => type),
    ["resumed", "proposed", "result", "proposed", "result", "done"],
  );
  const [, , first] = events;
  assert.ok(first?.type === "result" && first.isBest && first.counts.scored === 1 && first.score === 0);
});

test("the same code is run once, and its earlier result counts", async () => {
  const executor = createPlayExecutor();
  const propose = ({ index }: ProposeContext): string => `result = ${Math.min(index % 4, 2)}`;
  const events = await eventsOf(playLoop({ executor, propose, budget: { candidates: 3 }, concurrency: 1 }));
  assert.equal(executor.ran, ["result = 0", "result = 1", "result = 2"]);
  assert.not(events.some(({ type }) => type === "repeated"));
  const again = await eventsOf(
    playLoop({ propose, budget: { candidates: 4 }, concurrency: 1, maxRepeats: 5 }),
  );
  const repeated = again.filter((event) => event.type === "repeated");
  assert.equal(
    repeated.map(({ index, score }) => [index, score]),
    [
      [3, 2],
      [4, 0],
      [5, 1],
      [6, 2],
      [7, 2],
    ],
  );
  const last = again.at(-1);
  assert.ok(last?.type === "done" && last.summary.reason === "repeats" && last.summary.counts.repeated === 5);
});

test("a twin that is proposed while the first still runs waits for its result", async () => {
  const seen: unknown[] = [];
  const executor = createPlayExecutor(async () => {
    await delay(20);
    return {};
  });
  const propose = {
    propose: ({ index }: ProposeContext) => (index < 3 ? { code: "result = 7", meta: index } : null),
    observe: ({ index, meta, score }: { index: number; meta: unknown; score: number | null }) =>
      void seen.push([index, meta, score]),
  };
  await playLoop({ executor, propose, concurrency: 3 }).run();
  assert.is(executor.ran.length, 1);
  assert.equal(seen, [
    [0, 0, 7],
    [1, 1, 7],
    [2, 2, 7],
  ]);
});

test("a proposer is told the best, the last failures with their places, and nothing that is kept back", async () => {
  const contexts: ProposeContext[] = [];
  const executor = createPlayExecutor((code) =>
    code.includes("bad")
      ? {
          status: "error",
          values: {},
          exception: { type: "ValueError", message: "m".repeat(10_000), traceback: "", line: 3 },
        }
      : {},
  );
  await playLoop({
    executor,
    concurrency: 1,
    propose: (context) => {
      contexts.push(context);
      return context.index === 1 ? `bad${"x".repeat(9000)}` : `result = ${context.index}`;
    },
    holdout: { inputs: {}, score: () => 12_345, of: "all" },
    budget: { candidates: 4 },
  }).run();
  const { champions, failures, counts } = contexts[3] as ProposeContext;
  assert.equal(
    champions.map(({ code, score }) => [code, score]),
    [
      ["result = 2", 2],
      ["result = 0", 0],
    ],
  );
  assert.not.match(JSON.stringify(contexts), "12345");
  const { failure, code } = failures[0] ?? {};
  assert.equal([failure?.status, failure?.exceptionType, failure?.line], ["error", "ValueError", 3]);
  assert.equal([failure?.message.length, code?.length], [400, 4000]);
  assert.equal([counts.candidates, counts.failed], [3, 1]);
});

test("what the validator refuses is told with what to write instead", async () => {
  const executor = createPlayExecutor(() => ({
    status: "rejected",
    violations: Array.from({ length: 8 }, (_, place) => ({
      rule: "R1" as const,
      message: `no ${place}`,
      line: place + 1,
      ...{ from: 0, to: 1, column: 1, endLine: 1, endColumn: 2, text: "secret" },
    })),
  }));
  let told: ProposeContext | null = null;
  await playLoop({
    executor,
    concurrency: 1,
    budget: { candidates: 2 },
    propose: (context) => {
      told = context;
      return `import os # ${context.index}`;
    },
  }).run();
  const [failed] = (told as ProposeContext | null)?.failures ?? [];
  assert.equal(failed?.failure.violations.slice(0, 2), [
    { rule: "R1", line: 1, message: "no 0" },
    { rule: "R1", line: 2, message: "no 1" },
  ]);
  assert.equal([failed?.failure.violations.length, failed?.failure.line], [5, 1]);
});

const badScores: readonly (readonly [string, LoopOptions["score"], RegExp])[] = [
  ["that is NaN", () => Number.NaN, /not a finite number/],
  ["that is infinite", () => Number.POSITIVE_INFINITY, /not a finite number/],
  ["that is thrown at", () => Promise.reject(new Error("give a frame")), /give a frame/],
  ["that is not there", valueScore("values.result.sharpe"), /values\.result\.sharpe is not there/],
];
for (const [name, score, message] of badScores) {
  test(`a score ${name} makes the candidate unscored, and the loop goes on`, async () => {
    const events = await eventsOf(playLoop({ score, budget: { candidates: 2 } }));
    const failures = events.flatMap((event) => (event.type === "result" ? [event.failure] : []));
    assert.equal(
      failures.map((failure) => failure?.status),
      ["unscored", "unscored"],
    );
    assert.match(failures[0]?.message ?? "", message);
  });
}

test("only who would be the best is tried on what is kept back, unless all are", async () => {
  for (const [of, expected] of [
    ["best", [0, 1, 3]],
    ["all", [0, 1, 2, 3]],
  ] as const) {
    const kept: number[] = [];
    const propose = ({ index }: ProposeContext): string => `result = ${[1, 2, 0, 3][index]} # ${index}`;
    const executor = createPlayExecutor((code, { inputs }) => {
      if (inputs?.secret === 1) kept.push(Number(/# (\d)/.exec(code)?.[1]));
      return {};
    });
    const holdout = { inputs: { secret: 1 }, score: () => 5, of };
    await playLoop({ executor, propose, holdout, concurrency: 1, budget: { candidates: 4 } }).run();
    assert.equal(kept, expected);
  }
});

test("who does not hold on what is kept back cannot win, and the proposer learns nothing of it", async () => {
  const executor = createPlayExecutor((code, { inputs }) =>
    code === "result = 8" && inputs?.secret === 1
      ? { status: "error", exception: { type: "E", message: "the price is 123", traceback: "", line: 1 } }
      : {},
  );
  const holdout: LoopOptions["holdout"] = {
    inputs: { secret: 1 },
    score: (_, chosenBy) => {
      if (chosenBy.values.result === 9) throw new DisqualifiedError("it looks ahead");
      if (chosenBy.values.result === 7) throw new Error("row 123 is odd");
      return 1;
    },
  };
  const events = await eventsOf(playLoop({ executor, holdout, concurrency: 1 }));
  const failures = events.flatMap((event) =>
    event.type === "result" && event.failure !== null ? [event.failure] : [],
  );
  assert.equal(
    failures.map(({ status, message }) => [status, message]),
    [
      ["disqualified", "it has no score on inputs that are kept back"],
      ["disqualified", "it ends with error on inputs that are kept back"],
      ["disqualified", "it looks ahead"],
    ],
  );
  const last = events.at(-1);
  assert.is(last?.type === "done" ? last.summary.champions[0]?.score : null, 6);
});

test("of two with one score the earlier proposal leads, whichever ended first", async () => {
  const executor = createPlayExecutor(async (code) => {
    await delay(code.endsWith("0") ? 30 : 1);
    return { values: { result: 1 } };
  });
  const { champions } = await playLoop({ executor, concurrency: 4, budget: { candidates: 4 } }).run();
  assert.is(champions[0]?.code, "result = 0");
});

test.run();
