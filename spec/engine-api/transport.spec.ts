import type { Duplex } from "node:stream";
import * as assert from "uvu/assert";
import { readBody } from "../../engine-api/bodies.ts";
import { parseEndpoint } from "../../engine-api/endpoint.ts";
import { ConnectionError } from "../../engine-api/errors.ts";
import { chunks, cut, hang, refuseConnection, text } from "../../engine-api/testing/mod.ts";
import { createTransport } from "../../engine-api/transport.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { startDeafListener } from "../support/deaf-listener.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";
import { streamOf, withTransport } from "../support/with-engine.ts";

const test = suite("engine-api/transport");

const attach = { method: "POST", path: "/v1.41/containers/x/attach?stream=true" };

const get = (path: string, signal?: AbortSignal) => ({ method: "GET", path, ...(signal && { signal }) });

const _readText = async (socket: Duplex): Promise<string> => {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
};

test("resolves at the head, whatever the status, with headers and body", () =>
  withTransport({ "GET /x": text(418, "short and stout", { "x-kind": "pot" }) }, async (transport) => {
    const answer = await transport.request(get("/x"));
    assert.is(answer.status, 418);
    assert.is(answer.headers["x-kind"], "pot");
    assert.is((await readBody(answer.body, 100)).toString(), "short and stout");
  }));

test("resolves at the head though the body is yet to come", () =>
  withTransport(
    {
      "GET /x": async ({ head, write }) => {
        head(200, {});
        await write("first");
      },
    },
    async (transport) => {
      const answer = await transport.request(get("/x"));
      const first = await answer.body[Symbol.asyncIterator]().next();
      assert.is(Buffer.from(first.value as Uint8Array).toString(), "first");
      answer.body.destroy();
    },
  ));

const bodies: readonly [
  name: string,
  body: () => string | Uint8Array | AsyncIterable<Uint8Array> | ReadableStream,
][] = [
  ["text", () => "hellö"],
  ["bytes", () => Buffer.from("hellö")],
  ["a plain Uint8Array", () => new TextEncoder().encode("hellö")],
  ["an async iterable", () => streamOf(["hel", "lö"])],
  ["a ReadableStream", () => ReadableStream.from(streamOf(["hel", "lö"]))],
];

for (const [name, body] of bodies) {
  test(`sends ${name} as it is`, () =>
    withTransport(
      {
        "PUT /x": async ({ body: received, head, write, end }) => {
          const bytes = await received();
          head(200, {});
          await write(bytes);
          end();
        },
      },
      async (transport) => {
        const answer = await transport.request({ method: "PUT", path: "/x", body: body() });
        assert.is((await readBody(answer.body, 100)).toString(), "hellö");
      },
    ));
}

test("carries large bodies both ways without losing a byte", () =>
  withTransport(
    {
      "PUT /x": async ({ body, head, write, end }) => {
        const bytes = await body();
        head(200, {});
        for (let start = 0; start < bytes.length; start += 100_000)
          await write(bytes.subarray(start, start + 100_000));
        end();
      },
    },
    async (transport) => {
      const sent = Buffer.alloc(24 * 1024 * 1024 + 7, "0123456789abcde");
      const answer = await transport.request({ method: "PUT", path: "/x", body: sent });
      assert.ok((await readBody(answer.body, sent.length)).equals(sent));
    },
  ));

test("passes on what the source of a body throws, which is no lost connection", () =>
  withTransport({ "PUT /x": hang() }, async (transport) => {
    const cause = new RangeError("the archive ended early");
    async function* failing() {
      yield Buffer.from("begun");
      throw cause;
    }
    assert.is(await rejection(transport.request({ method: "PUT", path: "/x", body: failing() })), cause);
  }));

test("passes on what the source of a body throws after the head of the answer came", () =>
  withTransport(
    {
      "PUT /x": async ({ head, write }) => {
        head(200, {});
        await write("working");
      },
    },
    async (transport) => {
      const cause = new RangeError("the archive ended early");
      let tellHead = (): void => undefined;
      const headCame = new Promise<void>((resolve) => {
        tellHead = resolve;
      });
      async function* failing() {
        yield Buffer.from("begun");
        await headCame;
        throw cause;
      }
      const answer = await transport.request({ method: "PUT", path: "/x", body: failing() });
      tellHead();
      assert.is(await rejection(readBody(answer.body, 100)), cause);
    },
  ));

test("shows a refusal that comes before the body was sent, and stops reading its source", () =>
  withTransport(
    {
      // As Go's server does: it answers, and leaves the connection open for a moment.
      "PUT /x": ({ socket }) => {
        socket.write("HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno");
      },
    },
    async (transport) => {
      let isClosed = false;
      async function* endless() {
        try {
          for (;;) {
            yield Buffer.alloc(65_536);
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          isClosed = true;
        }
      }
      const answer = await transport.request({ method: "PUT", path: "/x", body: endless() });
      assert.is(answer.status, 400);
      assert.is((await readBody(answer.body, 100)).toString(), "no");
      await eventually(() => isClosed);
    },
  ));

const reasons: readonly [name: string, reason: unknown][] = [
  ["an error of the caller", new RangeError("enough")],
  ["a text", "enough"],
  ["null", null],
];

for (const [name, reason] of reasons) {
  test(`rejects with ${name} as the signal's own reason before a request, in flight, in the body and in an upgrade`, () =>
    withTransport(
      {
        "GET /hang": hang(),
        "GET /body": async ({ head, write }) => {
          head(200, {});
          await write("begun");
        },
        "POST /containers/x/attach": hang(),
      },
      async (transport, engine) => {
        const aborted = AbortSignal.abort(reason);
        assert.is(await rejection(transport.request(get("/hang", aborted))), reason);
        assert.is(await rejection(transport.upgrade({ ...attach, signal: aborted })), reason);
        assert.is(engine.requests.length, 0);

        const later = new AbortController();
        const request = transport.request(get("/hang", later.signal));
        const upgrade = transport.upgrade({ ...attach, signal: later.signal });
        const body = readBody((await transport.request(get("/body", later.signal))).body, 100);
        await eventually(() => engine.requests.length === 3);
        later.abort(reason);
        for (const work of [request, upgrade, body]) assert.is(await rejection(work), reason);
        await engine.idle();
      },
    ));
}

test("rejects at an abort while it still connects, though undici does not listen yet", async () => {
  const port = await startDeafListener();
  try {
    const transport = createTransport(parseEndpoint(`tcp://127.0.0.1:${port.number}`));
    for (const call of ["request", "upgrade"] as const) {
      const controller = new AbortController();
      const reason = new Error("enough");
      const work = rejection(transport[call]({ ...attach, signal: controller.signal }));
      controller.abort(reason);
      const late = new Promise((resolve) => setTimeout(resolve, 4000, "too late").unref());
      assert.is(await Promise.race([work, late]), reason, call);
    }
    await transport.close();
  } finally {
    port.stop();
  }
});

test("lets other calls through while many wait", () =>
  withTransport({ "GET /hang": hang(), "GET /x": text(200, "quick") }, async (transport, engine) => {
    const waiting = Array.from({ length: 20 }, () => transport.request(get("/hang")).catch(() => "ended"));
    await eventually(() => engine.requests.length === 20);
    const answer = await transport.request(get("/x"));
    assert.is((await readBody(answer.body, 100)).toString(), "quick");
    await transport.close();
    assert.equal(new Set(await Promise.all(waiting)), new Set(["ended"]));
  }));

test("says that the connection was lost, and where the Engine was, when it is cut before or in an answer", () =>
  withTransport(
    { "GET /none": refuseConnection(), "GET /half": cut(200, "half") },
    async (transport, engine) => {
      const none = await rejectionOf(
        transport.request(get("/none")),
        ConnectionError,
        /cannot talk to the Docker/,
      );
      assert.is(none.endpoint, engine.endpoint);
      const half = await transport.request(get("/half"));
      await rejectionOf(readBody(half.body, 100), ConnectionError, /closed|reset/);
      await rejectionOf(transport.upgrade({ method: "GET", path: "/none" }), ConnectionError);
    },
  ));

test("survives a body that nobody reads and whose connection is lost", () =>
  withTransport({ "GET /half": cut(200, "half") }, async (transport, engine) => {
    await transport.request(get("/half"));
    await engine.idle();
  }));

test("closes the connection of a body that is destroyed unread", () =>
  withTransport({ "GET /x": ({ head }) => head(200, {}) }, async (transport, engine) => {
    (await transport.request(get("/x"))).body.destroy();
    await engine.idle();
  }));

test("gives the connection back when the reader leaves the body early", () =>
  withTransport(
    { "GET /x": chunks(streamOf(Array(50).fill("x".repeat(65_536)))) },
    async (transport, engine) => {
      for await (const _ of (await transport.request(get("/x"))).body) break;
      await engine.idle();
    },
  ));

test("explains a socket that does not exist", async () => {
  const transport = createTransport(parseEndpoint("unix:///nowhere/docker.sock"));
  for (const call of ["request", "upgrade"] as const) {
    const error = await rejectionOf(transport[call](attach), ConnectionError, /no such socket \(ENOENT\)/);
    assert.is(error.code, "ENOENT");
    assert.is(error.endpoint, "unix:///nowhere/docker.sock");
  }
  await transport.close();
});

/** Resolves once a number has stopped growing. */
async function _settle(value: () => number): Promise<void> {
  for (let before = -1; before !== value(); ) {
    before = value();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

test.run();
