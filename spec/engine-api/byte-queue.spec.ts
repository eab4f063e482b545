import * as assert from "uvu/assert";
import { type ByteQueue, createByteQueue } from "../../engine-api/byte-queue.ts";
import { rejection } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/byte-queue");

function createRecorded(signal?: AbortSignal): { readonly queue: ByteQueue; readonly calls: string[] } {
  const calls: string[] = [];
  const source = {
    pause: () => void calls.push("pause"),
    resume: () => void calls.push("resume"),
    abort: () => void calls.push("abort"),
  };
  const explain = (error: unknown) => (signal?.aborted ? signal.reason : error);
  return { queue: createByteQueue(source, { explain, signal }), calls };
}

async function readAll(queue: ByteQueue): Promise<string> {
  let text = "";
  for await (const bytes of queue.reader) text += Buffer.from(bytes).toString();
  return text;
}

test("gives what was pushed before and after it was asked for, in order, to the end", async () => {
  const { queue } = createRecorded();
  queue.push(Buffer.from("a"));
  queue.push(Buffer.from("b"));
  const text = readAll(queue);
  await new Promise((resolve) => setImmediate(resolve));
  queue.push(Buffer.from("c"));
  queue.end();
  assert.is(await text, "abc");
  assert.is((await queue.reader.next()).done, true);
});

test("hands on the very bytes that it was given", async () => {
  const { queue } = createRecorded();
  const bytes = Buffer.from("view");
  queue.push(bytes);
  assert.is((await queue.reader.next()).value, bytes);
});

test("answers steps that are asked for at once in their order", async () => {
  const { queue } = createRecorded();
  const steps = [queue.reader.next(), queue.reader.next(), queue.reader.next()];
  queue.push(Buffer.from("a"));
  queue.push(Buffer.from("b"));
  queue.end();
  assert.equal(
    (await Promise.all(steps)).map(({ value }) => value?.toString()),
    ["a", "b", undefined],
  );
});

test("gives what came before a failure, then the failure, once", async () => {
  const { queue } = createRecorded();
  const failure = new Error("lost");
  queue.push(Buffer.from("a"));
  queue.fail(failure);
  assert.is((await queue.reader.next()).value?.toString(), "a");
  assert.is(await rejection(queue.reader.next()), failure);
  assert.is((await queue.reader.next()).done, true);
});

test("takes the first ending alone, and nothing behind it", async () => {
  const { queue } = createRecorded();
  queue.end();
  queue.fail(new Error("too late"));
  queue.push(Buffer.from("too late"));
  assert.is(await readAll(queue), "");
});

for (const size of [1, 1000, 65_536]) {
  test(`holds its source back where ${size}-byte chunks are not read, and lets it go on when they are`, async () => {
    const { queue, calls } = createRecorded();
    let pushed = 0;
    while (!calls.includes("pause")) {
      queue.push(new Uint8Array(size));
      pushed++;
      assert.ok(pushed * size <= 512 * 1024, "half a MiB waits, and the source was not held back");
    }
    for (let taken = 0; taken < pushed; taken++) await queue.reader.next();
    assert.equal(calls, ["pause", "resume"]);
  });
}

test("takes without a promise what is there, and resumes its source for that too", () => {
  const { queue, calls } = createRecorded();
  while (!calls.includes("pause")) queue.push(new Uint8Array(65_536));
  let bytes = 0;
  for (let piece = queue.reader.take(); piece !== undefined; piece = queue.reader.take())
    bytes += piece.length;
  assert.is(bytes % 65_536, 0);
  assert.equal(calls, ["pause", "resume"]);
});

test("gives all at once where the end is there too, and then nothing more", async () => {
  const { queue, calls } = createRecorded();
  const [first, second] = [Buffer.from("a"), Buffer.from("b")];
  queue.push(first);
  queue.push(second);
  assert.is(queue.reader.takeAll(), undefined);
  queue.end();
  assert.equal(queue.reader.takeAll(), [first, second]);
  assert.is((await queue.reader.next()).done, true);
  assert.equal(calls, []);
});

test("gives nothing at once of what was begun, has failed or is aborted, so that its reader learns of that", async () => {
  const begun = createRecorded().queue;
  begun.push(Buffer.from("a"));
  begun.push(Buffer.from("b"));
  begun.end();
  begun.reader.take();
  assert.is(begun.reader.takeAll(), undefined);
  assert.is((await begun.reader.next()).value?.toString(), "b");

  const failed = createRecorded().queue;
  failed.push(Buffer.from("a"));
  failed.fail(new Error("lost"));
  assert.is(failed.reader.takeAll(), undefined);

  const controller = new AbortController();
  const aborted = createRecorded(controller.signal).queue;
  aborted.push(Buffer.from("a"));
  aborted.end();
  controller.abort("enough");
  assert.is(aborted.reader.takeAll(), undefined);
  assert.is(await rejection(aborted.reader.next()), "enough");
});

test("stops its source when the reader leaves, and gives nothing more", async () => {
  const { queue, calls } = createRecorded();
  queue.push(Buffer.from("a"));
  queue.push(Buffer.from("b"));
  for await (const _ of queue.reader) break;
  assert.equal(calls, ["abort"]);
  assert.is((await queue.reader.next()).done, true);
});

test("does not stop a source that has ended", async () => {
  const { queue, calls } = createRecorded();
  queue.push(Buffer.from("a"));
  queue.end();
  await queue.reader.return();
  assert.equal(calls, []);
});

test("ends a step under way when the reader leaves, and fails it when the queue is destroyed", async () => {
  const left = createRecorded().queue;
  const step = left.reader.next();
  await left.reader.return();
  assert.is((await step).done, true);

  const destroyed = createRecorded().queue;
  const failing = rejection(destroyed.reader.next());
  destroyed.reader.destroy();
  assert.is(((await failing) as { code?: string }).code, "ERR_STREAM_PREMATURE_CLOSE");
});

test("gives an aborted signal's reason at once, and not what waits", async () => {
  const controller = new AbortController();
  const { queue, calls } = createRecorded(controller.signal);
  queue.push(Buffer.from("a"));
  controller.abort("enough");
  assert.is(await rejection(queue.reader.next()), "enough");
  assert.equal(calls, ["abort"]);
});

test.run();
