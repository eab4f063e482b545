import * as assert from "uvu/assert";
import { collectOutput } from "../../engine-api/collect-output.ts";
import { ProtocolError } from "../../engine-api/errors.ts";
import type { OutputChunk } from "../../engine-api/frames.ts";
import { readLines } from "../../engine-api/lines.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/lines and collect-output");

async function* output(
  ...pieces: readonly (readonly ["stdout" | "stderr", Uint8Array | string])[]
): AsyncGenerator<OutputChunk> {
  for (const [stream, bytes] of pieces)
    yield { stream, bytes: typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes };
}

async function linesOf(
  chunks: AsyncIterable<OutputChunk>,
  maxLineBytes?: number,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const options = maxLineBytes === undefined ? {} : { maxLineBytes };
  for await (const { stream, text } of readLines(chunks, options)) lines.push(`${stream}:${text}`);
  return lines;
}

test("lines are the same wherever their bytes are cut", async () => {
  const bytes = new TextEncoder().encode("eins\nzwei ü\r\n\nvier");
  for (let at = 0; at <= bytes.length; at++)
    assert.equal(await linesOf(output(["stdout", bytes.subarray(0, at)], ["stdout", bytes.subarray(at)])), [
      "stdout:eins",
      "stdout:zwei ü",
      "stdout:",
      "stdout:vier",
    ]);
});

test("each stream has lines of its own", async () => {
  const chunks = output(["stdout", "a"], ["stderr", "x\ny"], ["stdout", "b\n"]);
  assert.equal(await linesOf(chunks), ["stderr:x", "stdout:ab", "stderr:y"]);
});

test("no output is no line", async () => {
  assert.equal(await linesOf(output()), []);
  assert.equal(await linesOf(output(["stdout", ""])), []);
});

test("a chunk that is used again changes no line", async () => {
  async function* reused(): AsyncGenerator<OutputChunk> {
    const bytes = new TextEncoder().encode("ab");
    yield { stream: "stdout", bytes };
    bytes.set(new TextEncoder().encode("c\n"));
    yield { stream: "stdout", bytes };
  }
  assert.equal(await linesOf(reused()), ["stdout:abc"]);
});

test("a line may be as long as the cap, and no longer", async () => {
  assert.equal(await linesOf(output(["stdout", "1234\n"]), 4), ["stdout:1234"]);
  await rejectionOf(linesOf(output(["stdout", "123"], ["stdout", "45"]), 4), ProtocolError, /cap of 4 bytes/);
});

test("output is kept up to the cap of each stream, and what is dropped is told", async () => {
  const chunks = () => output(["stdout", "abc"], ["stderr", "xy"], ["stdout", "def"]);
  assert.equal(await collectOutput(chunks(), 6), { stdout: "abcdef", stderr: "xy", isTruncated: false });
  assert.equal(await collectOutput(chunks(), 4), { stdout: "abcd", stderr: "xy", isTruncated: true });
});

test.run();
