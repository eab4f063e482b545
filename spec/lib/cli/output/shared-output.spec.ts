import * as assert from "uvu/assert";
import { createProgress } from "../../../../lib/cli/output/progress.ts";
import { createSharedOutput } from "../../../../lib/cli/output/shared-output.ts";
import type { Output } from "../../../../lib/cli/output/terminal.ts";
import { captureOutput } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("an output that a log shares");

test("lines of the log begin in a line of their own", async () => {
  const captured = captureOutput();
  const shared = createSharedOutput(captured);
  await shared.writeLines("1\n");
  await shared.write("said");
  await shared.writeLines("2\n");
  await shared.write("said in full\n");
  await shared.writeLines("3\n");
  await shared.write(Buffer.from("bytes"));
  await shared.write("");
  await shared.writeLines("4\n");
  await shared.write(Buffer.from("more bytes\n"));
  await shared.writeLines("5\n");
  assert.is(captured.text(), "1\nsaid\n2\nsaid in full\n3\nbytes\n4\nmore bytes\n5\n");
});

test("on a terminal progress is told in lines, since a bar would be drawn over the log", async () => {
  const captured = captureOutput({ isTerminal: true });
  const step = { phase: "working", text: "hard", fraction: 0.5 };
  await createProgress(createSharedOutput(captured)).show(step);
  assert.is(captured.text(), "  working 50 % (0 s): hard\n");
  const drawn = captureOutput({ isTerminal: true });
  await createProgress(drawn).show(step);
  assert.match(drawn.text(), /^\r.*working/);
});

test("it is as wide as what it is over, also when that changes", () => {
  const { isTerminal, hasColour, canRedraw, write } = captureOutput();
  let columns = 80;
  const over: Output = {
    isTerminal,
    hasColour,
    canRedraw,
    write,
    get columns() {
      return columns;
    },
  };
  const shared = createSharedOutput(over);
  columns = 120;
  assert.is(shared.columns, 120);
});

test.run();
