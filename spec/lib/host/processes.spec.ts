import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { findProgram, isRunning, readLivePid } from "../../../lib/host/processes.ts";
import { suite } from "../../support/suite.ts";

const test = suite("processes of the host");
let folder = "";
const ownName = readFileSync("/proc/self/comm", "utf8").trim();

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "processes-"));
});
test.after(() => rmSync(folder, { recursive: true }));

test("a program is found in PATH where it may be run", () => {
  const file = join(folder, "tool");
  writeFileSync(file, "");
  chmodSync(file, 0o644);
  assert.is(findProgram("tool", folder), null);
  chmodSync(file, 0o755);
  assert.is(findProgram("tool", `/nowhere:${folder}`), file);
});

test("folders of PATH that are relative are not looked into", () => {
  assert.is(findProgram("package.json", "."), null);
});

test("a process runs a program only under its own name", () => {
  assert.ok(isRunning(process.pid, ownName));
  assert.not.ok(isRunning(process.pid, "dockerd"));
  assert.not.ok(isRunning(999_999_999, ownName));
});

const files: readonly (readonly [string, string, boolean])[] = [
  ["a live process", `${process.pid}\n`, true],
  ["a process that is gone", "999999999", false],
  ["an empty file", "", false],
  ["nonsense", "x", false],
];

for (const [name, content, isAlive] of files) {
  test(`the pid file of ${name} is ${isAlive ? "kept" : "removed"}`, () => {
    const file = join(folder, "pid");
    writeFileSync(file, content);
    assert.is(readLivePid(file, ownName), isAlive ? process.pid : null);
    assert.is(existsSync(file), isAlive);
  });
}

test("a missing pid file is no process", () => assert.is(readLivePid(join(folder, "none"), ownName), null));

test.run();
