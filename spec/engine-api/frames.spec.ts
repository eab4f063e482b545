import * as assert from "uvu/assert";
import { ProtocolError } from "../../engine-api/errors.ts";
import { createDemultiplexer, type OutputChunk } from "../../engine-api/frames.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/frames");

const frame = (type: number, payload: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
};

const header = (type: number, length: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes[0] = type;
  bytes.writeUInt32BE(length, 4);
  return bytes;
};

/** The text of each stream, so that it does not matter how the chunks fell. */
const texts = (chunks: readonly OutputChunk[]) => {
  const of = (stream: string) =>
    Buffer.concat(chunks.filter((chunk) => chunk.stream === stream).map(({ bytes }) => bytes)).toString();
  return { stdout: of("stdout"), stderr: of("stderr") };
};

const isProtocolError = (words: RegExp) => (error: unknown) =>
  error instanceof ProtocolError && words.test(error.message);

const sample = Buffer.concat([
  frame(1, "out"),
  frame(2, "error"),
  frame(0, "!"),
  frame(1, ""),
  frame(1, "end"),
]);

test("tells stdout and stderr apart, in order", () => {
  const chunks = createDemultiplexer().push(sample);
  assert.equal(
    chunks.map(({ stream, bytes }) => [stream, Buffer.from(bytes).toString()]),
    [
      ["stdout", "out"],
      ["stderr", "error"],
      ["stdout", "!"],
      ["stdout", "end"],
    ],
  );
});

test("gives the same output wherever the stream is split in two", () => {
  for (let split = 0; split <= sample.length; split++) {
    const demultiplexer = createDemultiplexer();
    const chunks = [
      ...demultiplexer.push(sample.subarray(0, split)),
      ...demultiplexer.push(sample.subarray(split)),
    ];
    demultiplexer.end();
    assert.equal(texts(chunks), { stdout: "out!end", stderr: "error" }, `split at ${split}`);
  }
});

test("gives the same output where every byte comes alone", () => {
  const demultiplexer = createDemultiplexer();
  const chunks = [...sample].flatMap((byte) => demultiplexer.push(Uint8Array.of(byte)));
  demultiplexer.end();
  assert.equal(texts(chunks), { stdout: "out!end", stderr: "error" });
});

test("reads a header that lies in the middle of a larger buffer", () => {
  const padded = Buffer.concat([Buffer.from("xxx"), frame(2, "in the middle")]);
  const chunks = createDemultiplexer().push(padded.subarray(3));
  assert.equal(texts(chunks), { stdout: "", stderr: "in the middle" });
});

test("hands the payload of an unfinished frame on at once", () => {
  const demultiplexer = createDemultiplexer();
  demultiplexer.push(header(1, 1_000_000));
  assert.is(texts(demultiplexer.push(Buffer.from("already here"))).stdout, "already here");
});

test("reads lengths as unsigned: a frame of 4 GiB - 1 is no negative number", () => {
  const demultiplexer = createDemultiplexer();
  demultiplexer.push(header(1, 0xffff_ffff));
  assert.is(texts(demultiplexer.push(Buffer.from("abc"))).stdout, "abc");
  assert.throws(() => demultiplexer.end(), isProtocolError(/middle of a frame/));
});

test("hands out views of what it was given and copies nothing but headers", () => {
  const demultiplexer = createDemultiplexer();
  const pieces = Array.from({ length: 1024 }, (_, index) =>
    index === 0 ? header(1, 1023 * 1024) : new Uint8Array(1024),
  );
  let copiedBytes = 0;
  const plainSet = Uint8Array.prototype.set;
  const views: OutputChunk[] = [];
  try {
    Uint8Array.prototype.set = function (this: Uint8Array, source, offset) {
      copiedBytes += source.length;
      plainSet.call(this, source, offset);
    };
    for (const piece of pieces) views.push(...demultiplexer.push(piece));
  } finally {
    Uint8Array.prototype.set = plainSet;
  }
  demultiplexer.end();
  assert.is(copiedBytes, 8);
  assert.is(views.length, 1023);
  assert.ok(views.every(({ bytes }, index) => bytes.buffer === pieces[index + 1]?.buffer));
});

for (const pieceBytes of [1, 7, 4096, 65_536]) {
  test(`copies 8 bytes of a frame of 16 MiB in pieces of ${pieceBytes}, and looks at none twice`, () => {
    const length = 16 * 1024 * 1024;
    const demultiplexer = createDemultiplexer();
    demultiplexer.push(header(2, length));
    const piece = new Uint8Array(pieceBytes);
    const { copies, cuts } = countCopies(() => {
      let received = 0;
      for (let sent = 0; sent < length; sent += pieceBytes) {
        const part = length - sent < pieceBytes ? piece.subarray(0, length - sent) : piece;
        for (const { bytes } of demultiplexer.push(part)) received += bytes.length;
      }
      assert.is(received, length);
    });
    demultiplexer.end();
    assert.is(copies, 0);
    // One view for each piece, and one more that this spec itself makes of the last.
    assert.ok(cuts <= Math.ceil(length / pieceBytes) + 1, `${cuts} views`);
  });
}

/** Counts the bytes that are copied by the usual ways, and the views that are made, meanwhile. */
function countCopies(body: () => void): { readonly copies: number; readonly cuts: number } {
  const { set, slice, subarray } = Uint8Array.prototype;
  const concat = Buffer.concat;
  let copies = 0;
  let cuts = 0;
  try {
    Uint8Array.prototype.set = function (this: Uint8Array, source, offset) {
      copies += source.length;
      set.call(this, source, offset);
    };
    Uint8Array.prototype.slice = function (this: Uint8Array<ArrayBuffer>, start, end) {
      copies += this.length;
      return slice.call(this, start, end);
    };
    Uint8Array.prototype.subarray = function (this: Uint8Array<ArrayBuffer>, start, end) {
      cuts++;
      return subarray.call(this, start, end);
    };
    Buffer.concat = (list, total) => {
      for (const { length } of list) copies += length;
      return concat(list, total);
    };
    body();
  } finally {
    Object.assign(Uint8Array.prototype, { set, slice, subarray });
    Buffer.concat = concat;
  }
  return { copies, cuts };
}

const notFrames: readonly [name: string, bytes: Uint8Array][] = [
  ["an unknown type", header(4, 1)],
  ["a type with the highest bit set", header(255, 1)],
  ["padding that is not zero", Buffer.from([1, 0, 0, 1, 0, 0, 0, 1])],
  ["the output of a TTY", Buffer.from("hello from a terminal")],
];

for (const [name, bytes] of notFrames) {
  test(`refuses ${name}`, () => {
    assert.throws(() => createDemultiplexer().push(bytes), isProtocolError(/not a frame.*TTY/));
  });
}

test("does not go on after a bad frame: every later call fails too", () => {
  const demultiplexer = createDemultiplexer();
  assert.throws(() => demultiplexer.push(header(9, 3)), isProtocolError(/not a frame/));
  assert.throws(() => demultiplexer.push(frame(1, "looks fine")), isProtocolError(/not a frame/));
  assert.throws(() => demultiplexer.end(), isProtocolError(/not a frame/));
});

test("hands out the good output before a bad frame, and fails at the next call", () => {
  const demultiplexer = createDemultiplexer();
  const chunks = demultiplexer.push(Buffer.concat([frame(1, "good"), header(9, 3), frame(1, "lost")]));
  assert.is(texts(chunks).stdout, "good");
  assert.throws(() => demultiplexer.push(new Uint8Array(0)), isProtocolError(/not a frame/));
});

test("refuses a frame over the cap, and takes one that just fits", () => {
  const demultiplexer = createDemultiplexer({ maxFrameBytes: 4 });
  assert.is(texts(demultiplexer.push(frame(1, "fits"))).stdout, "fits");
  assert.throws(() => demultiplexer.push(header(1, 5)), isProtocolError(/5 bytes, over the cap of 4/));
});

test("raises the daemon's own error, however it is split", () => {
  const error = frame(3, "no such thing: ü");
  for (let split = 0; split <= error.length; split++) {
    const demultiplexer = createDemultiplexer();
    assert.throws(
      () => {
        demultiplexer.push(error.subarray(0, split));
        demultiplexer.push(error.subarray(split));
        demultiplexer.push(new Uint8Array(0));
      },
      isProtocolError(/reports an error in the stream: no such thing: ü$/),
      `split at ${split}`,
    );
  }
});

test("raises a daemon's error that has no text", () => {
  assert.throws(() => createDemultiplexer().push(header(3, 0)), isProtocolError(/reports an error.*no text/));
});

test("keeps a daemon's error that never ends short", () => {
  const long = frame(3, "x".repeat(1_000_000));
  assert.throws(
    () => createDemultiplexer().push(long),
    (error: Error) => error.message.length < 5000,
  );
});

test("shows what it has of a daemon's error that was cut", () => {
  const demultiplexer = createDemultiplexer();
  demultiplexer.push(frame(3, "half of it").subarray(0, 12));
  assert.throws(() => demultiplexer.end(), isProtocolError(/in the stream: half$/));
});

test("takes an end only between frames", () => {
  for (let length = 0; length <= 11; length++) {
    const demultiplexer = createDemultiplexer();
    demultiplexer.push(frame(1, "abc").subarray(0, length));
    if (length === 0 || length === 11) demultiplexer.end();
    else
      assert.throws(() => demultiplexer.end(), isProtocolError(/middle of a frame/), `after ${length} bytes`);
  }
});

test.run();
