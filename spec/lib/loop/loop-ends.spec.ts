import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { ConfigError, SandboxError } from "../../../lib/errors.ts";
import { ProposalError } from "../../../lib/loop/errors.ts";
import type { LoopEvent } from "../../../lib/loop/events.ts";
import type { LoopOptions } from "../../../lib/loop/options.ts";
import type { ProposeContext } from "../../../lib/loop/proposer.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { createPlayExecutor } from "../../support/loop/play-executor.ts";
import { eventsOf, playLoop } from "../../support/loop/play-loop.ts";
import { collectGarbage } from "../../support/many-runs/counts.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the loop in trouble, and at its end");

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
