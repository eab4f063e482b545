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
  [-1n, "Y", null, "1969-01-01"],
  [54n, "Y", null, "2024-01-01"],
  [-1n, "M", null, "1969-12-01"],
  [649n, "M", null, "2024-02-01"],
  [650n, "M", null, "2024-03-01"],
  [-23_640n, "M", null, "0000-01-01"],
  [1n, "W", null, "1970-01-08"],
  [19_782n, "D", null, "2024-02-29"],
  [-1n, "h", null, "1969-12-31T23:00:00"],
  [90n, "m", null, "1970-01-01T01:30:00"],
  [2n, "25s", null, "1970-01-01T00:00:50"],
  [15n, "100ms", null, "1970-01-01T00:00:01.500"],
  [1n, "ps", null, "1970-01-01T00:00:00.000000000001"],
  [-1n, "as", null, "1969-12-31T23:59:59.999999999999999999"],
  [7n, "generic", null, "7"],
  [7n, "constructor", null, "7"],
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

test("every month of four centuries begins where Date says", () => {
  for (let month = -6000; month < 6000; month++) {
    const expected = new Date(Date.UTC(1970, month, 1)).toISOString().slice(0, 10);
    if (isoFromTicks(BigInt(month), "M", null) !== expected) assert.unreachable(`month ${month}`);
  }
});

const lengths: readonly (readonly [bigint, string, string | null])[] = [
  [0n, "s", "P0DT0H0M0S"],
  [90_061n, "s", "P1DT1H1M1S"],
  [-1n, "s", "-P0DT0H0M1S"],
  [1_500_000_000n, "ns", "P0DT0H0M1.5S"],
  [-86_400_000_000_001n, "ns", "-P1DT0H0M0.000000001S"],
  [notATime, "ms", null],
  [-3n, "Y", "-P3Y"],
  [14n, "M", "P14M"],
  [2n, "W", "P14DT0H0M0S"],
  [25n, "h", "P1DT1H0M0S"],
  [-2n, "25s", "-P0DT0H0M50S"],
  [1n, "fs", "P0DT0H0M0.000000000000001S"],
  [5n, "generic", "5"],
];

for (const [ticks, unit, expected] of lengths) {
  test(`${ticks} ${unit} last ${expected ?? "no time"}`, () =>
    assert.is(durationFromTicks(ticks, unit), expected));
}

test.run();
