import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { JournalError } from "../../../../lib/loop/errors.ts";
import { openJournal } from "../../../../lib/loop/journal/journal.ts";
import { type JournalRecord, parseRecord } from "../../../../lib/loop/journal/records.ts";
import { currentOwner, formatOwner } from "../../../../lib/ownership.ts";
import { rejectionOf } from "../../../support/catch-error.ts";
import { readRecords } from "../../../support/loop/journal-facts.ts";
import { temporaryFolder } from "../../../support/loop/temporary.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("a loop's journal");
const identity = "0123456789abcdef0123456789abcdef";
const idOf = (number: number): string => number.toString(16).padStart(32, "0");
const proposed = (number: number, code = "result = 1\n"): JournalRecord => ({
  ...{ type: "proposed", index: number, id: idOf(number), code, meta: null },
});

function unexpected({ type }: JournalRecord): void {
  assert.unreachable(`a record of type ${type}`);
}

async function readBack(path: string): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  const journal = await openJournal(path, { identity, onRecord: (record) => void records.push(record) });
  await journal.close();
  return records;
}

async function begin(path: string, records: readonly JournalRecord[]): Promise<void> {
  const journal = await openJournal(path, { identity, onRecord: unexpected });
  await Promise.all(records.map((record) => journal.append(record)));
  await journal.close();
}

test("what is appended is read back in order, and the file ends with a whole line", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const records = Array.from({ length: 500 }, (_, number) => proposed(number, `# ${"ü".repeat(number)}\n`));
  await begin(path, records);
  assert.equal(await readBack(path), records);
  assert.ok(readFileSync(path, "utf8").endsWith("\n"));
  assert.is(readRecords(path).length, 501);
  assert.not(existsSync(`${path}.lock`));
});

test("an appended line is in the file once its promise resolves", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const journal = await openJournal(path, { identity, onRecord: unexpected });
  await journal.append(proposed(0));
  assert.equal(readRecords(path).at(-1), proposed(0));
  await journal.close();
});

test("a last line that was cut anywhere is dropped, and the next takes its place", async () => {
  using folder = temporaryFolder();
  const whole = Buffer.from(`${JSON.stringify(proposed(1, "# ü"))}\n`);
  for (let cut = 0; cut < whole.length; cut++) {
    const path = folder.at(`${cut}.jsonl`);
    await begin(path, [proposed(0)]);
    appendFileSync(path, whole.subarray(0, cut));
    const seen: JournalRecord[] = [];
    const journal = await openJournal(path, { identity, onRecord: (record) => void seen.push(record) });
    assert.equal(seen, [proposed(0)]);
    await journal.append(proposed(2));
    await journal.close();
    assert.equal(readRecords(path).slice(1), [proposed(0), proposed(2)]);
  }
});

test("nothing is left of a cut line that was longer than the next", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  await begin(path, [proposed(0)]);
  appendFileSync(path, JSON.stringify(proposed(1, "x".repeat(10_000))));
  const journal = await openJournal(path, { identity, onRecord: () => undefined });
  await journal.append(proposed(2));
  await journal.close();
  assert.equal(await readBack(path), [proposed(0), proposed(2)]);
  assert.ok(readFileSync(path, "utf8").endsWith("}\n"));
});

test("a first line that was cut is begun anew", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  writeFileSync(path, '{"type":"loop","vers');
  assert.equal(await readBack(path), []);
  assert.equal(readRecords(path), [{ type: "loop", version: 1, identity }]);
});

const damages: readonly (readonly [string, (path: string) => void, RegExp])[] = [
  [
    "a line that is no JSON",
    (path) => appendFileSync(path, "{]\n"),
    /j\.jsonl:3: this is no line of a journal/,
  ],
  ["a record of no kind", (path) => appendFileSync(path, '{"type":"x"}\n'), /:3: this is no line/],
  ["a record that lacks something", (path) => appendFileSync(path, '{"type":"attempt","id":"x"}\n'), /:3:/],
  [
    "a name that every object has",
    (path) => appendFileSync(path, '{"type":"constructor"}\n'),
    /:3: this is no line/,
  ],
  [
    "a journal of another configuration",
    (path) => writeFileSync(path, `{"type":"loop","version":1,"identity":"${idOf(7)}"}\n`),
    /:1: the journal is of another configuration/,
  ],
  [
    "a journal of a later version",
    (path) => writeFileSync(path, `{"type":"loop","version":2,"identity":"${identity}"}\n`),
    /:1: the journal is of version 2/,
  ],
  [
    "something else",
    (path) => writeFileSync(path, `${JSON.stringify(proposed(0))}\n`),
    /:1: a journal begins with/,
  ],
  ["a line without end", (path) => writeFileSync(path, "x".repeat(17 * 1024 ** 2)), /:1: this is no line/],
];
for (const [name, damage, message] of damages) {
  test(`${name} is refused with its line, and left as it is`, async () => {
    using folder = temporaryFolder();
    const path = folder.at("j.jsonl");
    await begin(path, [proposed(0)]);
    damage(path);
    const before = readFileSync(path);
    await rejectionOf(readBack(path), JournalError, message);
    assert.equal(readFileSync(path), before);
    assert.not(existsSync(`${path}.lock`));
  });
}

test("what the reader refuses gets the line it stands in", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  await begin(path, [proposed(0), proposed(1)]);
  const onRecord = ({ type }: JournalRecord): void => {
    if (type === "proposed") throw new JournalError("proposed twice");
  };
  const error = await rejectionOf(
    openJournal(path, { identity, onRecord }),
    JournalError,
    /:2: proposed twice/,
  );
  assert.is(error.line, 2);
});

test("two cannot write one journal, and the second is told who does", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const journal = await openJournal(path, { identity, onRecord: unexpected });
  await rejectionOf(readBack(path), JournalError, new RegExp(`process ${process.pid} writes to it now`));
  await journal.append(proposed(0));
  await journal.close();
  assert.equal(await readBack(path), [proposed(0)]);
});

test("the lock of a dead process is taken over, and one that cannot be judged is not", async () => {
  using folder = temporaryFolder();
  const path = folder.at("j.jsonl");
  const self = currentOwner();
  for (const dead of [
    { ...self, pid: 4_194_303 },
    { ...self, startTime: "1" },
  ]) {
    writeFileSync(`${path}.lock`, `${formatOwner(dead)}\n`);
    await readBack(path);
    assert.not(existsSync(`${path}.lock`));
  }
  for (const unknown of [formatOwner({ ...self, host: "elsewhere" }), "garbage"]) {
    writeFileSync(`${path}.lock`, unknown);
    await rejectionOf(readBack(path), JournalError, /may be in use by .*; where it is not, remove .*\.lock/);
  }
});

test("a place that cannot be written is told in one line", async () => {
  using folder = temporaryFolder();
  await rejectionOf(readBack(folder.at("no/j.jsonl")), JournalError, /cannot use it as a journal \(ENOENT\)/);
  mkdirSync(folder.at("folder"));
  await rejectionOf(readBack(folder.at("folder")), JournalError, /cannot use it as a journal \(EISDIR\)/);
});

test("records are whole or none", () => {
  for (const line of [
    "",
    "null",
    "3",
    "[]",
    '{"type":"result"}',
    `{"type":"done","reason":"x","elapsedMs":-1}`,
  ])
    assert.is(parseRecord(line), null, line);
  const failure = { status: "timeout", message: "m", exceptionType: null, line: null, violations: [] };
  const result = { type: "result", id: idOf(1), score: null, holdout: null, failure, elapsedMs: 3 };
  assert.equal(parseRecord(JSON.stringify(result)), result);
  assert.is(parseRecord(JSON.stringify({ ...result, failure: { ...failure, status: "ok" } })), null);
});

test.run();
