import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { SandboxError } from "../../../lib/errors.ts";
import { JournalError } from "../../../lib/loop/errors.ts";
import type { LoopEvent } from "../../../lib/loop/events.ts";
import { createLoop, type Loop } from "../../../lib/loop/loop.ts";
import type { LoopOptions } from "../../../lib/loop/options.ts";
import { createGeneticProposer } from "../../../lib/loop/propose/genetic.ts";
import type { ProposeContext } from "../../../lib/loop/proposer.ts";
import { valueScore } from "../../../lib/loop/score/value-score.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { createSeededRandom } from "../../support/kill-host/seeded-random.ts";
import { journalFacts, readRecords } from "../../support/loop/journal-facts.ts";
import { createPlayExecutor } from "../../support/loop/play-executor.ts";
import { temporaryFolder } from "../../support/loop/temporary.ts";
import { suite } from "../../support/suite.ts";

const test = suite("a loop that goes on from its journal");

function playLoop(journal: string, options: Partial<LoopOptions> = {}): Loop {
  return createLoop({
    journal,
    propose: ({ index }) => `result = ${index}`,
    executor: createPlayExecutor(),
    score: valueScore("values.result"),
    budget: { candidates: 10 },
    retryDelayMs: 1,
    ...options,
  });
}

/** Leaves after so many events, as an orderly end in the middle. */
async function workFor(loop: Loop, events: number): Promise<readonly LoopEvent[]> {
  const seen: LoopEvent[] = [];
  for await (const event of loop) {
    seen.push(event);
    if (seen.length >= events) break;
  }
  return seen;
}

test("it repeats none and loses none, however often it is left", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const random = createSeededRandom(4);
  let lives = 0;
  for (let isDone = false; !isDone; lives++) {
    const events = await workFor(
      playLoop(path, { budget: { candidates: 60 } }),
      2 + Math.floor(random() * 10),
    );
    isDone = events.at(-1)?.type === "done";
  }
  const { wrong, candidates, indexes } = journalFacts(path);
  assert.equal(wrong, []);
  assert.equal(
    candidates.map(({ score }) => score),
    Array.from({ length: 60 }, (_, index) => index),
  );
  assert.equal(
    indexes,
    Array.from({ length: 60 }, (_, index) => index),
  );
  assert.ok(lives > 5, String(lives));
});

test("a loop that is done has nothing to do, and its journal stays as it is", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const first = await playLoop(path).run();
  const before = readFileSync(path, "utf8");
  const executor = createPlayExecutor();
  const second = await playLoop(path, { executor }).run();
  assert.equal(executor.ran, []);
  assert.is(readFileSync(path, "utf8"), before);
  assert.equal(second.champions, first.champions);
});

test("with a larger budget it goes on", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  await playLoop(path).run();
  const executor = createPlayExecutor();
  const { counts } = await playLoop(path, { executor, budget: { candidates: 13 } }).run();
  assert.equal([counts.candidates, executor.ran.length], [13, 3]);
});

test("what had no result is run again first, and not proposed again", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const controller = new AbortController();
  const executor = createPlayExecutor((code) => {
    if (code === "result = 2") controller.abort(new Error("stop"));
    return {};
  });
  const { signal } = controller;
  await rejectionOf(playLoop(path, { executor, signal, concurrency: 1 }).run(), Error, /stop/);
  assert.equal(journalFacts(path).candidates.at(-1)?.status, "no end");
  const asked: number[] = [];
  const again = createPlayExecutor();
  const propose = ({ index }: ProposeContext): string => {
    asked.push(index);
    return `result = ${index}`;
  };
  await playLoop(path, { executor: again, propose, concurrency: 1 }).run();
  assert.is(again.ran[0], "result = 2");
  assert.equal(asked, [3, 4, 5, 6, 7, 8, 9]);
  assert.equal(journalFacts(path).wrong, []);
});

test("code that takes the whole process down is a dead letter in the end", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const executor = createPlayExecutor((code) => {
    // As good as a process that is gone: nothing of it gets into the journal.
    if (code === "result = 3") throw new RangeError("this process is gone");
    return {};
  });
  for (let life = 0; life < 3; life++)
    await rejectionOf(playLoop(path, { executor, maxCrashes: 3, concurrency: 1 }).run(), RangeError);
  const { counts } = await playLoop(path, { executor, maxCrashes: 3, concurrency: 1 }).run();
  assert.equal([counts.deadLetters, counts.scored], [1, 9]);
  assert.is(executor.ran.filter((code) => code === "result = 3").length, 3);
  const { wrong, candidates } = journalFacts(path);
  assert.equal([wrong, candidates[3]?.status], [[], "dead-letter"]);
});

test("code that was cancelled in order, however often, is not to blame", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  for (let life = 0; life < 6; life++) {
    const controller = new AbortController();
    const executor = createPlayExecutor(() => {
      controller.abort(new Error("stop"));
      return { status: "cancelled" };
    });
    const options = { executor, signal: controller.signal, maxCrashes: 2, maxAttempts: 1 };
    await rejectionOf(playLoop(path, options).run(), Error, /stop/);
  }
  const { counts } = await playLoop(path, { maxCrashes: 2, maxAttempts: 1 }).run();
  assert.equal([counts.scored, counts.deadLetters], [10, 0]);
});

test("time counts across processes", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const slow = createPlayExecutor(() => delay(40, {}));
  await workFor(playLoop(path, { executor: slow, concurrency: 1 }), 10);
  const elapsed = (): readonly number[] =>
    readRecords(path).flatMap((record) => ("elapsedMs" in record ? [record.elapsedMs] : []));
  const first = elapsed();
  assert.ok((first.at(-1) ?? 0) >= 150);
  await workFor(playLoop(path), 4);
  const both = elapsed();
  assert.ok(both.length > first.length);
  assert.equal(
    both,
    [...both].sort((left, right) => left - right),
  );
  const late = { candidates: 10, timeMs: 100 };
  assert.is((await playLoop(path, { budget: late }).run()).reason, "time");
});

const others: readonly (readonly [string, Partial<LoopOptions>])[] = [
  ["inputs", { inputs: { prices: 1 } }],
  ["inputs that are kept back", { holdout: { inputs: { prices: 1 }, score: () => 1 } }],
  ["returns", { returns: ["result"] }],
  ["limits", { limits: { timeoutMs: 1000 } }],
  ["whatever else it says of itself", { identity: "seed 2" }],
];
for (const [name, change] of others) {
  test(`a journal of other ${name} is refused`, async () => {
    using folder = temporaryFolder();
    const path = folder.at("j.jsonl");
    await playLoop(path).run();
    await rejectionOf(playLoop(path, change).run(), JournalError, /another configuration/);
  });
}

test("the sandbox's own trouble leaves a journal from which it goes on", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const executor = createPlayExecutor((code) => {
    if (code === "result = 5") throw new SandboxError("no Engine");
    return {};
  });
  await rejectionOf(playLoop(path, { executor, maxTroubles: 2 }).run(), SandboxError);
  const { counts } = await playLoop(path).run();
  assert.equal([counts.scored, counts.deadLetters], [10, 0]);
  assert.equal(journalFacts(path).wrong, []);
});

test("a genetic search that was left again and again comes to the same end as one that was not", async () => {
  using folder = temporaryFolder();
  const template = "A = 0\nB = 0\nC = True\n";
  const genes = { A: { from: 0, to: 30 }, B: { from: 0, to: 30 }, C: { choices: [true, false] } };
  const score: LoopOptions["score"] = ({ values }) => Number(values.result);
  const executor = createPlayExecutor((code) => {
    const [a, b, c] = [...code.matchAll(/= (\w+)/g)].map(([, value]) => value);
    return { values: { result: -((Number(a) - 17) ** 2) - (Number(b) - 5) ** 2 - (c === "True" ? 0 : 3) } };
  });
  const search = (journal: string, concurrency: number): Loop =>
    playLoop(journal, {
      ...{ executor, score, concurrency, budget: { candidates: 150 } },
      propose: createGeneticProposer({ template, genes, seed: 3, population: 15 }),
    });
  await search(folder.at("whole"), 1).run();
  const random = createSeededRandom(9);
  for (let isDone = false; !isDone; ) {
    const events = await workFor(search(folder.at("torn"), 4), 2 + Math.floor(random() * 40));
    isDone = events.at(-1)?.type === "done";
  }
  const [whole, torn] = [journalFacts(folder.at("whole")), journalFacts(folder.at("torn"))];
  assert.equal(torn.candidates, whole.candidates);
  assert.equal([torn.wrong, torn.candidates.length], [[], 150]);
});

test.run();
