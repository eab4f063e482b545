import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import type { ContainerStats } from "../../../engine-api/mod.ts";
import { toUsageSample, type UsageSample } from "../../../lib/monitor/usage-sample.ts";
import { readRecordings, recordedVersions } from "../../support/record/read-recordings.ts";
import { suite } from "../../support/suite.ts";

const test = suite("one reading of what a container uses");

/** What Engines 20.10 on cgroup v1 and 26.1 on v2 said, a second apart, of a container with 100 MiB and half a processor that then ended. */
function readStats(name: "cgroup1" | "cgroup2"): readonly ContainerStats[] {
  return JSON.parse(readFileSync(new URL(`../../fixtures/stats/${name}.json`, import.meta.url), "utf8"));
}

const [first = {}, second = {}] = readStats("cgroup1");

/** What is made of the first two of them. */
const recorded: readonly {
  readonly name: "cgroup1" | "cgroup2";
  readonly sample: UsageSample;
  readonly cpus: number;
}[] = [
  {
    name: "cgroup1",
    sample: {
      at: Date.UTC(2026, 10, 26, 20, 52, 27, 705),
      memoryBytes: 108_519_424,
      memoryPeakBytes: 108_519_424,
      memoryLimitBytes: 512 * 1024 ** 2,
      cpuMs: 554.546668,
      cpus: null,
      pids: 1,
      throttledMs: 357.647518,
      throttledPeriods: 9,
    },
    cpus: 0.498,
  },
  {
    name: "cgroup2",
    sample: {
      at: Date.UTC(2026, 10, 26, 21, 27, 39, 703),
      memoryBytes: 108_126_208,
      memoryPeakBytes: null,
      memoryLimitBytes: 512 * 1024 ** 2,
      cpuMs: 3111.202,
      cpus: null,
      pids: 1,
      throttledMs: 2150.053,
      throttledPeriods: 41,
    },
    cpus: 0.51,
  },
];

for (const { name, sample, cpus } of recorded) {
  const [one = {}, other = {}, third = {}, ended = {}] = readStats(name);

  test(`readings of ${name} become samples, and processors used are those between two`, () => {
    assert.equal(toUsageSample(one, null), sample);
    for (const [before, after] of [
      [one, other],
      [other, third],
    ] as const) {
      const found = toUsageSample(after, toUsageSample(before, null))?.cpus ?? Number.NaN;
      assert.ok(Math.abs(found - cpus) < 0.03, String(found));
    }
  });

  test(`a reading of ${name} from a container that ended is no sample`, () => {
    assert.is(toUsageSample(ended, null), null);
  });
}

/** Odd readings, and what is made of one part of them. */
const odd: readonly (readonly [that: string, reading: ContainerStats, key: string, expected: unknown])[] = [
  [
    "cached files of v1 are left out, with those below",
    withMemory({ usage: 100, stats: { total_inactive_file: 30, inactive_file: 20 } }),
    "memoryBytes",
    70,
  ],
  [
    "cached files of v2 are left out",
    withMemory({ usage: 100, stats: { inactive_file: 20 } }),
    "memoryBytes",
    80,
  ],
  [
    "more cached files than memory are none",
    withMemory({ usage: 100, stats: { inactive_file: 100 } }),
    "memoryBytes",
    100,
  ],
  ["no word of cached files is none", withMemory({ usage: 100 }), "memoryBytes", 100],
  [
    "nulls for numbers are unknown",
    withMemory({ usage: 100, max_usage: null, limit: null }),
    "memoryLimitBytes",
    null,
  ],
  ["no processes are unknown", { ...first, pids_stats: {} }, "pids", null],
  [
    "no word of throttling is unknown",
    { ...first, cpu_stats: { cpu_usage: { total_usage: 1 } } },
    "throttledMs",
    null,
  ],
];

function withMemory(memory: NonNullable<ContainerStats["memory_stats"]>): ContainerStats {
  return { ...first, memory_stats: memory };
}

for (const [that, reading, key, expected] of odd)
  test(that, () => {
    const sample = toUsageSample(reading, null) as Readonly<Record<string, unknown>> | null;
    assert.is(sample?.[key], expected);
  });

test("a clock that stands still or goes back gives no processors", () => {
  for (const [one, other] of [
    [first, first],
    [second, first],
  ] as const)
    assert.is(toUsageSample(other, toUsageSample(one, null))?.cpus, null);
});

const none: readonly (readonly [string, ContainerStats])[] = [
  ["without anything", {}],
  ["without a time", { ...first, read: null }],
  ["without memory", withMemory({})],
  ["with a text for a number", withMemory({ usage: "1" as unknown as number })],
];

for (const [that, reading] of none)
  test(`a reading ${that} is no sample`, () => assert.is(toUsageSample(reading, null), null));

for (const version of recordedVersions)
  test(`what an Engine of API ${version} was recorded to say is a sample`, () => {
    const recordings = readRecordings(version)
      .flatMap((file) => file.recordings)
      .filter(({ operation, answer }) => operation === "GET /containers/{id}/stats" && answer.status === 200);
    assert.ok(recordings.length > 0);
    for (const { answer } of recordings) {
      const readings = (answer.lines ?? [answer.json]) as readonly ContainerStats[];
      for (const reading of readings) {
        assert.is(toUsageSample(reading, null)?.pids, 1000);
        assert.is(toUsageSample(reading, null)?.memoryLimitBytes, 1000);
      }
    }
  });

test.run();
