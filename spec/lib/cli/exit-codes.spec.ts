import * as assert from "uvu/assert";
import { exitCodeOf } from "../../../lib/cli/exit-codes.ts";
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

test.run();
