import { readdirSync } from "node:fs";
import * as assert from "uvu/assert";
import { attachContainer, containerLogs, createClient, startContainer } from "../../../engine-api/mod.ts";
import { python, withContainer } from "../../support/engine-containers.ts";
import { eventually } from "../../support/eventually.ts";
import { suite } from "../../support/suite.ts";

const test = suite("many streams at once, and slow readers");

const streams = 200;
const lines = 50;
const descriptors = () => readdirSync("/proc/self/fd").length;

test(
  `${streams} logs followed at once: every line arrives in order, and no descriptor is left`,
  async () => {
    await using client = createClient();
    // The end waits a moment: this Engine drops from a followed log what was written just before a container's exit, whoever follows.
    const chatter = python(
      `import time\nfor n in range(${lines}):\n    print('line', n)\n    time.sleep(0.02)\ntime.sleep(2)`,
    );
    const expected = Array.from({ length: lines }, (_, number) => `line ${number}\n`).join("");
    await withContainer(
      client,
      async (id) => {
        const before = descriptors();
        const texts = await Promise.all(Array.from({ length: streams }, () => followToEnd(client, id)));
        assert.is(texts.filter((text) => text === expected).length, streams);
        // Some connections are kept for what follows, and closed 4 s later.
        await eventually(() => descriptors() <= before, { timeoutMs: 8000 });
      },
      { spec: chatter },
    );
  },
  { timeoutMs: 60_000 },
);

async function followToEnd(client: ReturnType<typeof createClient>, id: string): Promise<string> {
  let text = "";
  for await (const { bytes } of containerLogs(client, id, { follow: true }))
    text += Buffer.from(bytes).toString();
  return text;
}

test("a reader who is slow at first loses and reorders nothing of 32 MiB", async () => {
  await using client = createClient();
  const total = 32 * 1024 * 1024;
  const writer = python(
    `import os, struct\nfor n in range(${total / 4096}): os.write(1, struct.pack('<I', n) * 1024)`,
  );
  await withContainer(
    client,
    async (id) => {
      const { output } = await attachContainer(client, id);
      await startContainer(client, id);
      let position = 0;
      for await (const { bytes } of output) {
        // Every 4096 bytes hold the same number, one more than those before.
        for (let index = 0; index < bytes.length; index++, position++) {
          const expected = (Math.floor(position / 4096) >>> (8 * (position % 4))) & 0xff;
          if (bytes[index] !== expected) assert.is(bytes[index], expected, `byte ${position}`);
        }
        if (position < 1024 * 1024) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assert.is(position, total);
    },
    { spec: writer, isStarted: false },
  );
});

test.run();
