import * as assert from "uvu/assert";
import { ConnectionError, ResponseError } from "../../../engine-api/mod.ts";
import { exitCodeOfError } from "../../../lib/cli/exit-code-of-error.ts";
import { ConfigError, SandboxError } from "../../../lib/errors.ts";
import { suite } from "../../support/suite.ts";

const test = suite("exit codes of errors");

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
