import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { resultLine } from "../../../../lib/cli/batch/result-line.ts";
import { openResultsFile } from "../../../../lib/cli/batch/results-file.ts";
import { ConfigError, SandboxError } from "../../../../lib/errors.ts";
import { readLines } from "../../../support/batch.ts";
import { rejectionOf } from "../../../support/catch-error.ts";
import { okResult } from "../../../support/results.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("a file of results");
const folder = mkdtempSync(join(tmpdir(), "results-"));
test.after(() => rmSync(folder, { recursive: true }));

let count = 0;
const newPath = (): string => join(folder, `results-${count++}.jsonl`);
const hashOf = (digit: string): string => digit.repeat(32);

function line(id: string, digit: string, value: number | string = 1): readonly string[] {
  return resultLine({ id, hash: hashOf(digit) }, okResult({ values: { value } })).pieces;
}

const text = (...lines: readonly (readonly string[])[]): string => lines.flat().join("");

test("each line is in the file as soon as it was appended, and others find it there", async () => {
  const path = newPath();
  const sink = await openResultsFile(path, false);
  await sink.append("a", line("a", "1"));
  assert.is(readFileSync(path, "utf8"), text(line("a", "1")));
  await sink.append('b"\\', line('b"\\', "2", "x".repeat(3_000_000)));
  await sink.close();
  assert.equal(
    readLines(path).map(({ id }) => id),
    ["a", 'b"\\'],
  );
  const again = await openResultsFile(path, true);
  const earlier = [...again.earlier].map(([id, { hash, status }]) => [id, hash, status]);
  assert.equal(earlier, [
    ["a", hashOf("1"), "ok"],
    ['b"\\', hashOf("2"), "ok"],
  ]);
  await again.append("c", line("c", "3"));
  await again.close();
  assert.is(readLines(path).length, 3);
});

test("a file that is there is not touched without --resume", async () => {
  const path = newPath();
  writeFileSync(path, "mine");
  await rejectionOf(openResultsFile(path, false), ConfigError, /is there already; go on with it by --resume/);
  assert.is(readFileSync(path, "utf8"), "mine");
});

test("with --resume a file that is not there begins", async () => {
  const path = newPath();
  const sink = await openResultsFile(path, true);
  await sink.append("a", line("a", "1"));
  await sink.close();
  assert.is(readLines(path).length, 1);
});

test("a file that got no line does not stay, unless it was there before", async () => {
  const path = newPath();
  await (await openResultsFile(path, false)).close();
  assert.not.ok(existsSync(path));
  writeFileSync(path, "");
  await (await openResultsFile(path, true)).close();
  assert.ok(existsSync(path));
});

test("wherever the last line was cut, it is dropped, and the whole ones stay", async () => {
  const whole = text(line("a", "1"), line("b", "2"));
  const last = text(line("ö", "3"));
  const bytes = Buffer.from(last);
  for (const cut of [1, 5, 30, bytes.length - 2, bytes.length - 1]) {
    const path = newPath();
    writeFileSync(path, Buffer.concat([Buffer.from(whole), bytes.subarray(0, cut)]));
    const sink = await openResultsFile(path, true);
    assert.equal([...sink.earlier.keys()], ["a", "b"]);
    assert.is(sink.cutBytes, cut);
    assert.is(readFileSync(path, "utf8"), whole);
    await sink.append("ö", line("ö", "3"));
    await sink.close();
    assert.is(readFileSync(path, "utf8"), whole + last);
  }
});

const foreign: readonly (readonly [string, string])[] = [
  ["something else", '{"code":"result = 1"}\n'],
  ["a cut line in the middle", `${text(line("a", "1")).slice(0, -10)}\n${text(line("b", "2"))}`],
  ["an empty line", `\n${text(line("a", "1"))}`],
  ["a status that is none", text(line("a", "1")).replace('"status":"ok"', '"status":"fine"')],
];

for (const [name, content] of foreign)
  test(`a file with ${name} is refused and not touched`, async () => {
    const path = newPath();
    writeFileSync(path, `${content}cut`);
    await rejectionOf(
      openResultsFile(path, true),
      ConfigError,
      /:1: this is no result line of brigbox batch/,
    );
    assert.is(readFileSync(path, "utf8"), `${content}cut`);
    assert.not.ok(existsSync(`${path}.lock`));
  });

test("a later line of a job takes the place of the earlier one when all is done, and not before", async () => {
  const path = newPath();
  writeFileSync(
    path,
    text(line("a", "1"), line("b", "1", "x".repeat(2_000_000)), line("c", "1"), line("a", "2")),
    {
      mode: 0o600,
    },
  );
  const link = newPath();
  symlinkSync(path, link);
  const sink = await openResultsFile(link, true);
  assert.is(sink.earlier.get("a")?.hash, hashOf("2"));
  await sink.append("c", line("c", "3"));
  assert.is(readLines(path).length, 5);
  await sink.tidy();
  await sink.close();
  assert.equal(
    readLines(path).map(({ id, hash }) => [id, hash]),
    [
      ["b", hashOf("1")],
      ["a", hashOf("2")],
      ["c", hashOf("3")],
    ],
  );
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.equal(
    readdirSync(folder).filter((name) => /tmp|lock/.test(name)),
    [],
  );
});

test("only one can have it at a time", async () => {
  const path = newPath();
  const sink = await openResultsFile(path, false);
  await sink.append("a", line("a", "1"));
  await rejectionOf(openResultsFile(path, true), ConfigError, /is in use: process \d+ writes to it now/);
  await sink.close();
  await (await openResultsFile(path, true)).close();
});

test("what cannot be written is told, with the way on", async () => {
  const path = newPath();
  const sink = await openResultsFile(path, false);
  await sink.append("a", line("a", "1"));
  await sink.close();
  await rejectionOf(
    sink.append("b", line("b", "1")),
    SandboxError,
    /cannot be written to .*go on with --resume$/,
  );
  assert.is(readLines(path).length, 1);
});

test("places that cannot be written to are refused", async () => {
  await rejectionOf(openResultsFile(join(folder, "no/x"), false), ConfigError, /cannot be made \(ENOENT\)/);
  await rejectionOf(openResultsFile(folder, true), ConfigError, /cannot be opened \(EISDIR\)/);
});

test.run();
