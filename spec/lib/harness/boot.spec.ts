import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { harnessCommand } from "../../../lib/harness/boot.ts";
import { findPythons } from "../../support/pythons.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the supervisor's command");

/** The kernel's MAX_ARG_STRLEN, its final null byte included. */
const longestArgument = 131_072;

test("the whole supervisor fits into one argument, with room for a long list of modules", () => {
  const preload = Array.from({ length: 20 }, (_, index) => `package_${index}.module`);
  const program = harnessCommand({ preload }).at(-1) ?? "";
  assert.ok(Buffer.byteLength(program) < longestArgument);
});

test("it is isolated from the environment, and in UTF-8", () => {
  assert.equal(harnessCommand().slice(0, -1), ["python3", "-I", "-X", "utf8", "-c"]);
  assert.is(harnessCommand({ python: "/opt/python" })[0], "/opt/python");
});

test("a program beyond one argument is refused", () => {
  assert.throws(() => harnessCommand({ preload: Array(20_000).fill("module") }), /grown to \d+ bytes/);
});

test("a session's fits into one argument too", () => {
  const [program = ""] = harnessCommand({ isSession: true }).slice(-1);
  assert.ok(Buffer.byteLength(program) < longestArgument);
});

test("every module of the supervisor is in it, and those of sessions are in theirs alone", () => {
  const program = harnessCommand({ isSession: true }).at(-1) ?? "";
  assert.not.match(harnessCommand().join(""), '"brigbox_session":');
  for (const file of readdirSync(new URL("../../../lib/harness/python", import.meta.url)))
    if (file.endsWith(".py") && file !== "boot.py")
      assert.ok(program.includes(`"brigbox_${file.slice(0, -3)}":`), file);
});

for (const name of ["numpy", "pandas.core", "_private", "a1.b2"]) {
  test(`the module ${name} may be preloaded`, () => {
    assert.match(harnessCommand({ preload: [name] }).at(-1) ?? "", `PRELOAD = ["${name}"]`);
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
      () => harnessCommand({ preload: [name] }),
      (error: unknown) => error instanceof TypeError,
    );
  });
}

test("every Python reads the program's assignments back as they were, whatever letters they have", () => {
  const wire = readFileSync(new URL("../../../lib/harness/python/wire.py", import.meta.url), "utf8");
  const root = "/tmp/\u007f\"'\\ä€\u{1f600}\n\u2028";
  const program = (harnessCommand({ root }).at(-1) ?? "").split("\nFINDER =")[0];
  const check = `${program}\nimport ast\nfor text in SOURCES.values(): ast.parse(text)\nimport sys; sys.stdout.buffer.write(ROOT.encode() + b"|" + SOURCES["brigbox_wire"].encode())`;
  for (const { path, version } of findPythons()) {
    const { stdout, stderr } = spawnSync(path, ["-I", "-c", check], { encoding: "utf8" });
    assert.is(stdout, `${root}|${wire}`, `${version}: ${stderr}`);
  }
});

test.run();
