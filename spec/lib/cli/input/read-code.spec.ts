import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { readCode } from "../../../../lib/cli/input/read-code.ts";
import { ConfigError } from "../../../../lib/errors.ts";
import { rejectionOf } from "../../../support/catch-error.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("reading code");
let folder = "";

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "read-code-"));
  mkdirSync(join(folder, "directory"));
  writeFileSync(join(folder, "good.py"), "result = 'é'\n");
  writeFileSync(join(folder, "with space & (odd) näme;.py"), "pass");
  writeFileSync(join(folder, "bom.py"), "\ufeffpass");
  writeFileSync(join(folder, "empty.py"), "");
  writeFileSync(join(folder, "blank.py"), " \n\t\n");
  writeFileSync(join(folder, "binary.py"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]));
  writeFileSync(join(folder, "latin1.py"), Buffer.from("x = '\xe9'", "latin1"));
  writeFileSync(join(folder, "large.py"), "#".repeat(4 * 1024 * 1024 + 1));
  symlinkSync(join(folder, "loop"), join(folder, "loop"));
});
test.after(() => rmSync(folder, { recursive: true }));

async function* stream(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece, "latin1");
}

test("a file's text and name come back", async () => {
  assert.equal(await readCode(join(folder, "good.py"), stream()), {
    text: "result = 'é'\n",
    fileName: "good.py",
  });
});

test("letters that a traceback cannot take are replaced in the name", async () => {
  assert.is(
    (await readCode(join(folder, "with space & (odd) näme;.py"), stream())).fileName,
    "with space _ (odd) n_me_.py",
  );
});

test("a byte order mark is taken off", async () => {
  assert.is((await readCode(join(folder, "bom.py"), stream())).text, "pass");
});

test("- reads standard input to its end", async () => {
  assert.equal(await readCode("-", stream("pa", "ss")), { text: "pass", fileName: "stdin.py" });
});

const refusals: readonly (readonly [string, RegExp])[] = [
  ["missing.py", /there is no such file$/],
  ["directory", /it is a directory, not a file$/],
  ["good.py/below", /a part of its path is not a directory$/],
  ["empty.py", /it is empty$/],
  ["blank.py", /it is empty$/],
  ["binary.py", /it is binary, not Python text$/],
  ["latin1.py", /it is not UTF-8; convert it/],
  ["large.py", /it has 4 MiB, and 4 MiB are the most$/],
  ["loop", /its links lead in a circle$/],
];

for (const [name, message] of refusals) {
  test(`${name} is refused in one line`, async () => {
    const error = await rejectionOf(readCode(join(folder, name), stream()), ConfigError, message);
    assert.not.match(error.message, /\n/);
  });
}

test("standard input is refused for the same reasons", async () => {
  for (const [text, message] of [
    ["", /empty/],
    ["\0", /binary/],
    ["\xff", /UTF-8/],
  ] as const) {
    await rejectionOf(readCode("-", stream(text)), ConfigError, message);
  }
  await rejectionOf(
    readCode("-", stream("#".repeat(4 * 1024 * 1024), "##")),
    ConfigError,
    /longer than 4 MiB/,
  );
});

test("a device that never ends is not read", async () => {
  await rejectionOf(readCode("/dev/zero", stream()), ConfigError, /not a regular file/);
});

test.run();
