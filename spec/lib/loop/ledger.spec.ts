import * as assert from "uvu/assert";
import { JournalError } from "../../../lib/loop/errors.ts";
import { createIndexes } from "../../../lib/loop/indexes.ts";
import type { JournalRecord } from "../../../lib/loop/journal/records.ts";
import { createLedger } from "../../../lib/loop/ledger.ts";
import { cap, plainFailure } from "../../../lib/loop/outcome.ts";
import { errorOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what a loop knows");
const idOf = (number: number): string => number.toString(16).padStart(32, "0");
const proposed = (number: number): JournalRecord => ({
  ...{ type: "proposed", index: number, id: idOf(number), code: `# ${number}`, meta: number },
});
const scored = (number: number, score: number): JournalRecord => ({
  ...{ type: "result", id: idOf(number), score, holdout: null, failure: null, elapsedMs: number },
});
const failed = (number: number): JournalRecord => ({
  ...{ type: "result", id: idOf(number), score: null, holdout: null, elapsedMs: number },
  failure: plainFailure("timeout", "too slow"),
});

function ledgerOf(...records: readonly JournalRecord[]) {
  const ledger = createLedger({ champions: 2, failures: 2 });
  for (const record of records) ledger.apply(record);
  return ledger;
}

const impossible: readonly (readonly [string, readonly JournalRecord[], RegExp])[] = [
  ["a candidate twice", [proposed(1), proposed(1)], /proposed before/],
  ["a candidate again after its result", [proposed(1), scored(1, 1), proposed(1)], /proposed before/],
  ["a result of nobody", [scored(1, 1)], /never proposed/],
  ["two results", [proposed(1), scored(1, 1), failed(1)], /has its result already/],
  [
    "an attempt of nobody",
    [{ type: "attempt", id: idOf(1), attempt: 2, after: "process" }],
    /never proposed/,
  ],
  ["a repetition of nobody", [{ type: "repeated", index: 1, id: idOf(1), meta: null }], /never proposed/],
  [
    "neither score nor failure",
    [proposed(1), { ...scored(1, 0), score: null } as JournalRecord],
    /a score or a failure/,
  ],
  ["a second first line", [{ type: "loop", version: 1, identity: idOf(0) }], /second first line/],
];
for (const [name, records, message] of impossible) {
  test(`${name} cannot be`, () => {
    const error = errorOf(() => ledgerOf(...records));
    assert.instance(error, JournalError);
    assert.match(error.message, message);
  });
}

test("it keeps the best and the last that failed, and counts all", () => {
  const records = [1, 2, 3, 4, 5, 6].flatMap((number) => [
    proposed(number),
    number % 2 === 0 ? failed(number) : scored(number, -number),
  ]);
  const ledger = ledgerOf(...records, proposed(7));
  assert.equal(
    ledger.champions().map(({ index, score }) => [index, score]),
    [
      [1, -1],
      [3, -3],
    ],
  );
  assert.equal(
    ledger.failures().map(({ index }) => index),
    [6, 4],
  );
  const counts = { candidates: 7, scored: 3, failed: 3, deadLetters: 0, repeated: 0, elapsedMs: 6 };
  assert.equal(ledger.counts(), counts);
  assert.equal(
    ledger.pending().map(({ index, attempts }) => [index, attempts]),
    [[7, 1]],
  );
  assert.equal([ledger.has(idOf(7)), ledger.has(idOf(8)), ledger.scoreOf(idOf(3))], [true, false, -3]);
});

test("numbers are given out once, the lowest free one first, and what a journal has used is not", () => {
  const indexes = createIndexes();
  for (const used of [0, 3, 1]) indexes.mark(used);
  assert.equal([indexes.take(), indexes.take(), indexes.take()], [2, 4, 5]);
  indexes.giveBack(4);
  assert.equal([indexes.take(), indexes.take()], [4, 6]);
  assert.instance(
    errorOf(() => indexes.mark(1e9)),
    JournalError,
  );
});

test("a text is cut without leaving half a letter", () => {
  assert.is(cap("abc", 3), "abc");
  assert.is(cap("abcd", 3), "ab…");
  assert.ok(cap("ab\u{1f600}cd", 4).isWellFormed());
});

test.run();
