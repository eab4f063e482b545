import * as assert from "uvu/assert";
import { createClient, describeEndpoint } from "../../engine-api/client.ts";
import { ConnectionError, EngineError, ProtocolError, ResponseError } from "../../engine-api/errors.ts";
import {
  chunks,
  cut,
  empty,
  type Handler,
  hang,
  hijack,
  json,
  reply,
  type StubEngine,
  text,
} from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { eventually } from "../support/eventually.ts";
import { suite } from "../support/suite.ts";
import { withClient, withStubEngine } from "../support/with-engine.ts";

const test = suite("engine-api/client");

const lastUrl = (engine: StubEngine) => engine.requests.at(-1)?.url;

test("fills the path, percent-encoded, and puts version and query around it", () =>
  withClient({ "*": json(200, {}) }, async (client, engine) => {
    await client.request("GET /containers/{id}/json", { path: { id: "/a b/../ü" }, query: { size: true } });
    assert.is(lastUrl(engine), "/v1.41/containers/%2Fa%20b%2F..%2F%C3%BC/json?size=true");
    assert.is(engine.requests.at(-1)?.method, "GET");
  }));

test("asks for the ping without a version, which it could not know yet", () =>
  withClient({}, async (client, engine) => {
    assert.is(await client.request("GET /_ping"), "OK");
    assert.is(lastUrl(engine), "/_ping");
  }));

test("does not touch the Engine for a path that must not be sent", () =>
  withClient({ "*": json(200, {}) }, async (client, engine) => {
    for (const id of ["", ".", ".."])
      await rejectionOf(client.request("DELETE /containers/{id}", { path: { id } }), TypeError);
    assert.is(engine.requests.length, 0);
  }));

for (const operation of ["", "GET", "get /version", "GET version", "/version", "G\r\nET /version"]) {
  test(`refuses ${JSON.stringify(operation)}, which is not an operation`, () =>
    withClient({ "*": json(200, {}) }, async (client, engine) => {
      await rejectionOf(
        client.request(operation as "GET /version"),
        TypeError,
        /write it like "GET \/version"/,
      );
      assert.is(engine.requests.length, 0);
    }));
}

const answers: readonly [name: string, handler: Handler, value: unknown][] = [
  ["JSON as its value", json(200, { Version: "20.10", Nothing: null }), { Version: "20.10", Nothing: null }],
  [
    "JSON with a longer content type",
    reply(200, { "content-type": "application/json; charset=utf-8" }, "[1]"),
    [1],
  ],
  ["text as text", text(200, "OK"), "OK"],
  ["text that looks like JSON as text", text(200, '{"a":1}'), '{"a":1}'],
  ["text without a content type as text", reply(200, {}, "plain"), "plain"],
  ["204 as undefined", empty(204), undefined],
  ["304 as undefined, which is no error", empty(304), undefined],
  ["200 without a body as undefined", reply(200, { "content-type": "application/json" }, ""), undefined],
  ["201 as its value", json(201, { Id: "x" }), { Id: "x" }],
];

for (const [name, handler, value] of answers) {
  test(`answers ${name}`, () =>
    withClient({ "GET /version": handler }, async (client) => {
      assert.equal(await client.request("GET /version"), value);
    }));
}

const refusals: readonly [status: number, handler: Handler, words: string][] = [
  [400, json(400, { message: "bad parameter" }), "bad parameter"],
  [404, json(404, { message: "  No such container: x\n" }), "No such container: x"],
  [409, text(409, "in progress"), "in progress"],
  [500, json(500, { message: 5 }), '{"message":5}'],
  [500, reply(500, { "content-type": "application/json" }, "{broken"), "{broken"],
  [503, empty(503), ""],
  [301, empty(301, { location: "/elsewhere" }), ""],
  [502, text(502, "x".repeat(10_000)), "x".repeat(4096)],
  [500, text(500, "x".repeat(100_000)), "(an answer too long to show)"],
];

for (const [status, handler, words] of refusals) {
  test(`makes a ResponseError of ${status} ${words.slice(0, 30)}, with the operation and the Engine's words`, () =>
    withClient({ "GET /containers/secret-id/json": handler }, async (client) => {
      const error = await rejectionOf(
        client.request("GET /containers/{id}/json", { path: { id: "secret-id" } }),
        ResponseError,
      );
      assert.is(error.status, status);
      assert.is(error.operation, "GET /containers/{id}/json");
      assert.is(error.engineMessage, words);
      const ending = words === "" ? "" : `: ${words}`;
      assert.is(error.message, `GET /containers/{id}/json answered ${status}${ending}`);
    }));
}

test("raises the same error from stream and upgrade", () =>
  withClient({ "*": json(404, { message: "No such container: x" }) }, async (client) => {
    const path = { id: "x" };
    const calls = [
      client.stream("GET /containers/{id}/logs", { path }),
      client.upgrade("POST /containers/{id}/attach", { path }),
    ];
    for (const call of calls) {
      const error = await rejectionOf(call, ResponseError, /\{id\}.* answered 404: No such container: x$/);
      assert.is(error.status, 404);
    }
  }));

test("refuses an answer that says it is JSON and is not", () =>
  withClient(
    { "GET /version": reply(200, { "content-type": "application/json" }, "<html>") },
    async (client) => {
      await rejectionOf(client.request("GET /version"), ProtocolError, /^GET \/version: .*not \(6 bytes\)/);
    },
  ));

test("refuses an answer over the cap, and takes one that just fits", () =>
  withStubEngine({ "GET /version": text(200, "1234567890") }, async ({ endpoint }) => {
    await using tight = createClient({ endpoint, apiVersion: "1.41", maxAnswerBytes: 9 });
    await rejectionOf(tight.request("GET /version"), ProtocolError, /cap of 9 bytes/);
    await using fitting = createClient({ endpoint, apiVersion: "1.41", maxAnswerBytes: 10 });
    assert.is(await fitting.request("GET /version"), "1234567890");
  }));

test("reports an answer that was cut as a lost connection", () =>
  withClient({ "GET /version": cut(200, '{"Ver'), "GET /info": cut(500, '{"mess') }, async (client) => {
    await rejectionOf(client.request("GET /version"), ConnectionError);
    await rejectionOf(client.request("GET /info"), ConnectionError);
  }));

const echo: Handler = async ({ request, body, head, write, end }) => {
  const received = await body();
  head(200, { "content-type": "application/json" });
  await write(JSON.stringify({ type: request.headers["content-type"] ?? null, text: received.toString() }));
  end();
};

async function* tar(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("ta");
  yield Buffer.from("r!");
}

const bodies: readonly [name: string, body: () => unknown, type: string | null, text: string][] = [
  ["no body", () => undefined, null, ""],
  ["an object as JSON", () => ({ Image: "x", Env: null }), "application/json", '{"Image":"x","Env":null}'],
  ["an empty object as JSON", () => ({}), "application/json", "{}"],
  ["bytes as they are", () => Buffer.from("tar!"), "application/x-tar", "tar!"],
  ["a stream as it is", tar, "application/x-tar", "tar!"],
  ["a ReadableStream as it is", () => ReadableStream.from(tar()), "application/x-tar", "tar!"],
  ["text as it is", () => '{"already":"text"}', "application/x-tar", '{"already":"text"}'],
];

for (const [name, body, type, sent] of bodies) {
  test(`sends ${name}`, () =>
    withClient({ "POST /build": echo }, async (client) => {
      const answer = await client.request("POST /build", { body: body() as Uint8Array });
      assert.equal(answer, { type, text: sent });
    }));
}

test("lets the caller's content type win, however it is spelt, and leaves out headers that are undefined", () =>
  withClient({ "POST /build": echo }, async (client, engine) => {
    const headers = { "Content-type": "application/x-gzip", "X-Registry-Config": undefined } as unknown as {
      "Content-type": "application/x-tar";
    };
    const answer = await client.request("POST /build", { headers, body: Buffer.from("z") });
    assert.equal(answer, { type: "application/x-gzip", text: "z" });
    assert.not.ok("x-registry-config" in (engine.requests[0]?.headers ?? {}));
  }));

test("gives a streamed answer piece by piece, with status and headers", () =>
  withClient({ "GET /events": chunks(["a", "b"]) }, async (client) => {
    const { status, headers, body } = await client.stream("GET /events");
    assert.is(status, 200);
    assert.is(headers["content-type"], "application/json");
    let all = "";
    for await (const piece of body) all += Buffer.from(piece).toString();
    assert.is(all, "ab");
  }));

test("upgrades with the operation's path and query, and hands over the socket", () =>
  withClient(
    { "POST /containers/x/attach": hijack((socket) => void socket.end("hi")) },
    async (client, engine) => {
      const { socket, isWritable } = await client.upgrade("POST /containers/{id}/attach", {
        path: { id: "x" },
        query: { stream: true, stdin: false },
      });
      assert.ok(isWritable);
      assert.is(lastUrl(engine), "/v1.41/containers/x/attach?stream=true&stdin=false");
      let output = "";
      for await (const piece of socket) output += String(piece);
      assert.is(output, "hi");
    },
  ));

test("negotiates once, for all of request, stream, upgrade and apiVersion, before the first call only", () =>
  withStubEngine(
    { "*": json(404, { message: "no" }), "HEAD /_ping": empty(200, { "api-version": "1.43" }) },
    async (engine) => {
      await using client = createClient({ endpoint: engine.endpoint });
      assert.is(engine.requests.length, 0, "nothing is connected before the first call");
      const path = { id: "x" };
      await Promise.allSettled([
        client.request("GET /version"),
        client.stream("GET /events"),
        client.upgrade("POST /containers/{id}/attach", { path }),
        client.apiVersion(),
      ]);
      await client.request("GET /info").catch(() => undefined);
      const urls = engine.requests.map(({ method, url }) => `${method} ${url}`);
      assert.equal(
        urls.filter((url) => url.includes("_ping")),
        ["HEAD /_ping"],
      );
      assert.ok(urls.filter((url) => !url.includes("_ping")).every((url) => url.includes(" /v1.43/")));
      assert.is(urls.length, 5);
      assert.is(await client.apiVersion(), "1.43");
    },
  ));

test("does not ask for a version that it was given", () =>
  withClient({ "GET /version": json(200, {}) }, async (client, engine) => {
    await client.request("GET /version");
    assert.is(await client.apiVersion(), "1.41");
    assert.equal(
      engine.requests.map(({ url }) => url),
      ["/v1.41/version"],
    );
  }));

for (const apiVersion of ["", "v1.41", "1", "1.41.0", "1.x", "1.41/../.."]) {
  test(`refuses "${apiVersion}" for an API version`, () => {
    assert.throws(
      () => createClient({ endpoint: "/x.sock", apiVersion }),
      (error: unknown) => error instanceof EngineError && /write it like/.test(error.message),
    );
  });
}

test("refuses an endpoint that it cannot read, at once", () => {
  assert.throws(
    () => createClient({ endpoint: "nonsense" }),
    (error: unknown) => error instanceof EngineError,
  );
});

test("rejects with the signal's own reason while it negotiates and while it waits", () =>
  withStubEngine({ "HEAD /_ping": hang() }, async (engine) => {
    await using client = createClient({ endpoint: engine.endpoint });
    const controller = new AbortController();
    const reason = { why: "enough" };
    const work = [
      client.request("GET /version", { signal: controller.signal }),
      client.apiVersion({ signal: controller.signal }),
    ];
    await eventually(() => engine.requests.length === 1);
    controller.abort(reason);
    for (const call of work) assert.is(await rejection(call), reason);
  }));

test("says where it looks, and how it found that", () => {
  const client = createClient({ endpoint: "http://127.0.0.1:99" });
  assert.is(client.resolved.source, "explicit");
  assert.is(describeEndpoint(client), "tcp://127.0.0.1:99");
});

test("uses another transport where it is given one", async () => {
  const paths: string[] = [];
  const transport = {
    request: async ({ path }: { readonly path: string }) => {
      paths.push(path);
      const body = { destroy: () => undefined, [Symbol.asyncIterator]: tar };
      return { status: 200, headers: {}, body };
    },
    upgrade: () => Promise.reject(new Error("not asked for")),
    close: async () => void paths.push("closed"),
  };
  {
    await using client = createClient({ endpoint: "/x.sock", apiVersion: "1.41", transport });
    assert.is(await client.request("GET /version"), "tar!");
  }
  assert.equal(paths, ["/v1.41/version", "closed"]);
});

test.run();
