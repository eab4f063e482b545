import * as assert from "uvu/assert";
import * as surface from "../../lib/mod.ts";
import { suite } from "../support/suite.ts";

const test = suite("lib/mod");

test("exports these names and no other; a change here is a change for every user", () => {
  assert.equal(Object.keys(surface).sort(), [
    "ConfigError",
    "DisqualifiedError",
    "JournalError",
    "ProposalError",
    "QueueFullError",
    "SandboxError",
    "ValueDecodingError",
    "ValueEncodingError",
    "attackJail",
    "buildSandboxImage",
    "createChatProposer",
    "createExecutor",
    "createFolderProposer",
    "createFrame",
    "createGeneticProposer",
    "createLoop",
    "createMonitor",
    "createSignalScore",
    "defaultImage",
    "defaultPolicy",
    "examine",
    "interleaveCode",
    "jsonPieces",
    "loadConfig",
    "loadLoop",
    "ndarray",
    "onDiagnostic",
    "parseInput",
    "reap",
    "resolvePolicy",
    "runStatuses",
    "serveMonitor",
    "toJson",
    "validate",
    "valueScore",
  ]);
});

test.run();
