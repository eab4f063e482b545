import * as assert from "uvu/assert";
import { ConnectionError, ResponseError } from "../../../engine-api/mod.ts";
import { exitCodeOf, exitCodeOfError } from "../../../lib/cli/exit-codes.ts";
import { ConfigError, SandboxError } from "../../../lib/errors.ts";
import { type RunStatus, runStatuses } from "../../../lib/verdict.ts";
import { suite } from "../../support/suite.ts";

const test = suite("exit codes");

const documented: Readonly<Record<RunStatus, number>> = {
  ok: 0,
  error: 1,
  rejected: 3,
  timeout: 4,
  "cpu-timeout": 4,
  oom: 5,
  "output-limit": 6,
  killed: 7,
  cancelled: 7,
};

test("each status has the code that the help tells", () => {
  for (const status of runStatuses) assert.is(exitCodeOf(status), documented[status], status);
});

const lost = new ConnectionError("unix:///x.sock", Object.assign(new Error("gone"), { code: "ENOENT" }));
const thrown: readonly (readonly [string, unknown, number])[] = [
  ["a mistake of the user", new ConfigError("bad"), 2],
  ["no Engine", lost, 69],
  ["no Engine, found out by a run", new SandboxError("x", { cause: lost }), 69],
  ["an Engine that died in the middle", new SandboxError("x", { cause: lost, outcomeUnknown: true }), 70],
  ["an Engine that refuses", new ResponseError("GET /x", 500, "no"), 70],
  ["anything else", new Error("?"), 70],
  ["what is no error", "text", 70],
];

for (const [name, error, expected] of thrown) {
  test(`${name} ends with ${expected}`, () => assert.is(exitCodeOfError(error), expected));
}

test.run();
