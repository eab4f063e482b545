import * as assert from "uvu/assert";
import { resultJson } from "../../../../lib/cli/output/result-json.ts";
import { createFrame } from "../../../../lib/values/frame.ts";
import { okResult } from "../../../support/results.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("a result as JSON");

test("has every key of the result, values as JSON and artifacts in base64", () => {
  const given = okResult({
    values: { signal: createFrame({ columns: { a: [1] } }) },
    artifacts: [{ path: "a.txt", bytes: new Uint8Array([104, 105]) }],
  });
  const { result, pieces } = resultJson(given);
  const read = JSON.parse(pieces.join(""));
  assert.is(result, given);
  assert.equal(Object.keys(read).sort(), Object.keys(given).sort());
  assert.equal(read.values.signal.data, { a: [1] });
  assert.equal(read.artifacts, [{ path: "a.txt", bytes: 2, base64: "aGk=" }]);
  assert.equal(read.evidence, given.evidence);
});

test("is one line with a line end", () => {
  const text = resultJson(okResult({ stdout: "two\nlines" })).pieces.join("");
  assert.is(text.indexOf("\n"), text.length - 1);
});

test("with values that are too large is an output-limit that says so, without them", () => {
  const given = okResult({ values: { result: "x".repeat(20_000) } });
  const { result, pieces } = resultJson(given, 10_000);
  const read = JSON.parse(pieces.join(""));
  assert.is(result.status, "output-limit");
  assert.is(read.status, "output-limit");
  assert.is(read.evidence.limit, "result");
  assert.equal(read.values, {});
  assert.match(read.message, /as JSON; return less/);
});

test.run();
