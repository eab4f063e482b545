import * as assert from "uvu/assert";
import { ProtocolError } from "../../engine-api/errors.ts";
import type { OutputChunk } from "../../engine-api/frames.ts";
import { streamOutput } from "../../engine-api/output-stream.ts";
import { frame } from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { streamOf } from "../support/with-engine.ts";

const test = suite("engine-api/output-stream");

const stdout = (text: string) => Buffer.from(frame("stdout", text));

function outputOf(
  pieces: readonly Uint8Array[],
  isFramed = true,
): AsyncGenerator<OutputChunk, void, undefined> {
  return streamOutput(async () => ({ pieces: streamOf(pieces), isFramed }));
}

const show = ({ stream, bytes }: OutputChunk) => `${stream}:${Buffer.from(bytes)}`;

async function readAll(output: AsyncIterable<OutputChunk>): Promise<string[]> {
  const seen: string[] = [];
  for await (const chunk of output) seen.push(show(chunk));
  return seen;
}

test("opens nothing before its first step", async () => {
  let opened = 0;
  const output = streamOutput(async () => {
    opened++;
    return { pieces: streamOf([stdout("a")]), isFramed: true };
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(opened, 0);
  assert.equal(await readAll(output), ["stdout:a"]);
  assert.is(opened, 1);
});

test("opens nothing where it is left before its first step", async () => {
  const output = streamOutput(() => Promise.reject(new Error("opened")));
  await output.return();
  assert.is((await output.next()).done, true);
});

test("lets go of what was opened where it is left meanwhile", async () => {
  let isLeft = false;
  let tellOpened = (): void => undefined;
  const opening = new Promise<void>((resolve) => {
    tellOpened = resolve;
  });
  const pieces = { next: () => Promise.reject(new Error("read on")), return: async () => leave() };
  function leave(): IteratorResult<Uint8Array> {
    isLeft = true;
    return { done: true, value: undefined };
  }
  const output = streamOutput(() => opening.then(() => ({ pieces, isFramed: true })));
  const step = output.next();
  await output.return();
  tellOpened();
  assert.is((await step).done, true);
  assert.ok(isLeft);
});

test("fails with what the opening fails with, once", async () => {
  const failure = new Error("no such container");
  const output = streamOutput(() => Promise.reject(failure));
  assert.is(await rejection(output.next()), failure);
  assert.is((await output.next()).done, true);
});

test("gives output that is not framed as it is", async () => {
  assert.equal(await readAll(outputOf([Buffer.from("a"), Buffer.from("b")], false)), [
    "stdout:a",
    "stdout:b",
  ]);
});

test("answers steps that are asked for at once in their order, and once each", async () => {
  const output = outputOf([Buffer.concat([stdout("a"), stdout("b")]), stdout("c")]);
  const steps = await Promise.all(Array.from({ length: 5 }, () => output.next()));
  assert.equal(
    steps.map(({ value }) => (value === undefined ? "end" : show(value))),
    ["stdout:a", "stdout:b", "stdout:c", "end", "end"],
  );
});

test("takes what is there already in the same step, and loses none of it before what is no frame", async () => {
  const waiting = [stdout("b"), stdout("c"), Buffer.from("no frame"), stdout("lost")];
  const source = streamOf([stdout("a")]);
  const output = streamOutput(async () => ({
    pieces: Object.assign(source, { take: () => waiting.shift() }),
    isFramed: true,
  }));
  const seen: string[] = [];
  for (let count = 0; count < 3; count++) seen.push(show((await output.next()).value as OutputChunk));
  assert.equal(seen, ["stdout:a", "stdout:b", "stdout:c"]);
  await rejectionOf(output.next(), ProtocolError, /not a frame/);
  assert.is((await output.next()).done, true);
});

for (const [name, leave] of [
  ["return", (output: AsyncGenerator<OutputChunk>) => output.return(undefined)],
  ["throw", (output: AsyncGenerator<OutputChunk>) => rejection(output.throw(new Error("mine")))],
  ["dispose", (output: AsyncGenerator<OutputChunk>) => output[Symbol.asyncDispose]()],
] as const) {
  test(`lets its source go at ${name}`, async () => {
    let isLeft = false;
    async function* source() {
      try {
        for (;;) yield stdout("a");
      } finally {
        isLeft = true;
      }
    }
    const output = streamOutput(async () => ({ pieces: source(), isFramed: true }));
    await output.next();
    await leave(output);
    assert.ok(isLeft);
    assert.is((await output.next()).done, true);
  });
}

test.run();
