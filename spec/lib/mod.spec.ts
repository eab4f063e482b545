import * as assert from "uvu/assert";
import * as surface from "../../lib/mod.ts";
import { suite } from "../support/suite.ts";

const test = suite("lib/mod");

test("exports these names and no other; a change here is a change for every user", () => {
  assert.equal(Object.keys(surface).sort(), [
    "ConfigError",
    "QueueFullError",
    "SandboxError",
    "ValueDecodingError",
    "ValueEncodingError",
    "attackJail",
    "buildSandboxImage",
    "createExecutor",
    "createFrame",
    "defaultImage",
    "defaultPolicy",
    "examine",
    "jsonPieces",
    "loadConfig",
    "ndarray",
    "parseInput",
    "reap",
    "resolvePolicy",
    "runStatuses",
    "toJson",
    "validate",
  ]);
});

test.run();
