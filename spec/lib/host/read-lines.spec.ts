import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { readFileLines } from "../../../lib/host/read-lines.ts";
import { suite } from "../../support/suite.ts";

const test = suite("lines of a file");
const folder = mkdtempSync(join(tmpdir(), "lines-"));
test.after(() => rmSync(folder, { recursive: true }));

interface Seen {
  readonly number: number;
  readonly start: number;
  readonly length: number;
  readonly head: string;
  readonly last: string;
  readonly isWhole: boolean;
}

async function linesOf(content: string, headBytes = 1000): Promise<Seen[]> {
  const path = join(folder, "file");
  writeFileSync(path, content);
  const file = await open(path, "r");
  const seen: Seen[] = [];
  try {
    for await (const { head, last, ...line } of readFileLines(file, headBytes))
      seen.push({
        ...line,
        head: Buffer.from(head).toString(),
        last: last === null ? "" : String.fromCharCode(last),
      });
  } finally {
    await file.close();
  }
  return seen;
}

test("each line tells where it begins, how long it is and how it ends", async () => {
  assert.equal(await linesOf("one\n\nthree"), [
    { number: 1, start: 0, length: 3, head: "one", last: "e", isWhole: true },
    { number: 2, start: 4, length: 0, head: "", last: "", isWhole: true },
    { number: 3, start: 5, length: 5, head: "three", last: "e", isWhole: false },
  ]);
});

test("a file without anything has no line, and one that ends with its last line has none behind it", async () => {
  assert.equal(await linesOf(""), []);
  assert.is((await linesOf("a\n")).length, 1);
});

test("of a long line only the beginning is kept, over as many reads as it takes", async () => {
  const long = `${"x".repeat(700_000)}y`;
  const [first, second] = await linesOf(`${long}\n${"b".repeat(300_000)}\n`, 10);
  assert.equal(first, {
    number: 1,
    start: 0,
    length: 700_001,
    head: "x".repeat(10),
    last: "y",
    isWhole: true,
  });
  assert.equal([second?.start, second?.length, second?.head.length], [700_002, 300_000, 10]);
});

test("what an earlier read left in the buffer is no line of a later one", async () => {
  const lines = await linesOf(`${"a\n".repeat(131_072)}tail`);
  assert.is(lines.length, 131_073);
  assert.equal([lines.at(-1)?.head, lines.at(-1)?.isWhole], ["tail", false]);
});

test.run();
