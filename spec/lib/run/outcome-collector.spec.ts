import * as assert from "uvu/assert";
import { createOutcomeCollector } from "../../../lib/run/outcome-collector.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what the child said at its end");

const outcome = { status: "ok", exception: null, valueBytes: 5, missing: ["x"], auditEvents: [] };

function encode(header: unknown, values: string, jsonBytes?: number): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(jsonBytes ?? json.length);
  return Buffer.concat([length, json, Buffer.from(values)]);
}

const whole = encode(outcome, "12345");

test("is put together, wherever it is cut", () => {
  for (let at = 0; at <= whole.length; at++) {
    const collector = createOutcomeCollector(5);
    collector.add(whole.subarray(0, at));
    collector.add(whole.subarray(at));
    const found = collector.finish();
    assert.equal(found?.outcome, outcome);
    assert.is(Buffer.from(found?.values ?? []).toString(), "12345");
  }
});

test("is put together byte by byte", () => {
  const collector = createOutcomeCollector(5);
  for (const byte of whole) collector.add(new Uint8Array([byte]));
  assert.is(Buffer.from(collector.finish()?.values ?? []).toString(), "12345");
});

test("is none as long as a byte of it is missing", () => {
  for (let length = 0; length < whole.length; length++) {
    const collector = createOutcomeCollector(5);
    collector.add(whole.subarray(0, length));
    assert.is(collector.finish(), null, `${length} bytes`);
  }
});

test("may come without values", () => {
  const collector = createOutcomeCollector(0);
  collector.add(encode({ ...outcome, valueBytes: 0 }, ""));
  assert.equal(collector.finish()?.values, new Uint8Array(0));
});

const forged: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["something that follows it", Buffer.concat([whole, Buffer.from("!")])],
  ["more values than the cap", encode({ ...outcome, valueBytes: 6 }, "123456")],
  ["a negative number of values", encode({ ...outcome, valueBytes: -1 }, "")],
  ["a header that is no JSON", Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from("{]")])],
  ["a header that is another thing", encode({ status: "ok" }, "")],
  ["a status of its own making", encode({ ...outcome, status: "great" }, "12345")],
  ["a header of half a gigabyte", encode(outcome, "12345", 0x20000000)],
];

for (const [name, bytes] of forged)
  test(`is void with ${name}, and what comes later changes nothing`, () => {
    const collector = createOutcomeCollector(5);
    collector.add(bytes);
    collector.add(whole);
    assert.is(collector.finish(), null);
  });

test("makes no room for a length that is only announced", () => {
  const before = process.memoryUsage().arrayBuffers;
  const collectors = Array.from({ length: 50 }, () => {
    const collector = createOutcomeCollector(1024);
    collector.add(encode({ ...outcome, valueBytes: 100 * 1024 ** 2 }, ""));
    return collector;
  });
  assert.ok(collectors.every((collector) => collector.finish() === null));
  assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 ** 2);
});

test.run();
