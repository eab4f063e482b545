import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import * as assert from "uvu/assert";
import { type Attachment, type AttachOptions, attachContainer } from "../../engine-api/attach.ts";
import { ConnectionError, ProtocolError, ResponseError } from "../../engine-api/errors.ts";
import {
  chunks,
  empty,
  type Handler,
  hijack,
  json,
  type StubEngine,
  text,
} from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";
import { withClient } from "../support/with-engine.ts";

const test = suite("engine-api/containers: attach");

const frame = (type: number, payload: string): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(Buffer.byteLength(payload), 4);
  return Buffer.concat([header, Buffer.from(payload)]);
};

function withAttachment(
  handler: Handler,
  options: AttachOptions,
  body: (attachment: Attachment, engine: StubEngine) => Promise<void>,
): Promise<void> {
  return withClient(onAttach(handler), async (client, engine) =>
    body(await attachContainer(client, "web", options), engine),
  );
}

const onAttach = (handler: Handler) => ({ "POST /containers/web/attach": handler });

async function collect({ output }: Attachment): Promise<string> {
  let all = "";
  for await (const { stream, bytes } of output) all += `${stream}:${Buffer.from(bytes).toString()} `;
  return all.trim();
}

test("asks for output alone unless told otherwise, and never for logs", () =>
  withAttachment(
    hijack((socket) => void socket.end()),
    {},
    async (attachment, engine) => {
      await collect(attachment);
      assert.is(
        engine.requests[0]?.url,
        "/v1.41/containers/web/attach?stream=true&stdin=false&stdout=true&stderr=true",
      );
    },
  ));

test("asks for what it is told to", () =>
  withAttachment(
    hijack((socket) => void socket.end()),
    { stdin: true, stdout: false, stderr: false },
    async (attachment, engine) => {
      await collect(attachment);
      assert.match(engine.requests[0]?.url ?? "", /stdin=true&stdout=false&stderr=false$/);
    },
  ));

test("tells stdout and stderr apart", () =>
  withAttachment(
    hijack((socket) => void socket.end(Buffer.concat([frame(1, "out"), frame(2, "err")]))),
    {},
    async (attachment) => assert.is(await collect(attachment), "stdout:out stderr:err"),
  ));

test("takes the output of a TTY as it is", () =>
  withAttachment(
    hijack((socket) => void socket.end("\u0009 raw")),
    { tty: true },
    async (attachment) => assert.is(await collect(attachment), "stdout:\u0009 raw"),
  ));

test("carries stdin, and output that follows the end of it", () =>
  withAttachment(
    hijack((socket) => {
      let input = "";
      socket.on("data", (piece) => {
        input += String(piece);
      });
      socket.on("end", () => socket.end(frame(1, `got ${input}`)));
    }),
    { stdin: true },
    async (attachment) => {
      await attachment.write(Buffer.from("a"));
      await attachment.write(Buffer.from("b"));
      attachment.endInput();
      assert.is(await collect(attachment), "stdout:got ab");
      await rejectionOf(attachment.write(Buffer.from("c")), ProtocolError, /connection is closed/);
    },
  ));

test("holds a writer back while nobody reads stdin, and lets it go on afterwards", () => {
  let engineSide: Duplex | undefined;
  const handler = hijack((socket) => {
    engineSide = socket;
    socket.on("readable", () => undefined);
  });
  return withAttachment(handler, { stdin: true }, async (attachment) => {
    let written = 0;
    const writing = (async () => {
      for (; written < 64; written++) await attachment.write(Buffer.alloc(1024 * 1024));
    })();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(written < 64, "64 MiB were taken though nobody read them");
    engineSide?.removeAllListeners("readable").resume();
    await writing;
    assert.is(written, 64);
  });
});

test("rejects a writer that is held back when the connection closes", () =>
  withAttachment(
    hijack((socket) => void socket.on("readable", () => undefined)),
    { stdin: true },
    async (attachment) => {
      const writing = (async () => {
        for (let count = 0; count < 64; count++) await attachment.write(Buffer.alloc(1024 * 1024));
        throw new Error("64 MiB were taken though nobody read them");
      })();
      setTimeout(() => attachment.destroy(), 100);
      await rejectionOf(writing, ProtocolError, /closed/);
    },
  ));

test("refuses stdin over a connection that was not upgraded, and closes it", () =>
  withClient(onAttach(chunks([frame(1, "x")])), async (client, engine) => {
    await rejectionOf(attachContainer(client, "web", { stdin: true }), ProtocolError, /proxy/);
    await engine.idle();
  }));

test("reads output over a connection that was not upgraded, and writes nothing into it", () => {
  async function* output() {
    yield frame(1, "out");
    await new Promise((resolve) => setTimeout(resolve, 50));
    yield frame(1, "put");
  }
  return withAttachment(chunks(output()), {}, async (attachment) => {
    await rejectionOf(attachment.write(Buffer.from("input")), ProtocolError, /not upgraded/);
    attachment.endInput();
    assert.is(await collect(attachment), "stdout:out stdout:put");
  });
});

const refusals: readonly [status: number, handler: Handler, words: RegExp][] = [
  [404, json(404, { message: "No such container: web" }), /404: No such container: web$/],
  [409, text(409, "container is paused"), /409: container is paused$/],
  [400, empty(400), /answered 400$/],
];

for (const [status, handler, words] of refusals) {
  test(`shows a refusal with ${status}`, () =>
    withClient(onAttach(handler), async (client) => {
      const error = await rejectionOf(attachContainer(client, "web"), ResponseError, words);
      assert.is(error.status, status);
      assert.is(error.operation, "POST /containers/{id}/attach");
    }));
}

test("destroys the connection at the end of the output, when the reader leaves, and on demand", async () => {
  const early = hijack((socket) => void socket.end(frame(1, "x")));
  await withAttachment(early, {}, async (attachment, engine) => {
    await collect(attachment);
    await engine.idle();
  });
  const open = hijack((socket) => void socket.write(frame(1, "x")));
  await withAttachment(open, {}, async (attachment, engine) => {
    for await (const _ of attachment.output) break;
    await engine.idle();
  });
  await withAttachment(open, {}, async (attachment, engine) => {
    attachment.destroy();
    await engine.idle();
  });
});

test("fails where the output is cut in the middle of a frame", () =>
  withAttachment(
    hijack((socket) => void socket.end(frame(1, "complete").subarray(0, 12))),
    {},
    async (attachment) => {
      await rejectionOf(collect(attachment), ProtocolError, /middle of a frame/);
    },
  ));

test("gives the good output before a bad frame, and fails at once though the connection stays open", () =>
  withAttachment(
    hijack((socket) => void socket.write(Buffer.concat([frame(1, "good"), frame(3, "daemon is ill")]))),
    {},
    async (attachment, engine) => {
      const seen: string[] = [];
      const reading = (async () => {
        for await (const { bytes } of attachment.output) seen.push(Buffer.from(bytes).toString());
      })();
      await rejectionOf(reading, ProtocolError, /daemon is ill/);
      assert.equal(seen, ["good"]);
      await engine.idle();
    },
  ));

test("reports a connection that is reset, or destroyed under a reader, as lost", async () => {
  let engineSide: Duplex | undefined;
  const open = hijack((socket) => {
    engineSide = socket;
    socket.write(frame(1, "x"));
  });
  await withAttachment(open, {}, async (attachment, engine) => {
    const reading = rejectionOf(collect(attachment), ConnectionError);
    await eventually(() => engineSide !== undefined);
    attachment.destroy();
    assert.is((await reading).endpoint, engine.endpoint);
  });
  await withClient(onAttach(open), async (client) => {
    const attachment = await attachContainer(client, "web");
    const reading = rejectionOf(collect(attachment), ConnectionError);
    await client.close();
    await reading;
  });
});

for (const reason of [new RangeError("enough"), "enough"]) {
  test(`ends the output with the signal's own reason, ${typeof reason}`, () => {
    const controller = new AbortController();
    const open = hijack((socket) => void socket.write(frame(1, "x")));
    return withAttachment(open, { signal: controller.signal }, async (attachment, engine) => {
      const reading = collect(attachment);
      setTimeout(() => controller.abort(reason), 20);
      assert.is(await rejection(reading), reason);
      await engine.idle();
    });
  });
}

test("survives a reset that comes while nobody reads", () =>
  withAttachment(
    hijack((socket) => void (socket as Socket).destroy()),
    { stdin: true },
    async (attachment, engine) => {
      await engine.idle();
      await attachment.write(Buffer.from("x")).catch(() => undefined);
      attachment.destroy();
    },
  ));

test.run();
