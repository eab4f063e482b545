import * as assert from "uvu/assert";
import { relayStats } from "../../../../lib/cli/output/show-stats.ts";
import type { UsageSample } from "../../../../lib/monitor/usage-sample.ts";
import { captureOutput } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("what a run uses, line by line");

const first: UsageSample = {
  at: 1000,
  memoryBytes: 64 * 1024 ** 2,
  memoryPeakBytes: null,
  memoryLimitBytes: 512 * 1024 ** 2,
  cpuMs: 10,
  cpus: null,
  pids: 1,
  throttledMs: 0,
  throttledPeriods: 0,
};

async function linesOf(...samples: readonly UsageSample[]): Promise<string> {
  const output = captureOutput();
  await relayStats(
    (async function* () {
      yield* samples;
    })(),
    output,
  );
  return output.text();
}

test("a line says how long it has been, and what is used of what", async () => {
  const second = { ...first, at: 2050, cpus: 0.4987, pids: 12, throttledMs: 340.4 };
  assert.is(
    await linesOf(first, second),
    "  +0.0 s: 64 MiB of 512 MiB, 1 process\n  +1.1 s: 64 MiB of 512 MiB, 0.50 CPUs, 12 processes, held back for 340 ms\n",
  );
});

test("what is not known is left out", async () => {
  const unknown = { ...first, memoryLimitBytes: null, pids: null, throttledMs: null };
  assert.is(await linesOf(unknown), "  +0.0 s: 64 MiB\n");
});

test("without samples there is nothing", async () => assert.is(await linesOf(), ""));

test.run();
