import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { createClient } from "../../engine-api/mod.ts";
import { labels } from "../../lib/ownership.ts";
import {
  awaitLines,
  parseLines,
  type ResultLine,
  readLines,
  startBatch,
  writeFiles,
} from "../support/batch.ts";
import { runCommand } from "../support/cli.ts";
import { awaitGone, findContainers } from "../support/containers-of.ts";
import { suite } from "../support/suite.ts";

const test = suite("many files on a real Engine");
const folder = mkdtempSync(join(tmpdir(), "batch-live-"));
test.after(() => rmSync(folder, { recursive: true }));
const slow = { timeoutMs: 180_000 };

/** Programs with what must become of them. */
const programs: Readonly<Record<string, readonly [code: string, status: string]>> = {
  "arithmetic.py": ["result = 6 * 7", "ok"],
  "frame.py": ["import pandas as pd\nsignal = pd.DataFrame({'a': [1.5, None]}, index=['x', 'y'])", "ok"],
  "hostile/import.py": ["import subprocess\nsubprocess.run(['id'])", "rejected"],
  "hostile/loop.py": ["while True: pass", "timeout"],
  "hostile/memory.py": ["x = [0] * 10**9", "oom"],
  "hostile/flood.py": ["while True: print('x' * 10000)", "output-limit"],
  "mistakes/name.py": ["print('before')\nprint(undefined_name)", "error"],
  "mistakes/syntax.py": ["def f(:\n  pass", "rejected"],
  "mistakes/exit.py": ["raise SystemExit(3)", "error"],
};
const statuses = Object.fromEntries(Object.entries(programs).map(([id, [, status]]) => [id, status]));
const programFolder = writeFiles(
  join(folder, "programs"),
  Object.fromEntries(Object.entries(programs).map(([id, [code]]) => [id, code])),
);

/** As lines, so that the loop alone has little time: the others may take as long as a busy machine makes them. */
const programLines = join(folder, "programs.jsonl");
writeFileSync(
  programLines,
  Object.keys(programs)
    .map((id) => ({
      id,
      file: `programs/${id}`,
      ...(id.endsWith("loop.py") && { limits: { timeout: "1s" } }),
    }))
    .map((job) => `${JSON.stringify(job)}\n`)
    .join(""),
);

const statusById = (lines: readonly ResultLine[]): Record<string, string> =>
  Object.fromEntries(lines.map(({ id, status }) => [id, status]));

async function assertNothingLeft(lines: readonly ResultLine[]): Promise<void> {
  for (const { runId, isCleaned } of lines) {
    assert.ok(isCleaned, runId);
    await awaitGone(runId, 10_000);
  }
}

const ways: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ["one at a time", ["--concurrency", "1"]],
  ["five at a time", ["--concurrency", "5"]],
  ["five at a time with a pool", ["--concurrency", "5", "--pool", "2", "--preload", "numpy,pandas"]],
];

for (const [name, flags] of ways)
  test(
    `friendly and hostile programs, ${name}, end as they must, each with one line`,
    async () => {
      const args = ["batch", programLines, "--memory", "256MiB", "--timeout", "150s", ...flags];
      const { exitCode, out, err } = await runCommand(args);
      assert.is(exitCode, 1, err);
      const lines = parseLines(out);
      assert.is(lines.length, Object.keys(programs).length);
      assert.equal(statusById(lines), statuses);
      const byId = new Map(lines.map((line) => [line.id, line]));
      assert.equal(byId.get("arithmetic.py")?.values, { result: 42 });
      const signal = byId.get("frame.py")?.values.signal as { readonly data?: unknown } | undefined;
      assert.equal(signal?.data, { a: [1.5, null] });
      assert.is(byId.get("mistakes/name.py")?.stdout, "before\n");
      assert.match(byId.get("mistakes/name.py")?.message ?? "", /undefined_name.*line 2/);
      const warm = lines.filter(({ evidence }) => evidence.start === "warm").length;
      assert.ok(flags.includes("--pool") ? warm >= 2 : warm === 0, `${warm} were warm`);
      assert.match(err, /^STATUS +JOBS +MEDIAN/m);
      assert.match(err, /^in all +9 /m);
      await assertNothingLeft(lines);
    },
    slow,
  );

test(
  "a line of JSONL gives code, inputs, files, names and limits of its job, over those of all jobs",
  async () => {
    writeFiles(folder, {
      "prices.csv": "day,price\n2024-01-01,1.5\n2024-01-02,2.5\n",
      "own.csv": "day,price\n2024-01-01,10\n",
      "code/mean.py": "result = float(prices['price'].mean()) * factor",
      "note.bin": "from a file",
    });
    const read = "a = open('/tmp/in/a.txt').read(); b = open('/tmp/in/sub/b').read(); answer = a + b";
    const jobs = [
      { id: "shared", file: "code/mean.py", inputs: { factor: 2 } },
      { id: "own", file: "code/mean.py", inputs: { factor: 3 }, inputFiles: { prices: "own.csv" } },
      {
        id: "files",
        code: read,
        files: { "a.txt": "text, ", "sub/b": { path: "note.bin" } },
        returns: ["answer"],
      },
      { id: "short", code: "import time\ntime.sleep(60)", limits: { timeout: "1s" } },
      { code: "import socket", validator: { mode: "strict" } },
    ];
    const path = join(folder, "jobs.jsonl");
    writeFileSync(path, `${jobs.map((job) => JSON.stringify(job)).join("\n\n")}\n`);
    const flags = ["-i", `prices=${join(folder, "prices.csv")}`, "--validator", "off", "--audit", "off"];
    const { exitCode, out, err } = await runCommand(["batch", path, ...flags]);
    assert.is(exitCode, 1, err);
    const byId = new Map(parseLines(out).map((line) => [line.id, line]));
    assert.equal(statusById([...byId.values()]), {
      shared: "ok",
      own: "ok",
      files: "ok",
      short: "timeout",
      "line-9": "rejected",
    });
    assert.equal(byId.get("shared")?.values, { result: 4 });
    assert.equal(byId.get("own")?.values, { result: 30 });
    assert.equal(byId.get("files")?.values, { answer: "text, from a file" });
  },
  slow,
);

/** Jobs that take some time each, so that a kill meets some of them. */
function writeSleepers(name: string, count: number): string {
  const files = Array.from({ length: count }, (_, number) => [
    `job-${String(number).padStart(2, "0")}.py`,
    `import time\ntime.sleep(0.2)\nresult = ${number}`,
  ]);
  return writeFiles(join(folder, name), Object.fromEntries(files));
}

function assertEachOnce(lines: readonly ResultLine[], count: number): void {
  assert.equal(
    lines.map(({ values }) => values.result).sort((left, right) => Number(left) - Number(right)),
    Array.from({ length: count }, (_, number) => number),
  );
}

async function containersOfProcess(pid: number): Promise<number> {
  await using client = createClient();
  const all = await findContainers(client, { label: [labels.run] });
  return all.filter(({ Labels }) => Labels?.[labels.owner]?.split("/")[1] === String(pid)).length;
}

for (const flags of [[], ["--pool", "2"]])
  test(
    `killed again and again${flags.length > 0 ? ", with a pool," : ""} and resumed, each job is in the file once, and no line was made twice`,
    async () => {
      const count = 14;
      const jobs = writeSleepers(`killed${flags.length}`, count);
      const out = join(folder, `killed${flags.length}.jsonl`);
      const args = [jobs, "--out", out, "--resume", "-n", "3", ...flags];
      let before = "";
      for (const lines of [2, 5, 9]) {
        const batch = startBatch(args);
        await awaitLines(out, lines, batch);
        batch.child.kill("SIGKILL");
        await batch.exit;
        const now = readFileSync(out, "utf8");
        assert.ok(now.startsWith(before), "what was written stays as it was");
        before = now.slice(0, now.lastIndexOf("\n") + 1);
      }
      const { exitCode, err } = await runCommand(["batch", ...args]);
      assert.is(exitCode, 0, err);
      assert.ok(readFileSync(out, "utf8").startsWith(before));
      const lines = readLines(out);
      assertEachOnce(lines, count);
      assert.match(err, /^STATUS +JOBS +BEFORE/m);
      await assertNothingLeft(lines);
    },
    slow,
  );

test(
  "Ctrl-C stops in order, says how to go on, leaves nothing, and nothing is done twice afterwards",
  async () => {
    const jobs = writeSleepers("interrupted", 12);
    const out = join(folder, "interrupted.jsonl");
    const batch = startBatch([jobs, "--out", out, "-n", "3", "--pool", "1"]);
    await awaitLines(out, 2, batch);
    batch.child.kill("SIGINT");
    const [code] = await batch.exit;
    assert.is(code, 7, batch.err());
    assert.match(batch.err(), /brigbox: interrupted: \d+ of 12 jobs are done; .*--resume/);
    assert.is(await containersOfProcess(batch.child.pid ?? 0), 0);
    const before = readFileSync(out, "utf8");
    assert.ok(before.endsWith("}\n"), "every line is whole");
    assert.ok(parseLines(before).every(({ status }) => status === "ok"));
    const { exitCode, err } = await runCommand(["batch", jobs, "--out", out, "--resume"]);
    assert.is(exitCode, 0, err);
    assert.ok(readFileSync(out, "utf8").startsWith(before));
    assertEachOnce(readLines(out), 12);
  },
  slow,
);

test(
  "a second Ctrl-C ends at once, and the batch can be resumed all the same",
  async () => {
    const jobs = writeSleepers("twice", 8);
    const out = join(folder, "twice.jsonl");
    const batch = startBatch([jobs, "--out", out, "-n", "2"]);
    await awaitLines(out, 1, batch);
    batch.child.kill("SIGINT");
    batch.child.kill("SIGTERM");
    await batch.exit;
    const { exitCode, err } = await runCommand(["batch", jobs, "--out", out, "--resume"]);
    assert.is(exitCode, 0, err);
    assertEachOnce(readLines(out), 8);
  },
  slow,
);

test(
  "a cut last line is dropped and made anew; the others stay",
  async () => {
    const jobs = writeSleepers("cut", 4);
    const out = join(folder, "cut.jsonl");
    assert.is((await runCommand(["batch", jobs, "--out", out])).exitCode, 0);
    const whole = readFileSync(out, "utf8");
    truncateSync(out, whole.length - 40);
    const { exitCode, err } = await runCommand(["batch", jobs, "--out", out, "--resume"]);
    assert.is(exitCode, 0, err);
    assert.match(err, /^! the last result line had been cut/m);
    assert.match(err, /^ok +1 +3 /m);
    const now = readFileSync(out, "utf8");
    const kept = whole.trimEnd().split("\n").slice(0, 3).join("\n");
    assert.ok(now.startsWith(`${kept}\n`));
    assertEachOnce(readLines(out), 4);
  },
  slow,
);

test(
  "a job whose code is not what it was, or whose limits are not, is run again, and its old line goes",
  async () => {
    const jobs = writeSleepers("changed", 4);
    const out = join(folder, "changed.jsonl");
    assert.is((await runCommand(["batch", jobs, "--out", out])).exitCode, 0);
    const before = readLines(out);
    appendFileSync(join(jobs, "job-02.py"), "\nresult = 102");
    const { exitCode, err } = await runCommand(["batch", jobs, "--out", out, "--resume"]);
    assert.is(exitCode, 0, err);
    assert.match(err, /^! job-02\.py is not what it was, and is run again$/m);
    const lines = readLines(out);
    assert.equal(lines.map(({ values }) => values.result).sort(), [0, 1, 102, 3]);
    const runIds = (all: readonly ResultLine[]): string[] =>
      all
        .filter(({ id }) => id !== "job-02.py")
        .map(({ runId }) => runId)
        .sort();
    assert.equal(runIds(lines), runIds(before));
    const again = await runCommand(["batch", jobs, "--out", out, "--resume", "--timeout", "50s"]);
    assert.is(again.err.match(/is not what it was/g)?.length, 4);
    assert.is(readLines(out).length, 4);
  },
  slow,
);

test("an image that does not exist is told once, before any job, and leaves no file", async () => {
  const out = join(folder, "no-image.jsonl");
  const args = ["batch", programFolder, "--image", "brigbox-no-such-image:1", "--out", out];
  const { exitCode, err } = await runCommand(args);
  assert.is(exitCode, 70);
  assert.match(err, /^brigbox: the image brigbox-no-such-image:1 is not on this Engine/);
  assert.throws(() => readFileSync(out), /ENOENT/);
});

test.run();
