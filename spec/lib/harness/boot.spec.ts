import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import * as assert from "uvu/assert";
import { createHarness, type HarnessOptions } from "../../../lib/harness/boot.ts";
import { hangUpExitCode } from "../../../lib/harness/protocol.ts";
import { findPythons } from "../../support/pythons.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the supervisor's program");

/** What the loader makes of the bytes on stdin. */
function unpack(options: HarnessOptions = {}): { readonly boot: string; readonly texts: string } {
  const { program } = createHarness(options);
  const bytes = inflateSync(program.subarray(4));
  assert.is(Buffer.from(program).readUInt32BE() + 4, program.length);
  const end = 4 + bytes.readUInt32BE();
  return { boot: bytes.toString("utf8", 4, end), texts: bytes.toString("utf8", end) };
}

test("the command is isolated from the environment, in UTF-8, and the same whatever it will run", () => {
  const { command } = createHarness();
  assert.equal(command.slice(0, -1), ["python3", "-I", "-X", "utf8", "-c"]);
  assert.is(createHarness({ python: "/opt/python" }).command[0], "/opt/python");
  assert.equal(createHarness({ isSession: true, preload: ["numpy"] }).command, command);
});

test("the command is short: the Engine keeps it with each container", () => {
  assert.ok(createHarness().command.join(" ").length < 1500);
});

const direct = { memoryBytes: 1024, processes: 8 };

test("without a container it is told its limits, and leaves nothing compiled behind", () => {
  assert.equal(createHarness({ direct }).command.slice(0, -1), ["python3", "-I", "-B", "-X", "utf8", "-c"]);
  assert.match(unpack({ direct }).boot, '\nDIRECT = {"memoryBytes":1024,"processes":8}\n');
  assert.match(unpack({ root: null }).boot, "\nROOT = None\nDIRECT = None\n");
});

test("every module of the supervisor is in it, and those of some alone in theirs", () => {
  const boot = [unpack({ isSession: true }).boot, unpack({ direct }).boot].join("");
  for (const name of ["session", "direct"]) assert.not.match(unpack().boot, `brigbox_${name} `);
  for (const file of readdirSync(new URL("../../../lib/harness/python", import.meta.url)))
    if (file.endsWith(".py") && file !== "boot.py" && file !== "loader.py")
      assert.ok(boot.includes(`brigbox_${file.slice(0, -3)} `), file);
});

for (const name of ["numpy", "pandas.core", "_private", "a1.b2"]) {
  test(`the module ${name} may be preloaded`, () => {
    assert.match(unpack({ preload: [name] }).boot, `PRELOAD = ["${name}"]`);
  });
}

for (const name of [
  "",
  "a-b",
  "1a",
  "a.",
  ".a",
  "a..b",
  "a b",
  "a;b",
  'a"',
  "a\n",
  "__import__('os')",
  "ä",
]) {
  test(`${JSON.stringify(name)} is no module's name`, () => {
    assert.throws(
      () => createHarness({ preload: [name] }),
      (error: unknown) => error instanceof TypeError,
    );
  });
}

test("every Python reads the program's assignments back as they were, whatever letters they have", () => {
  const wire = readFileSync(new URL("../../../lib/harness/python/wire.py", import.meta.url), "utf8");
  const root = "/tmp/\u007f\"'\\ä€\u{1f600}\n\u2028";
  const check = `import ast, sys
for piece in PIECES.values(): ast.parse(piece.decode())
sys.stdout.buffer.write(ROOT.encode() + b"|" + PIECES["brigbox_wire"])`;
  for (const { path, version } of findPythons()) {
    // All but what boot does with the sources.
    const { boot, texts } = unpack({ root });
    const program = `import os, sys; TEXTS = sys.stdin.buffer.read()\n${boot.split("\nFINDER =")[0]}\n${check}`;
    const { stdout, stderr } = spawnSync(path, ["-I", "-X", "utf8", "-c", program], {
      input: texts,
      encoding: "utf8",
    });
    assert.is(stdout, `${root}|${wire}`, `${version}: ${stderr}`);
  }
});

for (const [name, cut] of [
  ["nothing", 0],
  ["half of its length", 2],
  ["half of it", 5000],
] as const) {
  test(`where stdin ends after ${name} it ends as one whose host is gone`, () => {
    const { command, program } = createHarness();
    const [python = "", ...args] = command;
    const { status, stderr } = spawnSync(python, args, { input: program.subarray(0, cut), encoding: "utf8" });
    assert.equal([status, stderr], [hangUpExitCode, ""]);
  });
}

test.run();
