import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { ConfigError, SandboxError } from "../../../lib/errors.ts";
import { ProposalError } from "../../../lib/loop/errors.ts";
import type { LoopEvent } from "../../../lib/loop/events.ts";
import { createLoop, type Loop } from "../../../lib/loop/loop.ts";
import { DisqualifiedError, type LoopOptions } from "../../../lib/loop/options.ts";
import type { ProposeContext } from "../../../lib/loop/proposer.ts";
import { valueScore } from "../../../lib/loop/score/value-score.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { createPlayExecutor } from "../../support/loop/play-executor.ts";
import { collectGarbage } from "../../support/many-runs/counts.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the loop");

/** What is not given counts up: `result = 0`, `result = 1` ... */
function playLoop(options: Partial<LoopOptions> = {}): Loop {
  return createLoop({
    propose: ({ index }) => `result = ${index}`,
    executor: createPlayExecutor(),
    score: valueScore("values.result"),
    budget: { candidates: 10 },
    retryDelayMs: 1,
    ...options,
  });
}

async function eventsOf(loop: Loop): Promise<LoopEvent[]> {
  const events: LoopEvent[] = [];
  for await (const event of loop) events.push(event);
  return events;
}

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

test("code that takes the sandbox down each time is a dead letter, and the others go on", async () => {
  const executor = createPlayExecutor((code) => {
    if (code === "result = 3") throw new SandboxError("connection lost", { outcomeUnknown: true });
    if (code === "result = 4") return { status: "killed", message: "killed from outside" };
    return {};
  });
  const events = await eventsOf(playLoop({ executor, maxAttempts: 3 }));
  const dead = events.flatMap((event) =>
    event.type === "dead-letter" ? [[event.index, event.attempts]] : [],
  );
  assert.equal(dead.sort(), [
    [3, 3],
    [4, 3],
  ]);
  assert.is(executor.ran.filter((code) => code === "result = 3").length, 3);
  const last = events.at(-1);
  assert.ok(last?.type === "done");
  assert.equal([last.summary.counts.deadLetters, last.summary.counts.scored], [2, 8]);
});

test("a sandbox that was not ready is no fault of the code; it is tried again and not counted", async () => {
  let troubles = 4;
  const executor = createPlayExecutor(() => {
    if (troubles-- > 0) throw new SandboxError("no Engine");
    return {};
  });
  const events = await eventsOf(playLoop({ executor, concurrency: 1, maxAttempts: 1 }));
  const retries = events.filter((event) => event.type === "retry");
  assert.equal(
    retries.map(({ attempt, reason }) => [attempt, reason]),
    Array.from({ length: 4 }, () => [null, "no Engine"]),
  );
  assert.ok(events.at(-1)?.type === "done");
});

test("a sandbox that is not ready again and again ends the loop with its error", async () => {
  const executor = createPlayExecutor(() => {
    throw new SandboxError("no Engine");
  });
  await rejectionOf(playLoop({ executor }).run(), SandboxError, /no Engine/);
  assert.ok(executor.ran.length <= 6);
});

test("a mistake in the options of the runs ends the loop at once", async () => {
  const executor = createPlayExecutor(() => {
    throw new ConfigError("a run may only lower timeoutMs");
  });
  await rejectionOf(playLoop({ executor, concurrency: 1 }).run(), ConfigError, /only lower/);
  assert.is(executor.ran.length, 1);
});

test("a proposer that fails is asked again for the same number; again and again, and its error ends the loop", async () => {
  const asked: number[] = [];
  const flaky = ({ index }: ProposeContext): string => {
    asked.push(index);
    if (asked.length < 3) throw new ProposalError("busy");
    return `result = ${index}`;
  };
  const events = await eventsOf(playLoop({ propose: flaky, concurrency: 1, budget: { candidates: 2 } }));
  assert.equal(asked, [0, 0, 0, 1]);
  assert.equal(
    events.flatMap((event) => (event.type === "propose-failed" ? [event.message] : [])),
    ["busy", "busy"],
  );
  const broken = (): never => {
    throw new ProposalError("down");
  };
  await rejectionOf(playLoop({ propose: broken, maxTroubles: 3 }).run(), ProposalError, /down/);
});

test("a proposer that has no more ends the loop", async () => {
  const propose = async ({ index }: ProposeContext): Promise<string | null> =>
    index < 4 ? `result = ${index}` : null;
  const { reason, counts } = await playLoop({ propose }).run();
  assert.equal([reason, counts.scored], ["exhausted", 4]);
});

test("code that is too long or no text is not taken", async () => {
  for (const code of ["x".repeat(1001), "\ud800", 3 as unknown as string])
    await rejectionOf(
      playLoop({ propose: () => code, maxCodeBytes: 1000, maxTroubles: 1 }).run(),
      ProposalError,
    );
});

test("time that is used up begins nothing new, and lets what runs come to its end", async () => {
  const executor = createPlayExecutor(async () => {
    await delay(30);
    return {};
  });
  const budget = { candidates: 1e6, timeMs: 100 };
  const { reason, counts } = await playLoop({ executor, budget }).run();
  assert.is(reason, "time");
  assert.ok(counts.candidates > 0 && counts.candidates === counts.scored);
});

test("time that is used up wakes a proposer that waits", async () => {
  const propose = ({ signal }: ProposeContext): Promise<null> =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const { reason } = await playLoop({ propose, budget: { candidates: 5, timeMs: 50 } }).run();
  assert.is(reason, "time");
});

test("a proposer that does not listen to its signal holds nobody up", async () => {
  const propose = (): Promise<null> => new Promise(() => undefined);
  const { reason } = await playLoop({ propose, budget: { candidates: 5, timeMs: 50 } }).run();
  assert.is(reason, "time");
});

test("a signal cancels runs and proposals, and its reason is thrown as it is", async () => {
  const controller = new AbortController();
  const stopped: unknown[] = [];
  const executor = createPlayExecutor(async (_, { signal }) => {
    await delay(60_000, undefined, { signal: signal as AbortSignal }).catch(() =>
      stopped.push(signal?.reason),
    );
    return { status: "cancelled" };
  });
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 30);
  const events: LoopEvent[] = [];
  const error = await rejectionOf(
    (async () => {
      for await (const event of playLoop({ executor, signal: controller.signal })) events.push(event);
    })(),
    Error,
  );
  assert.is(error, reason);
  assert.equal(stopped, [reason, reason]);
  assert.not(events.some(({ type }) => type === "result"));
});

test("who leaves the iteration has cancelled what ran, and waits for its end", async () => {
  let active = 0;
  const executor = createPlayExecutor(async (_, { signal }) => {
    active++;
    await delay(60_000, undefined, { signal: signal as AbortSignal }).catch(() => undefined);
    active--;
    return { status: "cancelled" };
  });
  for await (const { type } of playLoop({ executor })) if (type === "proposed") break;
  assert.is(active, 0);
});

test("a slow reader slows the workers down", async () => {
  const executor = createPlayExecutor();
  const loop = playLoop({ executor, budget: { candidates: 5000 } })[Symbol.asyncIterator]();
  await loop.next();
  await delay(200);
  assert.ok(executor.ran.length < 100, String(executor.ran.length));
  await loop.return?.();
});

test("a loop works once", async () => {
  const loop = playLoop();
  await loop.run();
  await rejectionOf(loop.run(), TypeError, /works once/);
});

const badOptions: readonly (readonly [string, object, RegExp])[] = [
  ["a misspelt option", { concurency: 3 }, /unknown loop option "concurency"; did you mean "concurrency"\?/],
  ["no concurrency", { concurrency: 0 }, /concurrency must be a whole number from 1/],
  ["no budget", { budget: { candidates: 0 } }, /budget\.candidates must be/],
  ["a misspelt budget", { budget: { runs: 3 } }, /unknown budget "runs"/],
  ["no time", { budget: { candidates: 1, timeMs: 0 } }, /budget\.timeMs must be more than 0/],
  ["no proposer", { propose: "x" }, /propose must be a function/],
  ["no score", { score: 3 }, /score must be a function/],
];
for (const [name, options, message] of badOptions) {
  test(`${name} is refused at once`, () => {
    assert.throws(
      () => playLoop(options as Partial<LoopOptions>),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    );
  });
}

test(
  "of 100,000 candidates it keeps ids and scores, and the code of few",
  async () => {
    const padding = "#".repeat(2000);
    const executor = {
      run: async (code: string) =>
        ({ ...(await plain), values: { result: code.length } }) as Awaited<typeof plain>,
    };
    const plain = createPlayExecutor().run("result = 1");
    await plain;
    await collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const loop = playLoop({
      executor,
      propose: ({ index }) => `result = ${index}\n${padding}`,
      budget: { candidates: 100_000 },
      concurrency: 8,
    });
    let grownBytes = Number.POSITIVE_INFINITY;
    for await (const event of loop) {
      if (event.type !== "done") continue;
      // While all that it knows is still there. Their code alone would be 200 MB.
      await collectGarbage();
      grownBytes = process.memoryUsage().heapUsed - before;
      assert.is(event.summary.counts.scored, 100_000);
    }
    assert.ok(grownBytes < 30 * 1024 ** 2, `${grownBytes / 1024 ** 2} MiB more`);
  },
  { timeoutMs: 300_000 },
);

test.run();
