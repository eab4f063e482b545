import * as assert from "uvu/assert";
import { didYouMean } from "../../../lib/config/did-you-mean.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "../../../lib/config/units.ts";
import { suite } from "../../support/suite.ts";

const test = suite("units and near words");

const durations: readonly (readonly [string, number])[] = [
  ["600s", 600_000],
  ["500ms", 500],
  ["10m", 600_000],
  ["10min", 600_000],
  ["1.5h", 5_400_000],
  ["30", 30_000],
  [" 2 S ", 2000],
];
for (const [text, expected] of durations)
  test(`${text} is ${expected} ms`, () => assert.is(parseDuration(text, "x"), expected));

const sizes: readonly (readonly [string, number])[] = [
  ["512MiB", 512 * 1024 ** 2],
  ["2GiB", 2 * 1024 ** 3],
  ["2g", 2 * 1024 ** 3],
  ["500MB", 500_000_000],
  ["1.5k", 1536],
  ["12", 12],
];
for (const [text, expected] of sizes)
  test(`${text} is ${expected} bytes`, () => assert.is(parseSize(text, "x"), expected));

for (const text of ["", "x", "-1s", "1e3", "1 day", "s", "1..5s", "0x10", "١s"]) {
  test(`${JSON.stringify(text)} is neither a duration nor a size`, () => {
    assert.throws(
      () => parseDuration(text, "--timeout"),
      /^--timeout: .* is not a duration; write it like 30s/,
    );
    assert.throws(() => parseSize(text, "--memory"), /^--memory: .* is not a size; write it like 512MiB/);
  });
}

test("for people they are rounded", () => {
  assert.equal([0, 512, 1536, 2 * 1024 ** 3].map(formatSize), ["0 B", "512 B", "1.5 KiB", "2 GiB"]);
  assert.equal([340, 2100, 600_000].map(formatDuration), ["340 ms", "2.1 s", "10 min"]);
});

const words: readonly (readonly [string, string | null])[] = [
  ["memroy", "memory"],
  ["MEMORY", "memory"],
  ["mem", "memory"],
  ["timeuot", "timeout"],
  ["zzz", null],
  ["", null],
];
for (const [word, meant] of words)
  test(`"${word}" ${meant === null ? "is nothing known" : `is near ${meant}`}`, () =>
    assert.is(didYouMean(word, ["memory", "timeout"]), meant));

test("of no known words none is near", () => assert.is(didYouMean("x", []), null));

test.run();
