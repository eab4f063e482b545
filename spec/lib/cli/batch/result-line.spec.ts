import * as assert from "uvu/assert";
import { resultLine } from "../../../../lib/cli/batch/result-line.ts";
import { okResult } from "../../../support/results.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("result lines");
const job = { id: "a", hash: "0".repeat(32) };

test("a line is one object that begins with what a later run looks for, and tells the rest in short", () => {
  const result = okResult({
    values: { x: [1, "line\nend"], big: 2n ** 70n },
    stdout: `${"x".repeat(5000)}end`,
    artifacts: [{ path: "a.bin", bytes: new Uint8Array(3) }],
  });
  const text = resultLine(job, result).pieces.join("");
  assert.ok(
    text.startsWith(`{"id":"a","hash":"${job.hash}","status":"ok","message":"finished in 12 ms","values":`),
  );
  assert.is(text.indexOf("\n"), text.length - 1);
  const line = JSON.parse(text);
  assert.equal(line.values.x, [1, "line\nend"]);
  assert.is(line.stdout, `…${"x".repeat(3997)}end`);
  assert.equal(line.artifacts, [{ path: "a.bin", bytes: 3 }]);
  assert.is(line.timings.totalMs, 17);
  assert.is(line.usage.maxRssBytes, 1024);
  assert.equal(line.evidence, {
    start: "cold",
    cause: "report",
    limit: null,
    exitCode: 0,
    signal: null,
    oomKills: 0,
  });
});

test("values that need too much are an output-limit without values", () => {
  const { result, pieces } = resultLine(job, okResult({ values: { x: "y".repeat(2000) } }), 1500);
  assert.is(result.status, "output-limit");
  const line = JSON.parse(pieces.join(""));
  assert.equal([line.status, line.values], ["output-limit", {}]);
  assert.match(line.message, /more than 1\.46 KiB as JSON/);
});

test("a container that may be left is told", () => {
  const cleanup = {
    strategy: "none",
    isConfirmed: false,
    attempts: [],
    containerExitCode: null,
    cleanupMs: 1,
  } as const;
  assert.is(JSON.parse(resultLine(job, okResult({ cleanup })).pieces.join("")).isCleaned, false);
  assert.is(JSON.parse(resultLine(job, okResult()).pieces.join("")).isCleaned, true);
});

test.run();
