import * as assert from "uvu/assert";
import { attachContainer } from "../../engine-api/attach.ts";
import type { EngineClient } from "../../engine-api/client.ts";
import { ProtocolError } from "../../engine-api/errors.ts";
import type { OutputChunk } from "../../engine-api/frames.ts";
import { containerLogs } from "../../engine-api/logs.ts";
import { frame, hijack } from "../../engine-api/testing/mod.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { withClient } from "../support/with-engine.ts";

const test = suite("engine-api: malformed streams, by attach and by logs");

const header = (type: number, length: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes[0] = type;
  bytes.writeUInt32BE(length, 4);
  return bytes;
};

const good = Buffer.from(frame("stdout", "good"));

/** What is sent, whether the connection then ends, and what is said of it. Where it does not end, only the bad bytes can tell. */
const malformed: readonly [name: string, bytes: Buffer, ends: boolean, words: RegExp][] = [
  ["an unknown type", header(7, 3), false, /not a frame/],
  [
    "an unknown type in the same packet as good output",
    Buffer.concat([good, header(7, 3)]),
    false,
    /not a frame/,
  ],
  ["no frames at all", Buffer.from("hello from a terminal"), false, /not a frame/],
  [
    "an error of the daemon",
    Buffer.concat([header(3, 9), Buffer.from("disk full")]),
    false,
    /reports an error.*disk full/,
  ],
  ["a cut header", Buffer.concat([good, header(1, 3).subarray(0, 5)]), true, /middle of a frame/],
  ["a cut payload", Buffer.concat([good, header(1, 3), Buffer.from("ab")]), true, /middle of a frame/],
  [
    "a huge length and an end",
    Buffer.concat([header(1, 0xffff_ffff), Buffer.from("ab")]),
    true,
    /middle of a frame/,
  ],
];

const ways: readonly [name: string, read: (client: EngineClient) => Promise<AsyncIterable<OutputChunk>>][] = [
  ["attach", async (client) => (await attachContainer(client, "web")).output],
  ["logs", async (client) => containerLogs(client, "web", { follow: true, tty: false })],
];

for (const [way, read] of ways)
  for (const [name, bytes, ends, words] of malformed) {
    test(`${way}: ${name} is a ProtocolError, and the connection is let go`, () =>
      withClient(
        {
          "POST /containers/web/attach": hijack((socket) => {
            socket.write(bytes);
            if (ends) socket.end();
          }),
          "GET /containers/web/logs": async ({ head, write, end }) => {
            head(200, {});
            await write(bytes);
            if (ends) end();
          },
        },
        async (client, engine) => {
          const output = await read(client);
          const seen: string[] = [];
          const reading = (async () => {
            for await (const chunk of output) seen.push(Buffer.from(chunk.bytes).toString());
          })();
          await rejectionOf(reading, ProtocolError, words);
          assert.is(seen.includes("good"), bytes.includes("good"));
          if (!ends) await engine.idle();
        },
      ));
  }

test.run();
