import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { runCommand } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("brigbox config");
const folder = mkdtempSync(join(tmpdir(), "brigbox-config-"));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("print shows the values of flags, environment and profile, each with its place", async () => {
  const path = file("box.yaml", "limits:\n  memory: 1GiB\n");
  const { exitCode, out, err } = await runCommand(
    ["config", "print", "--profile", "strict", "--config", path],
    {
      env: { BRIGBOX_LIMITS_CPUS: "2" },
    },
  );
  assert.equal([exitCode, err], [0, ""]);
  assert.match(out, `  memory: 1GiB # ${path}:2\n`);
  assert.match(out, "  cpus: 2 # variable BRIGBOX_LIMITS_CPUS\n");
  assert.match(out, /^ {2}processes: 16 # profiles\/strict\.yaml:\d+$/m);
});

test("print --json is one object by path", async () => {
  const { out } = await runCommand(["config", "print", "--json"]);
  const values = JSON.parse(out);
  assert.is(values["limits.memory"], "2GiB");
  assert.equal(values["validator.imports"], []);
});

test("print with a fault is one line and the exit code of a mistake", async () => {
  const path = file("fault.yaml", "limits:\n  memroy: 1GiB\n");
  const { exitCode, out, err } = await runCommand(["config", "print", "--config", path]);
  assert.equal([exitCode, out], [2, ""]);
  assert.is(err, `brigbox: ${path}:2: unknown key "limits.memroy"; did you mean "limits.memory"?\n`);
});

test("check goes through all files, and ends with the exit code of a mistake where one is bad", async () => {
  const good = file("good.yaml", "verify: off\n");
  const bad = file("bad.yaml", "verify: maybe\n");
  const { exitCode, out, err } = await runCommand([
    "config",
    "check",
    good,
    bad,
    join(folder, "missing.yaml"),
    good,
  ]);
  assert.is(exitCode, 2);
  assert.is(out, `✔ ${good}: 1 key\n`.repeat(2));
  assert.is(err.split("\n").length, 3);
  assert.match(err, `✖ ${bad}:1: verify: must be one of`);
  assert.match(err, "there is no such file");
});

test("a fallback to direct execution is told loudly, though it is no fault", async () => {
  const path = file("fallback.yaml", "verify: inspect\nfallback: direct\n");
  const checked = await runCommand(["config", "check", path]);
  assert.equal([checked.exitCode, checked.out], [0, `✔ ${path}: 2 keys\n`]);
  assert.match(
    checked.err,
    `! ${path}:2: fallback direct instead of none: where no Engine can be reached, code runs`,
  );
  const printed = await runCommand(["config", "print", "--config", path]);
  assert.match(printed.out, `fallback: direct # ${path}:2`);
  assert.match(printed.err, "code runs on this machine without any isolation");
});

test("check of good files is exit code 0", async () => {
  assert.is((await runCommand(["config", "check", file("empty.yaml", "")])).exitCode, 0);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
