import * as assert from "uvu/assert";
import { toColumn } from "../../../lib/values/frame.ts";
import { createFlatIndex, createMultiIndex, createRangeIndex } from "../../../lib/values/labels.ts";
import { suite } from "../../support/suite.ts";

const test = suite("labels");

const ranges: readonly (readonly [number, number, number, readonly number[]])[] = [
  [0, 3, 1, [0, 1, 2]],
  [5, 0, -2, [5, 3, 1]],
  [0, 4, 3, [0, 3]],
  [0, 0, 1, []],
  [1, 0, 1, []],
  [0, 1, -1, []],
  [0, 1, 5, [0]],
  [-1, 0, 5, [-1]],
  [0, -1, 5, []],
  [2 ** 53 - 3, 2 ** 53 - 1, 1, [2 ** 53 - 3, 2 ** 53 - 2]],
];

for (const [start, stop, step, labels] of ranges) {
  test(`the range from ${start} to ${stop} by ${step} is that of Python`, () => {
    const index = createRangeIndex({ start, stop, step });
    assert.is(index.length, labels.length);
    assert.equal(index.toArray(), labels);
  });
}

test("a label that is not there is an error with the length", () => {
  const index = createRangeIndex({ start: 0, stop: 2, step: 1 });
  for (const position of [2, -1, 0.5, Number.NaN]) {
    assert.throws(
      () => index.at(position),
      (error: unknown) => error instanceof RangeError && /of an index with 2$/.test(error.message),
    );
  }
});

test("a label of several levels is an array, missing ones are null", () => {
  const index = createMultiIndex({
    names: ["x", null],
    levels: [createFlatIndex(toColumn(["a", "b"])), createRangeIndex({ start: 10, stop: 12, step: 1 })],
    codes: [toColumn(new Int8Array([0, 1, -1])), toColumn(new Int32Array([1, -1, 0]))],
  });
  assert.equal(index.toArray(), [
    ["a", 11],
    ["b", null],
    [null, 10],
  ]);
  assert.throws(() => index.at(3), RangeError);
});

test.run();
