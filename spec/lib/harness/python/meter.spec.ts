import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { withCells } from "../../../support/cell-trials.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import { readProgram, tryCode } from "../../../support/supervisor.ts";

const MiB = 1024 ** 2;
const modules = fileURLToPath(new URL("../../../../lib/harness/python", import.meta.url));

/** What a cgroup says at one moment; sizes in MiB. */
interface Moment {
  readonly memory: number;
  /** Undefined where the kernel does not tell. */
  readonly peak?: number;
  /** Files that were read, and those in memory. */
  readonly cache?: number;
  readonly shared?: number;
  readonly kills?: number;
  readonly throttledMs?: number;
  readonly throttledPeriods?: number;
  readonly pids?: number;
}

type Files = Readonly<Record<string, string>>;

const versions: Readonly<Record<"v1" | "v2", (moment: Moment) => Files>> = {
  v1: ({ memory, peak, cache = 0, shared = 0, kills = 0, throttledMs = 0, throttledPeriods = 0, pids }) => ({
    "memory/memory.usage_in_bytes": line(memory * MiB),
    ...(peak !== undefined && { "memory/memory.max_usage_in_bytes": line(peak * MiB) }),
    "memory/memory.stat": `cache ${(cache + shared) * MiB}\nrss 1\nshmem ${shared * MiB}\ntotal_cache 7\ntotal_shmem 7\n`,
    "memory/memory.oom_control": `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`,
    "cpu/cpu.stat": `nr_periods 9\nnr_throttled ${throttledPeriods}\nthrottled_time ${throttledMs * 1e6}\n`,
    ...(pids !== undefined && { "pids/pids.peak": line(pids) }),
  }),
  v2: ({ memory, peak, cache = 0, shared = 0, kills = 0, throttledMs = 0, throttledPeriods = 0, pids }) => ({
    "cgroup.controllers": "cpu memory pids\n",
    "memory.current": line(memory * MiB),
    ...(peak !== undefined && { "memory.peak": line(peak * MiB) }),
    "memory.stat": `anon 1\nfile ${(cache + shared) * MiB}\nfile_mapped 5\nshmem ${shared * MiB}\ninactive_file 7\n`,
    "memory.events": `low 0\nhigh 0\nmax 3\noom 4\noom_kill ${kills}\noom_group_kill 5\n`,
    "cpu.stat": `usage_usec 9\nnr_periods 9\nnr_throttled ${throttledPeriods}\nthrottled_usec ${throttledMs * 1e3}\n`,
    ...(pids !== undefined && { "pids.peak": line(pids) }),
  }),
};

function line(number: number): string {
  return `${number}\n`;
}

/** MiB that the code added, for what the cgroup said before it, meanwhile and afterwards; `own` is the largest process beyond what it began with. */
const peaks: readonly {
  readonly that: string;
  readonly before: Moment;
  readonly during?: Moment;
  readonly after: Moment;
  readonly own: number;
  readonly added: number;
}[] = [
  {
    that: "a new peak is the kernel's own count, whatever one process had",
    before: { memory: 10, peak: 10 },
    after: { memory: 11, peak: 74 },
    own: 40,
    added: 64,
  },
  {
    that: "a new peak counts from what was there, not from the peak before",
    before: { memory: 10, peak: 50 },
    after: { memory: 10, peak: 74 },
    own: 0,
    added: 64,
  },
  {
    that: "files that were read do not count, files in memory do",
    before: { memory: 10, peak: 10, cache: 5 },
    after: { memory: 110, peak: 124, cache: 55, shared: 50 },
    own: 0,
    added: 64,
  },
  {
    that: "below an older peak it is that of the largest process",
    before: { memory: 10, peak: 500 },
    after: { memory: 10, peak: 500 },
    own: 64,
    added: 64,
  },
  {
    that: "below an older peak it is what was seen meanwhile, where that is more",
    before: { memory: 10, peak: 500 },
    during: { memory: 74, peak: 500 },
    after: { memory: 10, peak: 500 },
    own: 1,
    added: 64,
  },
  {
    that: "below an older peak it is what is left, where that is more",
    before: { memory: 10, peak: 500 },
    after: { memory: 74, peak: 500, shared: 64 },
    own: 1,
    added: 64,
  },
  {
    that: "it is never more than an older peak leaves room for",
    before: { memory: 10, peak: 20 },
    after: { memory: 10, peak: 20 },
    own: 64,
    added: 10,
  },
  {
    that: "it is never less than nothing",
    before: { memory: 100, peak: 500 },
    during: { memory: 90, peak: 500 },
    after: { memory: 50, peak: 500 },
    own: 0,
    added: 0,
  },
  {
    that: "without the kernel's peak it is what was seen",
    before: { memory: 10 },
    during: { memory: 74 },
    after: { memory: 10 },
    own: 32,
    added: 64,
  },
];

for (const { path, version } of findPythons()) {
  const test = suite(`the supervisor's meter, Python ${version}`);

  function measure(files: {
    readonly before: Files;
    readonly during: Files;
    readonly after: Files;
    readonly own?: number;
  }): Record<string, unknown> {
    const root = mkdtempSync(join(tmpdir(), "brigbox-cgroup-"));
    const { own = 0, ...moments } = files;
    const sizes = { resident: 20 * MiB, ownPeak: (20 + own) * MiB };
    const trial = JSON.stringify({ modules, root, ...moments, ...sizes });
    try {
      const { stdout, stderr } = spawnSync(path, ["-I", "-c", readProgram("meter.py"), trial]);
      assert.is(stderr.toString(), "");
      return JSON.parse(stdout.toString());
    } finally {
      rmSync(root, { recursive: true });
    }
  }

  for (const [name, files] of Object.entries(versions)) {
    for (const { that, before, during = before, after, own, added } of peaks)
      test(`${that}, on cgroup ${name}`, () => {
        const found = measure({ before: files(before), during: files(during), after: files(after), own });
        assert.is(Number(found.peakMemoryBytes) / MiB, added);
        assert.is(found.containerPeakBytes, after.peak === undefined ? null : after.peak * MiB);
      });

    test(`memory is looked at again and again only where the kernel's peak is of no use, on cgroup ${name}`, () => {
      const isSampling = (before: Moment): unknown =>
        measure({ before: files(before), during: {}, after: {} }).sampling;
      assert.equal([{ memory: 10 }, { memory: 10, peak: 11 }, { memory: 10, peak: 50 }].map(isSampling), [
        true,
        false,
        true,
      ]);
    });

    test(`counts are the job's alone, but the most processes the container's, on cgroup ${name}`, () => {
      const before = { memory: 1, kills: 2, throttledMs: 1000, throttledPeriods: 7, pids: 6 };
      const after = { memory: 1, kills: 5, throttledMs: 1250.5, throttledPeriods: 10, pids: 9 };
      const found = measure({ before: files(before), during: {}, after: files(after) });
      assert.equal([found.oomKills, found.throttledMs, found.throttledPeriods, found.pids], [3, 250.5, 3, 9]);
    });
  }

  test("without a cgroup it is that of the largest process, and the rest is null", () => {
    const { peakMemoryBytes, ...rest } = measure({ before: {}, during: {}, after: {}, own: 64 });
    assert.is(peakMemoryBytes, 64 * MiB);
    for (const [name, value] of Object.entries(rest)) assert.is(value, name === "sampling" ? false : null);
  });

  test("what is no number is as good as nothing", () => {
    const odd = { "cgroup.controllers": "", "memory.current": "max\n", "memory.peak": "", "cpu.stat": "x" };
    const found = measure({ before: odd, during: {}, after: odd, own: 5 });
    assert.equal([found.peakMemoryBytes, found.containerPeakBytes, found.throttledMs], [5 * MiB, null, null]);
  });

  const touch = "b = bytearray(96 * 2 ** 20)\nfor at in range(0, len(b), 4096): b[at] = 1\ndel b\n";

  test("a process that takes memory and gives it back is told of, not what was there before", async () => {
    const { report } = await tryCode(touch.repeat(2), { python: path, preload: ["decimal", "json"] });
    assertNear(report.peakMemoryBytes, 96 * MiB);
    assert.equal([report.containerPeakBytes, report.pids, report.throttledMs], [null, null, null]);
    const { report: small } = await tryCode("pass", { python: path });
    assert.ok((small.peakMemoryBytes ?? MiB * 99) < 8 * MiB, String(small.peakMemoryBytes));
  });

  test("memory of a process that the code started counts", async () => {
    const code = `import os\nif os.fork() == 0:\n    ${touch.trim().replaceAll("\n", "\n    ")}\n    os._exit(0)\nos.wait()`;
    assertNear((await tryCode(code, { python: path })).report.peakMemoryBytes, 96 * MiB);
  });

  test("code that ended by a signal is measured too", async () => {
    const { report } = await tryCode(`${touch}import os; os.kill(os.getpid(), 9)`, { python: path });
    assertNear(report.peakMemoryBytes, 96 * MiB);
  });

  test("each cell of a session is measured by itself", () =>
    withCells({ python: path }, async ({ run }) => {
      for (const [code, size] of [
        [touch, 96],
        ["pass", 0],
        [touch, 96],
      ] as const)
        assertNear((await run(code)).report.peakMemoryBytes, size * MiB);
    }));

  test.run();
}

/** Within a tenth, and what an interpreter needs for itself. */
function assertNear(found: number | null, expected: number): void {
  assert.ok(
    found !== null && Math.abs(found - expected) < expected / 10 + 4 * MiB,
    `${found} of ${expected}`,
  );
}
