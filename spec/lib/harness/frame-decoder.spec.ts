import * as assert from "uvu/assert";
import { HarnessProtocolError } from "../../../lib/harness/errors.ts";
import { createFrameDecoder, type HarnessFrame } from "../../../lib/harness/frame-decoder.ts";
import { maxFrameBytes } from "../../../lib/harness/protocol.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the decoder of the supervisor's frames");

function frame(kind: string, payload: string, length = Buffer.byteLength(payload)): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, "latin1");
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(payload)]);
}

/** Kind and text, the parts of one raw frame joined with those of its neighbours of the same kind. */
function merge(frames: readonly HarnessFrame[]): string[] {
  const merged: string[] = [];
  for (const { kind, payload } of frames) {
    const text = Buffer.from(payload).toString();
    const last = merged.at(-1);
    const isPart = ["stdout", "stderr", "outcome", "artifact-bytes"].includes(kind);
    if (isPart && last?.startsWith(`${kind}:`)) merged[merged.length - 1] = last + text;
    else merged.push(`${kind}:${text}`);
  }
  return merged;
}

const stream = Buffer.concat([
  frame("R", '{"a":1}'),
  frame("S", "{}"),
  frame("O", "out"),
  frame("E", "err"),
  frame("O", ""),
  frame("V", "val"),
  frame("A", "art"),
  frame("B", "bytes"),
  frame("X", "end"),
]);
const expected = [
  'ready:{"a":1}',
  "started:{}",
  "stdout:out",
  "stderr:err",
  "outcome:val",
  "artifact:art",
  "artifact-bytes:bytes",
  "report:end",
];

test("every kind of frame is known", () => {
  const decoder = createFrameDecoder();
  assert.equal(merge(decoder.push(stream)), expected);
  decoder.end();
});

test("a stream cut at any byte gives the same frames", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const decoder = createFrameDecoder();
    const frames = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))];
    assert.equal(merge(frames), expected, `cut at ${cut}`);
    decoder.end();
  }
});

test("a stream in single bytes gives the same frames", () => {
  const decoder = createFrameDecoder();
  assert.equal(merge([...stream].flatMap((byte) => decoder.push(Buffer.of(byte)))), expected);
  decoder.end();
});

test("raw bytes are handed on as they come, as views of what came", () => {
  const decoder = createFrameDecoder();
  const piece = frame("O", "abc", 6);
  const [part] = decoder.push(piece);
  assert.is(part?.payload.buffer, piece.buffer);
  assert.equal(merge(decoder.push(Buffer.from("def"))), ["stdout:def"]);
});

test("an empty frame of JSON is a frame, an empty piece is none", () => {
  const decoder = createFrameDecoder();
  assert.equal(decoder.push(Buffer.alloc(0)), []);
  assert.equal(merge(decoder.push(frame("S", ""))), ["started:"]);
});

for (const kind of ["r", "Z", "\0", "\xff", "{"]) {
  test(`kind ${JSON.stringify(kind)} is refused`, () => {
    assert.throws(() => createFrameDecoder().push(frame(kind, "x")), isProtocolError(/unknown kind/));
  });
}

test("a frame at the cap is taken, one over it is refused before anything is kept", () => {
  const decoder = createFrameDecoder();
  const [whole] = decoder.push(frame("X", "x".repeat(maxFrameBytes)));
  assert.is(whole?.payload.length, maxFrameBytes);
  for (const length of [maxFrameBytes + 1, 2 ** 31, 2 ** 32 - 1])
    assert.throws(() => createFrameDecoder().push(frame("X", "", length)), isProtocolError(/over the cap/));
});

test("a stream that ends inside of a frame is refused, wherever that is", () => {
  for (const length of [1, 4, 5, 6]) {
    const decoder = createFrameDecoder();
    decoder.push(frame("O", "ab").subarray(0, length));
    assert.throws(() => decoder.end(), isProtocolError(/middle of a frame/), String(length));
  }
});

test("a stream of nothing ends well", () => createFrameDecoder().end());

function isProtocolError(words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof HarnessProtocolError && words.test(error.message);
}

test.run();
