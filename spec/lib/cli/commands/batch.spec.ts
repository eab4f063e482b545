import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { writeFiles } from "../../../support/batch.ts";
import { runCommand } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("brigbox batch without an Engine");
const folder = mkdtempSync(join(tmpdir(), "batch-"));
test.after(() => rmSync(folder, { recursive: true }));
writeFiles(folder, {
  "jobs/a.py": "result = 1",
  "none/notes.txt": "",
  "twice.jsonl": '{"id":"a","code":"x"}\n{"id":"b","code":"x"}\n{"id":"a","code":"y"}\n',
  "line.jsonl": '{"id":"line-2","code":"x"}\n{"code":"x"}\n',
  "late.jsonl": `${'{"code":"x"}\n'.repeat(99)}{"code":"x","limits":{"memory":"4GiB"}}\n`,
  "empty.jsonl": "\n\n",
  "there.jsonl": "mine",
});
const at = (name: string): string => join(folder, name);
const nowhere = ["-H", "unix:///nowhere.sock"];

const bad: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["jobs that are not there", [at("no")], /cannot use .* as the jobs: there is no such file/],
  ["a directory without Python files", [at("none")], /holds no job/],
  ["a file without lines", [at("empty.jsonl")], /holds no job/],
  ["two jobs of one id", [at("twice.jsonl")], /twice\.jsonl:3: the id "a" is that of .*:1 already/],
  ["an id that another line has by itself", [at("line.jsonl")], /line\.jsonl:2: the id "line-2" is that/],
  ["a mistake in the last line", [at("late.jsonl")], /late\.jsonl:100: memoryBytes: a run may only lower/],
  ["results that are there", [at("jobs"), "-o", at("there.jsonl")], /there\.jsonl is there already/],
  ["other results", [at("jobs"), "-o", at("there.jsonl.x"), "--resume", "-n", "0"], /--concurrency: nothing/],
  ["nothing to go on with", [at("jobs"), "--resume"], /--resume goes on with a file of results; name it/],
  ["a concurrency that is none", [at("jobs"), "-n", "many"], /--concurrency: "many" is not a whole number/],
  [
    "too many at a time",
    [at("jobs"), "-n", "1001"],
    /--concurrency: "1001" is not a whole number up to 1000/,
  ],
  ["a pool that is none", [at("jobs"), "--pool", "-1"], /--pool: "-1" is not a whole number up to 1000/],
  ["a module that is none", [at("jobs"), "--pool", "1", "--preload", "a;b"], /"a;b" is not the name of/],
  ["an input for all that is not there", [at("jobs"), "-i", "x=no.csv"], /input "x": there is no such file/],
  ["a name for all that is none", [at("jobs"), "-r", "1a"], /returns: "1a" is not a Python name/],
];

for (const [name, args, message] of bad)
  test(`${name}: a mistake of usage, told in one line before anything is begun`, async () => {
    const { exitCode, out, err } = await runCommand([...nowhere, "batch", ...args]);
    assert.is(exitCode, 2, err);
    assert.match(err, message);
    assert.is(err.trimEnd().split("\n").length, 1, err);
    assert.is(out, "");
    assert.is(readFileSync(at("there.jsonl"), "utf8"), "mine");
    assert.not.ok(existsSync(at("there.jsonl.lock")));
  });

test("results of something else are not gone on with", async () => {
  const args = ["batch", at("jobs"), "-o", at("there.jsonl"), "--resume"];
  writeFiles(folder, { "there.jsonl": "mine\n" });
  const { exitCode, err } = await runCommand([...nowhere, ...args]);
  assert.is(exitCode, 2);
  assert.match(err, /there\.jsonl:1: this is no result line of brigbox batch/);
  assert.is(readFileSync(at("there.jsonl"), "utf8"), "mine\n");
  writeFiles(folder, { "there.jsonl": "mine" });
});

test("without an Engine it ends with 69, and leaves neither results nor a lock", async () => {
  const { exitCode, err } = await runCommand([...nowhere, "batch", at("jobs"), "-o", at("new.jsonl")]);
  assert.is(exitCode, 69);
  assert.match(err, /unix:\/\/\/nowhere\.sock/);
  assert.not.ok(existsSync(at("new.jsonl")) || existsSync(at("new.jsonl.lock")));
});

test("an interruption before the first job is told as one", async () => {
  const signal = AbortSignal.abort(new DOMException("interrupted", "AbortError"));
  const { exitCode, err } = await runCommand([...nowhere, "batch", at("jobs")], { signal });
  assert.is(exitCode, 7);
  assert.is(err, "brigbox: interrupted\n");
});

test("help tells what a job is, what is written, and what the exit codes mean", async () => {
  const { out } = await runCommand(["batch", "--help"]);
  for (const word of [
    "--concurrency",
    "--pool",
    "--preload",
    "--resume",
    "inputFiles",
    "line-N",
    "7 interrupted",
  ])
    assert.ok(out.includes(word), word);
});

test.run();
