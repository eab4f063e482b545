import { once } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import * as assert from "uvu/assert";
import { ConnectionError, ResponseError } from "../../engine-api/errors.ts";
import {
  chunks,
  empty,
  type Handler,
  hang,
  hijack,
  json,
  reply,
  text,
} from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";
import { streamOf, withTransport } from "../support/with-engine.ts";

const test = suite("engine-api/transport: upgrade");

const attach = { method: "POST", path: "/v1.41/containers/x/attach?stream=true" };

const get = (path: string, signal?: AbortSignal) => ({ method: "GET", path, ...(signal && { signal }) });

const readText = async (socket: Duplex): Promise<string> => {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
};

test("hands over an upgraded connection, raw in both directions", () =>
  withTransport(
    { "POST /containers/x/attach": hijack((socket) => void socket.pipe(socket)) },
    async (transport, engine) => {
      const { socket, isWritable } = await transport.upgrade(attach);
      assert.ok(isWritable);
      const headers = engine.requests[0]?.headers;
      assert.is(headers?.["upgrade"], "tcp");
      assert.is(String(headers?.["connection"]).toLowerCase(), "upgrade");
      const output = readText(socket);
      socket.end(Buffer.from([0, 255, 13, 10]).toString("latin1"), "latin1");
      assert.is(await output, "\u0000\ufffd\r\n");
    },
  ));

test("keeps output flowing after the input was ended", () =>
  withTransport(
    {
      "POST /containers/x/attach": hijack(async (socket) => {
        await once(socket.resume(), "end");
        socket.end("heard it all");
      }),
    },
    async (transport) => {
      const { socket } = await transport.upgrade(attach);
      socket.end("some input");
      assert.is(await readText(socket), "heard it all");
    },
  ));

test("does not lose output that comes in the same packet as the 101", () =>
  withTransport(
    {
      "POST /containers/x/attach": ({ socket }) => {
        socket.end("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly output");
      },
    },
    async (transport) => assert.is(await readText((await transport.upgrade(attach)).socket), "early output"),
  ));

const refusals: readonly [name: string, status: number, handler: Handler, words: string][] = [
  ["a JSON message", 404, json(404, { message: "No such container: x" }), "No such container: x"],
  [
    "plain text with a stream's content type",
    409,
    reply(409, { "content-type": "application/vnd.docker.raw-stream" }, "cannot attach now\n"),
    "cannot attach now",
  ],
  [
    "an HTML page of a proxy",
    502,
    reply(502, { "content-type": "text/html" }, "<h1>Bad Gateway</h1>"),
    "<h1>Bad Gateway</h1>",
  ],
  ["nothing", 500, empty(500), ""],
  ["JSON without a message", 400, reply(400, {}, "[1]"), "[1]"],
];

for (const [name, status, handler, words] of refusals) {
  test(`shows the status and the words of an upgrade refused with ${name}`, () =>
    withTransport({ "POST /containers/x/attach": handler }, async (transport, engine) => {
      const error = await rejectionOf(transport.upgrade(attach), ResponseError);
      assert.is(error.status, status);
      assert.is(error.engineMessage, words);
      assert.match(error.message, /^POST \/v1\.41\/containers\/x\/attach answered \d+/);
      assert.not.match(error.message, /stream=true/);
      await engine.idle();
    }));
}

test("reads only the beginning of a refusal that never ends, copying each byte once", () =>
  withTransport(
    {
      "POST /containers/x/attach": async ({ head, write, socket }) => {
        head(500, {});
        for (let count = 0; count < 1000 && !socket.destroyed; count++) await write("no! ".repeat(64));
      },
    },
    async (transport, engine) => {
      const plainConcat = Buffer.concat;
      let copiedBytes = 0;
      try {
        Buffer.concat = (list, total) => {
          const joined = plainConcat(list, total);
          copiedBytes += joined.length;
          return joined;
        };
        const error = await rejectionOf(transport.upgrade(attach), ResponseError);
        assert.ok(error.engineMessage.startsWith("no! no! ") && error.engineMessage.length <= 4096);
      } finally {
        Buffer.concat = plainConcat;
      }
      assert.ok(copiedBytes < 200_000, `${copiedBytes} bytes`);
      await engine.idle();
    },
  ));

test("takes a plain 200 as output that cannot be written to", () =>
  withTransport({ "POST /containers/x/attach": chunks(["out", "put"]) }, async (transport) => {
    const { socket, isWritable } = await transport.upgrade(attach);
    assert.not.ok(isWritable);
    assert.is(await readText(socket), "output");
  }));

test("holds a plain 200 back while nobody reads it, and gives it whole afterwards", () => {
  const total = 32 * 1024 * 1024;
  let sent = 0;
  const flood = async function* () {
    for (; sent < total; sent += 65_536) yield Buffer.alloc(65_536, "x");
  };
  return withTransport({ "POST /containers/x/attach": chunks(flood()) }, async (transport) => {
    const { socket } = await transport.upgrade(attach);
    await settle(() => sent);
    assert.ok(sent < total, `${sent} bytes were taken though nobody read them`);
    let received = 0;
    for await (const piece of socket) received += (piece as Buffer).length;
    assert.is(received, total);
  });
});

test("closes the connection of a plain 200 whose reader leaves", () =>
  withTransport(
    { "POST /containers/x/attach": chunks(streamOf(Array(50).fill("x".repeat(65_536)))) },
    async (transport, engine) => {
      const { socket } = await transport.upgrade(attach);
      for await (const _ of socket) break;
      await engine.idle();
    },
  ));

test("destroys upgraded connections, plain ones too, on close, and rejects what is under way", () =>
  withTransport(
    {
      "POST /containers/x/attach": hijack(() => undefined),
      "POST /containers/plain/attach": ({ head }) => head(200, {}),
      "POST /containers/hang/attach": hang(),
      "GET /hang": hang(),
    },
    async (transport, engine) => {
      const first = await transport.upgrade(attach);
      const second = await transport.upgrade({ method: "POST", path: "/containers/plain/attach" });
      const pending = rejectionOf(
        transport.upgrade({ method: "POST", path: "/containers/hang/attach" }),
        ConnectionError,
      );
      const request = rejectionOf(transport.request(get("/hang")), ConnectionError);
      await eventually(() => engine.requests.length === 4);
      await transport.close();
      assert.ok(first.socket.destroyed && second.socket.destroyed);
      await Promise.all([pending, request]);
      await engine.idle();
      await transport.close();
      await rejectionOf(transport.request(get("/hang")), ConnectionError);
    },
  ));

test("does not even ask where the signal aborts before the connection is there", () =>
  withTransport(
    { "POST /containers/x/attach": hang(), "GET /x": text(200, "x") },
    async (transport, engine) => {
      const controller = new AbortController();
      const work = rejection(transport.upgrade({ ...attach, signal: controller.signal }));
      controller.abort("enough");
      assert.is(await work, "enough");
      await transport.request(get("/x"));
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(
        engine.requests.map(({ url }) => url),
        ["/x"],
      );
    },
  ));

test("destroys an upgraded connection at its signal's abort, and at no other", () =>
  withTransport({ "POST /containers/x/attach": hijack(() => undefined) }, async (transport, engine) => {
    const controller = new AbortController();
    const ours = await transport.upgrade({ ...attach, signal: controller.signal });
    const other = await transport.upgrade(attach);
    controller.abort();
    assert.ok(ours.socket.destroyed);
    await eventually(() => engine.connections() === 1);
    assert.not.ok(other.socket.destroyed);
  }));

test("ends the output when the peer ends, and survives errors that nobody listens for", () =>
  withTransport(
    {
      "POST /containers/x/attach": hijack((socket) => void socket.end("bye")),
      "POST /containers/reset/attach": hijack((socket) => void (socket as Socket).resetAndDestroy()),
    },
    async (transport, engine) => {
      assert.is(await readText((await transport.upgrade(attach)).socket), "bye");
      const { socket } = await transport.upgrade({ method: "POST", path: "/containers/reset/attach" });
      socket.emit("error", new Error("as a reset would"));
      socket.destroy();
      await engine.idle();
    },
  ));

/** Resolves once a number has stopped growing. */
async function settle(value: () => number): Promise<void> {
  for (let before = -1; before !== value(); ) {
    before = value();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

test.run();
