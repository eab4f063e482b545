import * as assert from "uvu/assert";
import { createProgress } from "../../../../lib/cli/output/progress.ts";
import { captureOutput } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("progress");

test("without a terminal there is a line for each phase and every ten seconds", async () => {
  const output = captureOutput();
  let now = 0;
  const progress = createProgress(output, () => now);
  await progress.show({ phase: "first", text: "a", fraction: 0 });
  await progress.show({ phase: "first", text: "b", fraction: 0.5 });
  now = 10_001;
  await progress.show({ phase: "first", text: "c", fraction: 0.61 });
  await progress.show({ phase: "second", text: "d", fraction: null });
  await progress.clear();
  assert.is(output.text(), "  first 0 % (0 s): a\n  first 61 % (10 s): c\n  second (10 s): d\n");
});

test("on a terminal a bar is drawn over itself and taken away", async () => {
  const output = captureOutput({ isTerminal: true, columns: 80 });
  let now = 0;
  const progress = createProgress(output, () => now);
  await progress.show({ phase: "building", text: "x".repeat(200), fraction: 0.5 });
  const drawn = output.text();
  assert.ok(drawn.startsWith("\r\u001b[2K"));
  assert.match(drawn.slice(5), /^\[█{12} {12}\] {2}50% building \(0 s\) x+…$/);
  assert.ok(drawn.length - 5 <= 80, "the bar stays in its line");
  await progress.show({ phase: "building", text: "too soon", fraction: 0.6 });
  assert.is(output.text(), drawn);
  now = 100;
  await progress.show({ phase: "building", text: "later", fraction: 0.6 });
  await progress.clear();
  assert.ok(output.text().endsWith("\r\u001b[2K"));
});

test("the end of a phase is drawn however soon it comes", async () => {
  const output = captureOutput({ isTerminal: true });
  const progress = createProgress(output, () => 0);
  await progress.show({ phase: "p", text: "", fraction: 0 });
  await progress.show({ phase: "p", text: "", fraction: 1 });
  assert.match(output.text(), /100% p/);
});

test("what a program writes cannot steer the terminal", async () => {
  const output = captureOutput();
  await createProgress(output, () => 0).show({ phase: "p", text: "\u001b[2Jx\ny", fraction: null });
  assert.is(output.text(), "  p (0 s): ^[[2Jx\\ny\n");
});

test.run();
