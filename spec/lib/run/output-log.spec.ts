import * as assert from "uvu/assert";
import { createOutputLog, type OutputPiece } from "../../../lib/run/output-log.ts";
import { collectGarbage } from "../../support/many-runs/counts.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what the code wrote");
const caps = { stdoutBytes: 10, stderrBytes: 4 };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const out = (text: string): OutputPiece => ({ stream: "stdout", bytes: bytesOf(text) });
const err = (text: string): OutputPiece => ({ stream: "stderr", bytes: bytesOf(text) });

async function readAll(pieces: AsyncIterable<OutputPiece>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { stream, bytes } of pieces) found.push(`${stream}:${new TextDecoder().decode(bytes)}`);
  return found;
}

test("is kept by streams, and read piece by piece in the order in which it came", async () => {
  const log = createOutputLog(caps);
  for (const piece of [out("ab"), err("x"), out("cd")]) assert.is(log.add(piece), null);
  log.end();
  assert.equal([log.text("stdout"), log.text("stderr")], ["abcd", "x"]);
  assert.equal([log.keptBytes("stdout"), log.keptBytes("stderr")], [4, 1]);
  assert.equal(await readAll(log.pieces), ["stdout:ab", "stderr:x", "stdout:cd"]);
});

test("is read by any number of readers, each from the start, and while it comes", async () => {
  const log = createOutputLog(caps);
  log.add(out("a"));
  const early = readAll(log.pieces);
  await Promise.resolve();
  log.add(err("b"));
  const late = readAll(log.pieces);
  await Promise.resolve();
  log.add(out("c"));
  log.end();
  for (const reader of [early, late, readAll(log.pieces)])
    assert.equal(await reader, ["stdout:a", "stderr:b", "stdout:c"]);
});

test("is kept up to the cap of each stream, to the byte, and says whose cap was passed", () => {
  const log = createOutputLog(caps);
  assert.is(log.add(out("0123456789")), null);
  assert.is(log.add(err("wxyz")), null);
  assert.is(log.add(out("!")), "stdout");
  assert.is(log.add(err("!")), "stderr");
  assert.equal([log.text("stdout"), log.text("stderr")], ["0123456789", "wxyz"]);
});

test("keeps the part of a piece that fits", () => {
  const log = createOutputLog(caps);
  assert.is(log.add(err("123456")), "stderr");
  assert.is(log.text("stderr"), "1234");
});

test("is not changed by who sent it or reads it", async () => {
  const log = createOutputLog(caps);
  const sent = out("ab");
  log.add(sent);
  sent.bytes.fill(0);
  log.end();
  for await (const { bytes } of log.pieces) bytes.fill(0);
  assert.is(log.text("stdout"), "ab");
});

test("joins letters that were cut into pieces, and shows what is no text", () => {
  const log = createOutputLog(caps);
  const [first, ...others] = bytesOf("é");
  log.add({ stream: "stdout", bytes: new Uint8Array([first ?? 0]) });
  log.add(err("!"));
  log.add({ stream: "stdout", bytes: new Uint8Array([...others, 0xff]) });
  assert.is(log.text("stdout"), "é\ufffd");
});

test("of a million letters that come one by one no million objects are kept", async () => {
  const count = 1_000_000;
  const log = createOutputLog({ stdoutBytes: count, stderrBytes: 0 });
  const letter = out("x");
  await collectGarbage();
  const before = process.memoryUsage();
  for (let sent = 0; sent < count; sent++) log.add(letter);
  await collectGarbage();
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  assert.is(log.keptBytes("stdout"), count);
  assert.ok(grown < 32 * count, `${grown} bytes`);
});

test("ends readers that wait, and stays ended", async () => {
  const log = createOutputLog(caps);
  const waiting = readAll(log.pieces);
  log.end();
  assert.equal(await waiting, []);
  assert.equal(await readAll(log.pieces), []);
});

test.run();
