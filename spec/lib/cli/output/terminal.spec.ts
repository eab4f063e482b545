import { PassThrough, Writable } from "node:stream";
import * as assert from "uvu/assert";
import { createOutput, paint } from "../../../../lib/cli/output/terminal.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("the terminal");

function terminal(isTTY: boolean): PassThrough & { isTTY: boolean; columns: number } {
  return Object.assign(new PassThrough(), { isTTY, columns: 120 });
}

const colours: readonly (readonly [string, boolean, Record<string, string>, boolean])[] = [
  ["a terminal has colour", true, {}, true],
  ["a pipe has none", false, {}, false],
  ["NO_COLOR takes it away", true, { NO_COLOR: "1" }, false],
  ["NO_COLOR beats FORCE_COLOR", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ["FORCE_COLOR gives it to a pipe", false, { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR=0 takes it away", true, { FORCE_COLOR: "0" }, false],
  ["a dumb terminal has none", true, { TERM: "dumb" }, false],
];

for (const [name, isTTY, env, expected] of colours) {
  test(name, () => {
    const output = createOutput(terminal(isTTY), { env });
    assert.is(output.hasColour, expected);
    assert.is(paint(output, "bad", "x"), expected ? "\u001b[31mx\u001b[39m" : "x");
  });
}

test("the width is the terminal's, or 80", () => {
  assert.is(createOutput(terminal(true), { env: {} }).columns, 120);
  assert.is(createOutput(new PassThrough(), { env: {} }).columns, 80);
  assert.is(createOutput(Object.assign(terminal(true), { columns: 0 }), { env: {} }).columns, 80);
});

test("a reader who is gone is told once, and later text is dropped", async () => {
  let broken = 0;
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error("EPIPE")) });
  const output = createOutput(stream, { env: {}, onBroken: () => broken++ });
  await output.write("one");
  await new Promise((resolve) => setImmediate(resolve));
  await output.write("two");
  assert.is(broken, 1);
});

test.run();
