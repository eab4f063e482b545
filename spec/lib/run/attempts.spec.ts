import * as assert from "uvu/assert";
import type { UsageSample } from "../../../lib/monitor/usage-sample.ts";
import { createAttempts } from "../../../lib/run/attempts.ts";
import { nothingToClean } from "../../../lib/run/cleanup.ts";
import type { DrivenRun } from "../../../lib/run/drive.ts";
import { createSupervisorStream } from "../../../lib/run/supervisor-stream.ts";
import { rejection } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the containers of one run");

function runWith(name: string, output: string): DrivenRun {
  const stream = createSupervisorStream();
  stream.accept({ stdoutBytes: 99, stderrBytes: 99, resultBytes: 9 } as Parameters<typeof stream.accept>[0]);
  stream.log.add({ stream: "stdout", bytes: Buffer.from(output) });
  stream.log.end();
  return {
    containerName: name,
    stream,
    ended: new Promise(() => undefined),
    cleaned: Promise.resolve({ ...nothingToClean, strategy: "remove", cleanupMs: name.length }),
    async *watch() {
      yield { memoryBytes: name.length } as UsageSample;
    },
  };
}

async function read(output: AsyncIterable<{ readonly bytes: Uint8Array }>): Promise<string> {
  let text = "";
  for await (const { bytes } of output) text += Buffer.from(bytes).toString();
  return text;
}

test("output goes on from one to the next, for each reader", async () => {
  const attempts = createAttempts();
  const early = read(attempts.output);
  attempts.add(runWith("first", ""));
  attempts.add(runWith("second", "hello"));
  attempts.close();
  assert.equal([await early, await read(attempts.output)], ["hello", "hello"]);
});

test("all are gone before it is cleaned, and the last one's report counts", async () => {
  const attempts = createAttempts();
  attempts.add(runWith("a", ""));
  attempts.add(runWith("bcd", ""));
  attempts.close();
  assert.is((await attempts.cleaned).cleanupMs, 3);
});

test("without any there is nothing to clean and to read", async () => {
  const attempts = createAttempts();
  attempts.close();
  assert.equal([await read(attempts.output), await attempts.cleaned], ["", nothingToClean]);
});

async function sizes(samples: AsyncIterable<UsageSample>): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { memoryBytes } of samples) found.push(memoryBytes);
  return found;
}

test("samples go on from one to the next, and end with the last", async () => {
  const attempts = createAttempts();
  const early = sizes(attempts.watch());
  attempts.add(runWith("a", ""));
  attempts.add(runWith("bcd", ""));
  attempts.close();
  assert.equal(
    [await early, await sizes(attempts.watch())],
    [
      [1, 3],
      [1, 3],
    ],
  );
});

test("who waits for samples of a container that is not there yet can be stopped", async () => {
  const controller = new AbortController();
  const waiting = sizes(createAttempts().watch(controller.signal));
  const reason = new Error("enough");
  controller.abort(reason);
  assert.is(await rejection(waiting), reason);
});

test.run();
