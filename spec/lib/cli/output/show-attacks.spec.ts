import * as assert from "uvu/assert";
import { attackLines } from "../../../../lib/cli/output/show-attacks.ts";
import type { AttackResult } from "../../../../lib/doctor/attack/attack-jail.ts";
import { captureOutput } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("attacks as a table");

const stopped: AttackResult = {
  id: "a",
  title: "write to /",
  outcome: "stopped",
  expected: "stopped",
  seen: "Read-only file system",
};

test("each attack is a row, and the last line sums up", () => {
  assert.equal(attackLines([stopped], captureOutput()), [
    "  attack      expected  seen",
    "✔ write to /  stopped   Read-only file system",
    "1 attacks, 1 stopped, none got through",
  ]);
});

test("one that got through, and one that could not be tried, stand out", () => {
  const lines = attackLines(
    [
      stopped,
      { ...stopped, outcome: "through", seen: "wrote" },
      { ...stopped, outcome: "unknown", seen: "?" },
    ],
    captureOutput(),
  );
  assert.match(lines[2] ?? "", /^✖ write to \/ {2}stopped {3}through: wrote$/);
  assert.match(lines[3] ?? "", /^\? .*unknown: \?$/);
  assert.is(
    lines[4],
    "3 attacks, 1 stopped, 1 could not be tried, 1 got through: do not run foreign code in this jail",
  );
});

test("what the jail says cannot play with the terminal", () => {
  const [, line] = attackLines([{ ...stopped, seen: "\u001b[2Jgone" }], captureOutput());
  assert.match(line ?? "", /\^\[\[2Jgone$/);
});

test.run();
