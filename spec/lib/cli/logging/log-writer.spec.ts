import * as assert from "uvu/assert";
import { createLogWriter } from "../../../../lib/cli/logging/log-writer.ts";
import { suite } from "../../../support/suite.ts";

const test = suite("the writer of a log");

/** A reader who takes a line only when told to. */
function slowReader() {
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    taken,
    writeLines: (text: string) =>
      new Promise<void>((resolve) => {
        taken.push(text);
        waiting.push(resolve);
      }),
    async read(): Promise<void> {
      for (const resolve of waiting.splice(0)) resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const toDropped = (count: number): string => `${count} dropped\n`;

test("lines come in order, and closing waits for the last", async () => {
  const reader = slowReader();
  const writer = createLogWriter(reader, toDropped);
  for (const line of ["a\n", "b\n"]) writer.write(line);
  let isClosed = false;
  const closed = writer.close().then(() => {
    isClosed = true;
  });
  assert.is(isClosed, false);
  await reader.read();
  await closed;
  assert.equal(reader.taken, ["a\n", "b\n"]);
});

test("what a slow reader cannot take is dropped, and told once there is room", async () => {
  const reader = slowReader();
  const writer = createLogWriter(reader, toDropped, 8);
  for (const line of ["aaaa\n", "bb\n", "c\n", "d\n"]) writer.write(line);
  await reader.read();
  writer.write("e\n");
  await reader.read();
  assert.equal(reader.taken, ["aaaa\n", "bb\n", "2 dropped\ne\n"]);
});

test("what was dropped last is told at the end", async () => {
  const reader = slowReader();
  const writer = createLogWriter(reader, toDropped, 8);
  for (const line of ["aaaaaa\n", "bb\n"]) writer.write(line);
  const closed = writer.close();
  await reader.read();
  await reader.read();
  await closed;
  assert.equal(reader.taken, ["aaaaaa\n", "1 dropped\n"]);
});

test.run();
