import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { JobSource } from "../../../../lib/cli/batch/job-source.ts";
import { shareOptions } from "../../../../lib/cli/batch/load-job.ts";
import { parseJob } from "../../../../lib/cli/batch/parse-job.ts";
import type { ResultSink } from "../../../../lib/cli/batch/results-file.ts";
import { type BatchEnd, type BatchSurroundings, runJobs } from "../../../../lib/cli/batch/run-jobs.ts";
import { createTally } from "../../../../lib/cli/batch/tally.ts";
import { ConfigError, SandboxError } from "../../../../lib/errors.ts";
import { defaultPolicy } from "../../../../lib/policy/policy.ts";
import { nothingToClean } from "../../../../lib/run/cleanup.ts";
import { type BatchJob, type BatchOptions, runBatch } from "../../../../lib/run/run-batch.ts";
import type { RunHandle, RunOptions } from "../../../../lib/run/run-handle.ts";
import type { RunResult } from "../../../../lib/verdict.ts";
import { rejectionOf } from "../../../support/catch-error.ts";
import { noSamples } from "../../../support/fake-containers.ts";
import { okResult } from "../../../support/results.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("the jobs of a batch");

/** Codes that runs understand: `fail` ends in an error of the sandbox, `wait` runs until it is cancelled. */
function playRun(code: string, { signal }: RunOptions): RunHandle {
  const controller = new AbortController();
  const signals = [controller.signal, ...(signal === undefined ? [] : [signal])];
  const result = playResult(code, AbortSignal.any(signals));
  result.catch(() => undefined);
  return {
    runId: code,
    output: (async function* () {})(),
    stats: () => noSamples(),
    result,
    cleaned: result.then(
      () => nothingToClean,
      () => nothingToClean,
    ),
    cancel: () => controller.abort(),
  };
}

async function playResult(code: string, signal: AbortSignal): Promise<RunResult> {
  if (code === "fail") throw new SandboxError("the sandbox failed");
  if (code === "wait" && !signal.aborted)
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  return signal.aborted ? okResult({ status: "cancelled" }) : okResult({ values: { code } });
}

interface Played {
  readonly end: Promise<BatchEnd>;
  /** Ids of the jobs whose lines were written. */
  readonly written: string[];
  readonly changed: string[];
  readonly failed: string[];
  readonly around: BatchSurroundings;
}

/** A batch of jobs, by their codes, without an Engine. */
function play(codes: readonly string[], change: Partial<BatchSurroundings> = {}): Played {
  const [written, changed, failed]: [string[], string[], string[]] = [[], [], []];
  const source: JobSource = {
    async *specs() {
      for (const [at, code] of codes.entries())
        yield parseJob(code.endsWith(".py") ? { file: code } : { code }, {
          at: `jobs:${at}`,
          defaultId: `${at}`,
          resolvePath: (path) => path,
        });
    },
  };
  const sink: ResultSink = {
    earlier: new Map(),
    cutBytes: 0,
    append: async (id) => void written.push(id),
    tidy: async () => undefined,
    close: async () => undefined,
  };
  const runAll = <J extends BatchJob>(jobs: AsyncIterable<J> | Iterable<J>, options?: BatchOptions) =>
    runBatch(playRun, jobs, options);
  const around: BatchSurroundings = {
    executor: { runAll },
    source,
    shared: shareOptions({ image: "i", policy: defaultPolicy, inputs: {}, files: {}, returns: null }),
    sink,
    tally: createTally(),
    concurrency: 2,
    signal: new AbortController().signal,
    onProgress: async () => undefined,
    onChanged: async (id) => void changed.push(id),
    onFailure: async (id) => void failed.push(id),
    ...change,
  };
  return { end: runJobs(around), written, changed, failed, around };
}

test("every job has its line, and those that cannot be read are told and passed over", async () => {
  const { end, written, failed, around } = play(["a", "/nowhere/x.py", "b"]);
  const { error, ...rest } = await end;
  assert.equal(rest, { failed: 1, isGivenUp: false });
  assert.instance(error, ConfigError);
  assert.equal([written.sort(), failed], [["0", "2"], ["1"]]);
  assert.is(around.tally.done(), 2);
});

test("a failure of the sandbox has no line, and is told before one of a job", async () => {
  const { end, written, failed } = play(["/nowhere/x.py", "a", "fail", "b"]);
  const { error } = await end;
  assert.instance(error, SandboxError);
  assert.equal(
    [written.sort(), failed.sort()],
    [
      ["1", "3"],
      ["0", "2"],
    ],
  );
});

test("after ten failures of the sandbox in a row no more is begun", async () => {
  const { end, failed, written } = play(Array.from({ length: 1000 }, () => "fail"));
  assert.is((await end).isGivenUp, true);
  assert.ok(failed.length >= 10 && failed.length < 20, `${failed.length}`);
  assert.equal(written, []);
  const mixed = play(
    Array.from({ length: 60 }, (_, at) => (at % 6 === 0 ? "ok" : "fail")),
    { concurrency: 1 },
  );
  assert.is((await mixed.end).isGivenUp, false, "a result in between is a sign of life");
  assert.is(mixed.written.length, 10);
});

test("an interruption begins nothing, cancels what runs, and writes what is done and nothing else", async () => {
  const controller = new AbortController();
  const { end, written, failed, around } = play(["a", "wait", "b", "wait", "never"], {
    signal: controller.signal,
    concurrency: 2,
  });
  while (written.length < 2) await delay(1);
  controller.abort(new Error("interrupted"));
  assert.is((await end).failed, 0);
  assert.equal([written.sort(), failed], [["0", "2"], []]);
  assert.is(around.tally.done(), 2);
});

test("a result that is done stays done, and one of another job by the same name is made anew", async () => {
  const first: [string, readonly string[]][] = [];
  const probe = play(["a", "b", "c"]);
  const sink: ResultSink = {
    ...probe.around.sink,
    append: async (id, pieces) => void first.push([id, pieces]),
  };
  await probe.end;
  await play(["a", "b", "c"], { sink }).end;
  const earlier = new Map(
    first.map(([id, pieces]) => {
      const { hash } = JSON.parse(pieces.join("")) as { readonly hash: string };
      return [id, { hash, status: "error" as const }];
    }),
  );
  const again: string[] = [];
  const { end, changed, around } = play(["a", "other", "c", "new"], {
    sink: { ...sink, earlier, append: async (id) => void again.push(id) },
  });
  await end;
  assert.equal([again.sort(), changed], [["1", "3"], ["1"]]);
  assert.equal(around.tally.totals(), [
    ["ok", 2],
    ["error", 2],
  ]);
});

test("where a result cannot be written, everything ends", async () => {
  const { around, ...played } = play(["a"]);
  await played.end;
  const sink = { ...around.sink, append: async () => Promise.reject(new SandboxError("the disk is full")) };
  await rejectionOf(play(["a", "wait", "b"], { sink }).end, SandboxError, /the disk is full/);
});

test("ten thousand jobs are never in memory at the same time", async () => {
  let [open, most] = [0, 0];
  const source: JobSource = {
    async *specs() {
      for (let at = 0; at < 10_000; at++) {
        most = Math.max(most, ++open);
        yield parseJob({ code: `a${at}` }, { at: "x", defaultId: `${at}`, resolvePath: (path) => path });
      }
    },
  };
  const { around } = play([]);
  const sink = { ...around.sink, append: async () => void open-- };
  await play([], { source, sink, concurrency: 5 }).end;
  assert.is(open, 0);
  assert.ok(most <= 12, `${most}`);
});

test.run();
