import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { runCommand } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("brigbox validate");
const folder = mkdtempSync(join(tmpdir(), "brigbox-validate-"));

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const good = file("good.py", "import math\nresult = math.pi\n");
const bad = file("bad.py", "x = 1\ny = [eval, 2]\n");

test("a good file is a line, and exit code 0", async () => {
  assert.equal(await runCommand(["validate", good]), { exitCode: 0, out: `✔ ${good}\n`, err: "" });
});

test("a violation is told with its line and a caret, and ends with 3", async () => {
  const { exitCode, out, err } = await runCommand(["validate", good, bad]);
  assert.equal([exitCode, err], [3, ""]);
  const [first, second, third, fourth] = out.split("\n");
  assert.is(first, `✔ ${good}`);
  assert.match(second ?? "", new RegExp(`^✖ ${bad}:2:6 R2 "eval" is not available here`));
  assert.equal([third, fourth], ["    y = [eval, 2]", "         ^^^^"]);
});

test("standard input is read for -", async () => {
  assert.is((await runCommand(["validate", "-"], { stdin: "import os" })).exitCode, 3);
});

test("JSON is an array with one object a file", async () => {
  const { exitCode, out } = await runCommand(["validate", good, bad, "--format", "json"]);
  const reports = JSON.parse(out) as {
    file: string;
    ok: boolean;
    violations: { rule: string; line: number }[];
  }[];
  assert.is(exitCode, 3);
  assert.equal(
    reports.map(({ file: path, ok }) => [path, ok]),
    [
      [good, true],
      [bad, false],
    ],
  );
  assert.equal(
    reports[1]?.violations.map(({ rule, line }) => [rule, line]),
    [["R2", 2]],
  );
});

test("SARIF is one document", async () => {
  const { out } = await runCommand(["validate", bad, "--format", "sarif"]);
  assert.is(JSON.parse(out).runs[0].results.length, 1);
});

test("the mode and the list of imports can be chosen", async () => {
  const scipy = file("scipy.py", "import scipy\nscipy.stats.zscore([1])\n");
  assert.is((await runCommand(["validate", scipy])).exitCode, 3);
  assert.is((await runCommand(["validate", scipy, "--import", "scipy"])).exitCode, 0);
  assert.is((await runCommand(["validate", scipy, "--mode", "basic"])).exitCode, 0);
  assert.is((await runCommand(["validate", bad, "--mode", "off"])).exitCode, 0);
});

test("what the source says cannot play with the terminal, and long lines are cut", async () => {
  const path = file("odd.py", `x = "\u001b[2J${"y".repeat(5000)}" + eval\n`);
  const { out } = await runCommand(["validate", path]);
  assert.not.ok(out.includes("\u001b"));
  assert.ok(out.length < 1000, String(out.length));
  assert.match(out, /\^{4}$/m);
});

const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["a missing file", [join(folder, "none.py")], /cannot use .*none\.py as the code: there is no such file/],
  ["a directory", [folder], /it is a directory/],
  ["a binary file", [file("binary.py", new Uint8Array([0, 1, 2]))], /it is binary/],
  ["an empty file", [file("empty.py", "")], /it is empty/],
  ["bad UTF-8", [file("latin.py", new Uint8Array([0x78, 0xff]))], /it is not UTF-8/],
  ["an unknown mode", [good, "--mode", "stric"], /did you mean "strict"/],
  ["an unknown format", [good, "--format", "xml"], /--format must be one of text, json, sarif/],
  ["a module that is none", [good, "--import", "../os"], /is not the name of a module/],
];

for (const [name, args, message] of mistakes) {
  test(`${name} is one line and exit code 2`, async () => {
    const { exitCode, out, err } = await runCommand(["validate", ...args]);
    assert.equal([exitCode, out], [2, ""]);
    assert.match(err, message);
    assert.is(err.trimEnd().split("\n").length, 1);
  });
}

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
