import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { nothingToClean } from "../../../lib/run/cleanup.ts";
import { createDeferred, type Deferred } from "../../../lib/run/deferred.ts";
import { type BatchJob, type BatchOptions, runBatch } from "../../../lib/run/run-batch.ts";
import type { RunHandle } from "../../../lib/run/run-handle.ts";
import type { RunResult } from "../../../lib/verdict.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { noSamples } from "../../support/fake-containers.ts";
import { okResult } from "../../support/results.ts";
import { suite } from "../../support/suite.ts";

const test = suite("many runs, a few at a time");

interface Started {
  readonly code: string;
  readonly result: Deferred<RunResult>;
  isCancelled: boolean;
}

/** Runs that end when the spec says so; at once where they are cancelled. */
function createStarter(): { readonly started: Started[]; start(code: string): RunHandle } {
  const started: Started[] = [];
  return {
    started,
    start(code) {
      if (code === "bad option") throw new ConfigError("this cannot be used");
      const run: Started = { code, result: createDeferred(), isCancelled: false };
      started.push(run);
      return {
        runId: code,
        output: (async function* () {})(),
        stats: () => noSamples(),
        result: run.result.promise,
        cleaned: run.result.promise.then(() => nothingToClean),
        cancel() {
          run.isCancelled = true;
          run.result.resolve(okResult({ status: "cancelled" }));
        },
      };
    },
  };
}

const jobsOf = (...codes: readonly string[]): BatchJob[] => codes.map((code) => ({ code }));

test("results come as they are there, and no more run at a time than asked", async () => {
  const { started, start } = createStarter();
  const batch = runBatch(start, jobsOf("a", "b", "c"), { concurrency: 2 });
  const first = batch.next();
  await delay(1);
  assert.equal(
    started.map(({ code }) => code),
    ["a", "b"],
  );
  started[1]?.result.resolve(okResult());
  const { value } = await first;
  assert.equal([value?.index, value?.job.code, value?.result?.status], [1, "b", "ok"]);
  await delay(1);
  assert.is(started.length, 3, "the next begins though nobody reads");
  started[2]?.result.resolve(okResult());
  started[0]?.result.resolve(okResult());
  const rest = [];
  for await (const { index } of batch) rest.push(index);
  assert.equal(rest.sort(), [0, 2]);
});

test("in the order of the jobs, if asked", async () => {
  const { started, start } = createStarter();
  const batch = runBatch(start, jobsOf("a", "b", "c"), { concurrency: 3, order: "input" });
  const first = batch.next();
  await delay(1);
  for (const run of [...started].reverse()) run.result.resolve(okResult());
  const order = [(await first).value?.index];
  for await (const { index } of batch) order.push(index);
  assert.equal(order, [0, 1, 2]);
});

test("what nobody takes does not pile up", async () => {
  const { started, start } = createStarter();
  const endless = (function* (): Generator<BatchJob> {
    for (let number = 0; ; number++) yield { code: String(number) };
  })();
  const batch = runBatch(start, endless, { concurrency: 2, order: "input" });
  const first = batch.next();
  for (let turn = 0; turn < 20; turn++) {
    await delay(1);
    for (const run of started.slice(1)) run.result.resolve(okResult());
  }
  assert.is(started.length, 4, "twice as many as run at a time");
  started[0]?.result.resolve(okResult());
  assert.is((await first).value?.index, 0);
  await batch.return();
});

test("a job that cannot be started, or whose sandbox fails, is no end of the others", async () => {
  const { started, start } = createStarter();
  const jobs = jobsOf("a", "bad option", "c");
  const batch = runBatch(start, jobs, { concurrency: 1, order: "input" });
  const results = [];
  void delay(1).then(async () => {
    started[0]?.result.resolve(Promise.reject(new Error("lost")) as unknown as RunResult);
    while (started.length < 2) await delay(1);
    started[1]?.result.resolve(okResult());
  });
  for await (const { result, error } of batch) results.push(result?.status ?? String(error));
  assert.equal(results, ["Error: lost", "ConfigError: this cannot be used", "ok"]);
});

test("leaving the loop cancels what runs, waits for it, and lets go of the source", async () => {
  const { started, start } = createStarter();
  let isClosed = false;
  const source = (async function* (): AsyncGenerator<BatchJob> {
    try {
      for (let number = 0; ; number++) yield { code: String(number) };
    } finally {
      isClosed = true;
    }
  })();
  const batch = runBatch(start, source, { concurrency: 3 });
  const first = batch.next();
  while (started.length < 3) await delay(1);
  started[0]?.result.resolve(okResult());
  await first;
  await batch.return();
  assert.equal(
    started.slice(1, 3).map(({ isCancelled }) => isCancelled),
    [true, true],
  );
  assert.is(isClosed, true);
  const begun = started.length;
  await delay(5);
  assert.is(started.length, begun);
});

test("an abort cancels all, and its reason is what is thrown", async () => {
  const { started, start } = createStarter();
  const controller = new AbortController();
  const batch = runBatch(start, jobsOf("a", "b", "c"), { concurrency: 2, signal: controller.signal });
  const first = batch.next();
  await delay(1);
  controller.abort(new Error("enough"));
  await rejectionOf(first, Error, /^enough$/);
  assert.ok(started.every(({ isCancelled }) => isCancelled));
  await rejectionOf(runBatch(start, jobsOf("d"), { signal: controller.signal }).next(), Error, /^enough$/);
  assert.is(started.length, 2);
});

test("a source that fails ends the batch with its error", async () => {
  const { start } = createStarter();
  const source: Iterable<BatchJob> = {
    [Symbol.iterator]: () => ({
      next() {
        throw new Error("no such file");
      },
    }),
  };
  await rejectionOf(runBatch(start, source).next(), Error, /^no such file$/);
});

test("no jobs are no trouble", async () => {
  const { start } = createStarter();
  for await (const _ of runBatch(start, [])) assert.unreachable();
});

const bad: readonly (readonly [object, RegExp])[] = [
  [{ concurrency: 0 }, /concurrency must be a whole number from 1/],
  [{ order: "random" }, /order must be "input" or "completion"/],
  [{ concurency: 1 }, /did you mean "concurrency"\?/],
];

for (const [options, message] of bad)
  test(`${JSON.stringify(options)} is refused`, async () => {
    const { start } = createStarter();
    await rejectionOf(runBatch(start, [], options as BatchOptions).next(), ConfigError, message);
  });

test.run();
