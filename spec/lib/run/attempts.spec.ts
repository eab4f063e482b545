import * as assert from "uvu/assert";
import { createAttempts } from "../../../lib/run/attempts.ts";
import { nothingToClean } from "../../../lib/run/cleanup.ts";
import type { DrivenRun } from "../../../lib/run/drive.ts";
import { createSupervisorStream } from "../../../lib/run/supervisor-stream.ts";
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

test.run();
