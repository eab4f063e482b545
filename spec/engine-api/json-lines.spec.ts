import * as assert from "uvu/assert";
import { ProtocolError } from "../../engine-api/errors.ts";
import { decodeJsonLines } from "../../engine-api/json-lines.ts";
import { suite } from "../support/suite.ts";
import { streamOf } from "../support/with-engine.ts";

const test = suite("engine-api/json-lines");

async function decode(pieces: Iterable<Uint8Array | string>, maxLineBytes?: number): Promise<unknown[]> {
  const values: unknown[] = [];
  const options = maxLineBytes === undefined ? {} : { maxLineBytes };
  for await (const value of decodeJsonLines(streamOf(pieces), options)) values.push(value);
  return values;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  assert.instance(outcome, ProtocolError);
  return outcome as Error;
}

const good: readonly [name: string, pieces: readonly string[], values: readonly unknown[]][] = [
  ["nothing", [], []],
  ["empty chunks and empty lines", ["", "\n", "\r\n", "  \n"], []],
  ["one object", ['{"a":1}\n'], [{ a: 1 }]],
  ["several in one chunk", ['{"a":1}\n{"a":2}\r\n{"a":3}\n'], [{ a: 1 }, { a: 2 }, { a: 3 }]],
  ["one over several chunks", ['{"a"', ":", "1", "}", "\n"], [{ a: 1 }]],
  ["a last line without its newline", ['{"a":1}\n{"a":2}'], [{ a: 1 }, { a: 2 }]],
  ["a newline that comes alone", ['{"a":1}', "\n", '{"a":2}', "\n"], [{ a: 1 }, { a: 2 }]],
  ["values that are no objects", ['null\n1\n"x"\n[2]\n'], [null, 1, "x", [2]]],
];

for (const [name, pieces, values] of good) {
  test(`decodes ${name}`, async () => assert.equal(await decode(pieces), values));
}

test("gives the same objects wherever the stream is split, in the middle of a character too", async () => {
  const stream = Buffer.from('{"s":"ü€😀"}\r\n{"s":"b"}');
  for (let split = 0; split <= stream.length; split++) {
    assert.equal(
      await decode([stream.subarray(0, split), stream.subarray(split)]),
      [{ s: "ü€😀" }, { s: "b" }],
      `split at ${split}`,
    );
  }
});

test("gives each object as soon as its line is there", async () => {
  let given = 0;
  async function* counted() {
    for (const piece of ['{"a":1}\n', '{"a":2}\n']) {
      given++;
      yield Buffer.from(piece);
    }
  }
  const first = await decodeJsonLines(counted())[Symbol.asyncIterator]().next();
  assert.equal(first.value, { a: 1 });
  assert.is(given, 1);
});

const garbage: readonly [name: string, pieces: readonly string[]][] = [
  ["text", ["unexpected EOF\n"]],
  ["an HTML page", ["<html>\n", "</html>"]],
  ["an object that was cut", ['{"a":1}\n{"a":']],
  ["two objects in one line", ['{"a":1}{"a":2}\n']],
];

for (const [name, pieces] of garbage) {
  test(`refuses ${name}`, async () => {
    assert.match((await failure(decode(pieces))).message, /expected a line of JSON from the Engine/);
  });
}

test("hands out the good lines before a bad one", async () => {
  const values: unknown[] = [];
  const reading = (async () => {
    for await (const value of decodeJsonLines(streamOf(['{"a":1}\nnot\n']))) values.push(value);
  })();
  await failure(reading);
  assert.equal(values, [{ a: 1 }]);
});

test("repeats only the beginning of garbage", async () => {
  assert.ok((await failure(decode(["x".repeat(100_000)]))).message.length < 400);
});

const capped: readonly [name: string, pieces: readonly string[]][] = [
  ["that never ends", ["1234567", "89012"]],
  ["that ends in a later chunk", ["1234567", "8901\n"]],
  ["that ends in the same chunk", ["12345678901\n"]],
  ["that comes after a good one", ["1\n12345678901\n"]],
];

for (const [name, pieces] of capped) {
  test(`refuses a line over the cap ${name}`, async () => {
    assert.match((await failure(decode(pieces, 10))).message, /over the cap of 10 bytes/);
  });
}

test("counts each line for itself, and takes one that just fits", async () => {
  assert.equal(
    await decode(["1234567890\n1234567890\n12345", "67890"], 10),
    [1234567890, 1234567890, 1234567890],
  );
});

test("stops reading once a line is over the cap", async () => {
  let given = 0;
  async function* endless() {
    for (;;) {
      given++;
      yield Buffer.alloc(10, "x");
    }
  }
  await failure(
    (async () => {
      for await (const _ of decodeJsonLines(endless(), { maxLineBytes: 100 }));
    })(),
  );
  assert.is(given, 11);
});

test("copies each byte of a long line once, however small the chunks", async () => {
  const line = Buffer.from(`"${"x".repeat(10_000)}"\n`);
  const plainConcat = Buffer.concat;
  let copiedBytes = 0;
  try {
    Buffer.concat = (list, total) => {
      const joined = plainConcat(list, total);
      copiedBytes += joined.length;
      return joined;
    };
    await decode([...line].map((byte) => Uint8Array.of(byte)));
  } finally {
    Buffer.concat = plainConcat;
  }
  assert.is(copiedBytes, line.length - 1);
});

test("closes its source when the reader leaves early", async () => {
  let isClosed = false;
  async function* lines() {
    try {
      for (;;) yield Buffer.from("1\n");
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of decodeJsonLines(lines())) break;
  assert.ok(isClosed);
});

test.run();
