import * as assert from "uvu/assert";
import { createLoopView } from "../../../../lib/cli/output/loop-view.ts";
import type { LoopEvent } from "../../../../lib/loop/events.ts";
import { captureOutput } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("how a loop is shown");
/** Up some lines, and away with what stands there. */
const redraw = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)A\r${String.fromCharCode(27)}\\[J`, "g");
const counts = { candidates: 3, scored: 2, failed: 1, deadLetters: 0, repeated: 0, elapsedMs: 1500 };
const failure = { message: "bad\u001b[2J\nthing", exceptionType: "E", line: 1, violations: [] } as const;

function result(index: number, score: number | null, isBest = false): LoopEvent {
  return {
    ...{ type: "result", index, id: "", meta: { HELD: index }, score, holdout: score, isBest, counts },
    failure: score === null ? { status: "error", ...failure } : null,
  };
}

test("without a terminal each result is a line, with what code wrote made harmless", async () => {
  const output = captureOutput();
  const view = createLoopView(output, { budget: 10, champions: 2 });
  await view.show({ type: "resumed", counts: { ...counts, candidates: 0 }, pending: 0 });
  for (const event of [result(0, 1.23456, true), result(1, 0.0001), result(2, null)]) await view.show(event);
  await view.show({ type: "retry", index: 3, attempt: 2, reason: "lost" });
  await view.show({ type: "propose-failed", index: 4, message: "busy" });
  await view.show({ type: "dead-letter", index: 5, id: "", attempts: 3, reason: "down", counts });
  assert.equal(output.text().split("\n"), [
    "✔ #0 best 1.235  kept back 1.235  HELD 0",
    "✔ #1 1.000e-4  kept back 1.000e-4  HELD 1",
    "✖ #2 error: E: bad^[[2J\\nthing",
    "! #3 is run again: lost",
    "! #4 was not proposed: busy",
    "✖ #5 dead letter: down",
    "",
  ]);
});

test("on a terminal one table is drawn over itself, within its columns", async () => {
  const output = captureOutput({ isTerminal: true, columns: 60 });
  let nowMs = 0;
  const view = createLoopView(output, { budget: 10, champions: 2, now: () => nowMs });
  for (const event of [result(0, 1), result(1, 3, true), result(2, null), result(3, 2), result(4, 0)]) {
    nowMs += 1000;
    await view.show(event);
  }
  const pieces = output.text().split(redraw);
  const frames = pieces.filter((_, place) => place % 2 === 0);
  assert.is(frames.length, 5);
  const last = (frames.at(-1) ?? "").trimEnd().split("\n");
  assert.ok(
    last.every((line) => line.length < 60),
    last.join("\n"),
  );
  assert.match(last[0] ?? "", /^\[█+ +\] +30% 3 candidates/);
  assert.match(last[2] ?? "", /^1 +3 +3 +#1 +HELD 1/);
  assert.match(last[3] ?? "", /^2 +2 +2 +#3 +HELD 3/);
  const heights = pieces.filter((_, place) => place % 2 === 1).map(Number);
  assert.equal(
    heights,
    frames.slice(0, -1).map((frame) => frame.split("\n").length - 1),
  );
});

test("it is not drawn more often than anybody can see", async () => {
  const output = captureOutput({ isTerminal: true });
  const view = createLoopView(output, { budget: 10, champions: 2, now: () => 0 });
  await view.show(result(0, 1));
  const before = output.text();
  for (let index = 1; index < 100; index++) await view.show(result(index, 1));
  assert.is(output.text(), before);
});

test.run();
