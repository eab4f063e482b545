import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { runCommand } from "../support/cli.ts";
import { suite } from "../support/suite.ts";

const test = suite("the log of the command on a real Engine");

const secret = "s3cret";
let folder = "";
let inputs: readonly string[] = [];

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "log-live-"));
  const given = join(folder, "given.json");
  writeFileSync(given, JSON.stringify(secret));
  inputs = ["--input", `given=${given}`, "--file", given];
});
test.after(() => rmSync(folder, { recursive: true }));

test("every phase, container and call is told, in order, no secret, and standard output stays clean", async () => {
  const args = ["run", "-", "--json", ...inputs, "--log", "json", "--log-level", "trace"];
  const stdin = `print("${secret}", given)\nresult = given`;
  const { out, err, exitCode } = await runCommand(args, { stdin, env: { API_KEY: secret } });
  assert.is(exitCode, 0, err);
  assert.equal(JSON.parse(out).values.result, secret);
  const entries = err
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  const phases = entries.filter(({ event }) => event === "run:phase").map(({ phase }) => phase);
  assert.equal(phases, ["validate", "queue", "create", "start", "ready", "run", "collect", "cleanup"]);
  const events = entries.map(({ event }) => event);
  for (const event of ["run:start", "run:end", "run:cleaned", "container:begin", "container:cleaned"])
    assert.is(events.filter((found) => found === event).length, 1, event);
  const operations = entries.map(({ operation }) => operation).filter((operation) => operation !== undefined);
  assert.ok(operations.includes("POST /containers/create"));
  assert.ok(operations.includes("DELETE /containers/{id}"));
  assert.not.match(err, secret);
});

test("what the code writes to stderr is not lost among the log, whose lines stay whole", async () => {
  const args = ["run", "-", "--validator", "off", "--log-level", "debug"];
  const stdin = "import sys\nsys.stderr.write('half')\nsys.stderr.flush()";
  const { err, exitCode } = await runCommand(args, { stdin });
  assert.is(exitCode, 0, err);
  assert.is(err.split("half").length, 2, err);
  const logged = err.split("\n").filter((line) => / (run|container) [\w-]+: /.test(line));
  assert.ok(logged.length > 10, err);
  for (const line of logged)
    assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z (info |debug) (run|container) [\w-]+: /);
});

test.run();
