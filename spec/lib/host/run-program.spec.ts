import * as assert from "uvu/assert";
import { HostProgramError, programLines, runProgram } from "../../../lib/host/run-program.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { eventually } from "../../support/eventually.ts";
import { isAlive } from "../../support/is-alive.ts";
import { suite } from "../../support/suite.ts";

const test = suite("programs of the host");

test("stdout and stderr come line by line, to the last line without an end", async () => {
  const text = await runProgram("sh", ["-c", "echo one; echo two >&2; printf three"]);
  assert.equal(text.split("\n").sort(), ["one", "three", "two"]);
});

test("stdin is empty", async () => assert.is(await runProgram("cat", []), ""));

test("variables are added to the environment", async () => {
  assert.is(
    await runProgram("sh", ["-c", 'echo $ADDED; test -n "$PATH" && echo path'], { env: { ADDED: "yes" } }),
    "yes\npath",
  );
});

test("an exit code is an error that holds the last lines", async () => {
  const running = runProgram("sh", ["-c", "for i in 1 2 3 4 5 6 7; do echo line$i; done; exit 3"]);
  const error = await rejectionOf(running, HostProgramError);
  assert.is(error.exitCode, 3);
  assert.is(error.message, "sh ended with code 3: line3 | line4 | line5 | line6 | line7");
});

test("a program that is not there is an error", async () => {
  const error = await rejectionOf(runProgram("no-such-program-anywhere", []), HostProgramError, /ENOENT/);
  assert.is(error.exitCode, null);
});

test("a line without end is cut", async () => {
  assert.is((await runProgram("sh", ["-c", "head -c 100000 /dev/zero | tr '\\0' x"])).length, 400);
});

test("an abort ends the program and all that it started", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const pids: number[] = [];
  const running = (async () => {
    for await (const line of programLines("sh", ["-c", "sleep 600 & echo $!; echo $$; wait"], {
      signal: controller.signal,
    })) {
      pids.push(Number(line));
      if (pids.length === 2) controller.abort(reason);
    }
  })();
  assert.is(await rejection(running), reason);
  // A child of a child is killed too, and dies a little later.
  for (const pid of pids) await eventually(() => !isAlive(pid));
});

test("who stops reading ends the program", async () => {
  let pid = 0;
  for await (const line of programLines("sh", ["-c", "echo $$; sleep 600"])) {
    pid = Number(line);
    break;
  }
  assert.not.ok(isAlive(pid));
});

test("an aborted signal starts nothing", async () => {
  const reason = new Error("before");
  assert.is(await rejection(runProgram("sleep", ["600"], { signal: AbortSignal.abort(reason) })), reason);
});

test.run();
