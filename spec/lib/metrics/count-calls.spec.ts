import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { operations } from "../../../lib/metrics/operations.ts";
import { playCall } from "../../support/metrics/messages.ts";
import { nonZero } from "../../support/metrics/samples.ts";
import { withMetrics } from "../../support/metrics/with-metrics.ts";
import { suite } from "../../support/suite.ts";

const test = suite("metrics of calls to the Engine");
const create = "POST /containers/create";

test("calls are timed by their operation, whether they went well or not", () =>
  withMetrics(async (_, read) => {
    playCall({ operation: create, durationMs: 250 });
    playCall({ operation: create, durationMs: 750, status: 500, error: "ResponseError" });
    const samples = await read();
    assert.is(samples.get(`brigbox_engine_call_duration_seconds_count{operation="${create}"}`), 2);
    assert.is(samples.get(`brigbox_engine_call_duration_seconds_sum{operation="${create}"}`), 1);
  }));

const failures: readonly [status: number | null, error: string, word: string][] = [
  [404, "ResponseError", "not-found"],
  [409, "ResponseError", "conflict"],
  [400, "ResponseError", "refused"],
  [503, "ResponseError", "engine"],
  [null, "ConnectionError", "connection"],
  [null, "ProtocolError", "protocol"],
  [null, "DeadlineError", "timeout"],
  [null, "TimeoutError", "timeout"],
  [null, "AbortError", "aborted"],
  [null, "Error", "other"],
];

for (const [status, error, word] of failures)
  test(`${error}${status === null ? "" : ` with status ${status}`} is counted as ${word}`, () =>
    withMetrics(async (_, read) => {
      playCall({ operation: create, status, error });
      assert.equal(nonZero(await read(), "brigbox_engine_errors_total"), {
        [`{error="${word}",operation="${create}"}`]: 1,
      });
    }));

test("from an operation's first call on its errors are there as zero", () =>
  withMetrics(async (_, read) => {
    const key = `brigbox_engine_errors_total{error="connection",operation="${create}"}`;
    assert.is((await read()).get(key), undefined);
    playCall({ operation: create });
    assert.is((await read()).get(key), 0);
  }));

test("the operations are those of the API, all of them", () => {
  const schema = readFileSync("engine-api/schema.ts", "utf8");
  const written = [...schema.matchAll(/^ {2}"((?:GET|HEAD|POST|PUT|DELETE) \/[^"]*)": \{$/gm)];
  assert.equal(
    written.map(([, operation]) => operation),
    operations,
  );
});

test.run();
