import * as assert from "uvu/assert";
import { createReporter } from "../../../../lib/cli/batch/reporter.ts";
import { summaryLines } from "../../../../lib/cli/batch/show-summary.ts";
import { createTally, type Tally } from "../../../../lib/cli/batch/tally.ts";
import type { RunResult, RunStatus } from "../../../../lib/verdict.ts";
import { captureOutput } from "../../../support/cli.ts";
import { okResult } from "../../../support/results.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("what is told of a batch");

function resultOf(status: RunStatus, ms: number, start: "warm" | "cold" | null = "cold"): RunResult {
  const { timings, evidence } = okResult();
  return okResult({
    status,
    timings: { ...timings, queueMs: 1000, totalMs: 1000 + ms },
    evidence: { ...evidence, start },
  });
}

function tallyOf(...results: readonly (readonly [string, RunResult])[]): Tally {
  const tally = createTally();
  for (const [id, result] of results) tally.add(id, result);
  return tally;
}

const show = (tally: Tally): string =>
  summaryLines(tally, { elapsedMs: 2500, output: captureOutput() }).join("\n");

test("a table tells how the jobs ended and how long they took without the queue, and what took longest", () => {
  const tally = tallyOf(
    ["t", resultOf("timeout", 5000)],
    ...Array.from({ length: 10 }, (_, at) => [`j${at}`, resultOf("ok", (at + 1) * 10, "warm")] as const),
    ["r", resultOf("rejected", 2, null)],
  );
  assert.is(
    show(tally),
    [
      "STATUS    JOBS  MEDIAN    90 %  LONGEST",
      "ok          10   50 ms   90 ms   100 ms",
      "rejected     1    2 ms    2 ms     2 ms",
      "timeout      1     5 s     5 s      5 s",
      "in all      12   50 ms  100 ms      5 s",
      "  12 jobs in 2.5 s; 10 warm, 1 cold",
      "  slowest: t (5 s), j9 (100 ms), j8 (90 ms)",
    ].join("\n"),
  );
});

test("jobs of before have a column of their own and no times", () => {
  const tally = tallyOf(["a", resultOf("ok", 20)]);
  tally.addEarlier("ok");
  tally.addEarlier("error");
  const text = show(tally);
  assert.match(text, /^STATUS {2}JOBS {2}BEFORE {2}MEDIAN/);
  assert.match(text, /^ok {9}1 {7}1 {3}20 ms/m);
  assert.match(text, /^error {6}0 {7}1$/m);
  assert.match(text, /^in all {5}1 {7}2 /m);
  assert.equal([tally.done(), tally.doneNow()], [3, 1]);
});

test("a batch without any result is told without a table", () => {
  assert.is(show(createTally()), "  0 jobs in 2.5 s");
});

test("containers that may be left are told, and names cannot play with the terminal", () => {
  const cleanup = {
    strategy: "none",
    isConfirmed: false,
    attempts: [],
    containerExitCode: null,
    cleanupMs: 1,
  } as const;
  const text = show(tallyOf(["\u001b[2J", { ...resultOf("ok", 20), cleanup }]));
  assert.match(text, /1 containers could not be removed; see brigbox ps/);
  assert.match(text, /slowest: \^\[\[2J/);
});

test("on a terminal a bar tells how far it is, how the jobs ended, and how long it will take", async () => {
  const output = captureOutput({ isTerminal: true, columns: 120 });
  let now = 0;
  const tally = createTally();
  const reporter = createReporter(output, { total: 40, tally }, () => now);
  now = 3000;
  for (let at = 0; at < 9; at++) tally.add("a", resultOf("ok", 10));
  await reporter.onProgress();
  assert.match(output.text(), /22% running \(3 s\) 9 ok$/, "too few to tell");
  now = 4000;
  tally.add("a", resultOf("error", 10));
  await reporter.onProgress();
  assert.match(output.text(), /\[█{6} {18}\] {2}25% running \(4 s\) 9 ok, 1 error, about 12 s left$/);
  await reporter.onChanged("b\u0007");
  assert.ok(output.text().endsWith("\r\u001b[2K! b^G is not what it was, and is run again\n"));
});

test("of many failures ten are told and all are counted", async () => {
  const output = captureOutput();
  const reporter = createReporter(output, { total: 30, tally: createTally() }, () => 0);
  for (let at = 0; at < 25; at++) await reporter.onFailure(`j${at}`, new Error("a\nb"));
  await reporter.summarise();
  assert.is(output.text().match(/✖ j\d+ could not be run: a\\nb\n/g)?.length, 10);
  assert.match(output.text(), /25 could not be run\n$/);
});

test.run();
