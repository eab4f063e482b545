import * as assert from "uvu/assert";
import { durationFromTicks, isoFromTicks, notATime } from "../../../lib/values/time-text.ts";
import { suite } from "../../support/suite.ts";

const test = suite("times as text");

const moments: readonly (readonly [bigint, string, string | null, string | null])[] = [
  [0n, "s", null, "1970-01-01T00:00:00"],
  [-1n, "s", null, "1969-12-31T23:59:59"],
  [-1n, "ns", null, "1969-12-31T23:59:59.999999999"],
  [1n, "us", "UTC", "1970-01-01T00:00:00.000001Z"],
  [951_782_400_000n, "ms", null, "2000-02-29T00:00:00"],
  [1_709_164_800_123n, "ms", "Europe/Berlin", "2024-02-29T00:00:00.123Z"],
  [-9_223_372_036_854_775_807n, "ns", null, "1677-09-21T00:12:43.145224193"],
  [9_223_372_036_854_775_807n, "ns", null, "2262-04-11T23:47:16.854775807"],
  [253_402_300_800n, "s", null, "+010000-01-01T00:00:00"],
  [-62_167_219_201n, "s", null, "-000001-12-31T23:59:59"],
  [-62_135_596_800n, "s", null, "0001-01-01T00:00:00"],
  [notATime, "ns", null, null],
];

for (const [ticks, unit, zone, expected] of moments) {
  test(`${ticks} ${unit} is ${expected ?? "no time"}`, () =>
    assert.is(isoFromTicks(ticks, unit, zone), expected));
}

test("every day of four centuries agrees with Date", () => {
  for (let day = -200_000; day < 200_000; day += 1) {
    const expected = new Date(day * 86_400_000).toISOString().slice(0, 10);
    if (isoFromTicks(BigInt(day) * 86_400n, "s", null)?.slice(0, 10) !== expected)
      assert.unreachable(`day ${day}`);
  }
});

const lengths: readonly (readonly [bigint, string, string | null])[] = [
  [0n, "s", "P0DT0H0M0S"],
  [90_061n, "s", "P1DT1H1M1S"],
  [-1n, "s", "-P0DT0H0M1S"],
  [1_500_000_000n, "ns", "P0DT0H0M1.5S"],
  [-86_400_000_000_001n, "ns", "-P1DT0H0M0.000000001S"],
  [notATime, "ms", null],
];

for (const [ticks, unit, expected] of lengths) {
  test(`${ticks} ${unit} last ${expected ?? "no time"}`, () =>
    assert.is(durationFromTicks(ticks, unit), expected));
}

test.run();
