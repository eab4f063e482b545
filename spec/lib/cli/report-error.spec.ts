import * as assert from "uvu/assert";
import { reportError } from "../../../lib/cli/report-error.ts";
import { ConfigError, SandboxError } from "../../../lib/errors.ts";
import { captureOutput, runCommand } from "../../support/cli.ts";
import { suite } from "../../support/suite.ts";

const test = suite("how the command says what failed");

/** The line for an error, and the exit code. */
async function report(error: unknown, signal = new AbortController().signal): Promise<[number, string]> {
  const err = captureOutput();
  const context = { out: captureOutput(), err, stdin: (async function* () {})(), env: {}, signal };
  return [await reportError(error, { ...context, confirm: null }), err.text()];
}

test("where no Engine answers it names what makes one run", async () => {
  const { exitCode, out, err } = await runCommand(["-H", "unix:///nowhere/docker.sock", "ps"]);
  assert.equal([exitCode, out], [69, ""]);
  assert.match(err, /^brigbox: .*\/nowhere\/docker\.sock.*\(`brigbox setup` sees to it that one runs\)\n$/);
});

test("for other troubles it names no setup", async () => {
  assert.equal(await report(new ConfigError("wrong")), [2, "brigbox: wrong\n"]);
  assert.equal(await report(new SandboxError("broken")), [70, "brigbox: broken\n"]);
});

test("what is no error, and what could move the cursor, is told in one line all the same", async () => {
  assert.equal(await report("plain"), [70, "brigbox: plain\n"]);
  const [, line] = await report(new Error("two\nlines\u001b[2J"));
  assert.match(line, /^brigbox: two.*lines.*\n$/);
  assert.not.ok(line.includes("\u001b"));
});

test("an interruption is told as one", async () => {
  const reason = new DOMException("interrupted", "AbortError");
  assert.equal(await report(reason, AbortSignal.abort(reason)), [7, "brigbox: interrupted\n"]);
});

test.run();
