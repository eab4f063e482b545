/** Faults that other clients of the Engine had, each with where it was told, and what this client does in its place. */
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { putArchive } from "../../engine-api/archives.ts";
import { attachContainer } from "../../engine-api/attach.ts";
import { createClient, type EngineClient } from "../../engine-api/client.ts";
import { collectOutput } from "../../engine-api/collect-output.ts";
import { waitContainer } from "../../engine-api/containers.ts";
import { ProtocolError, ResponseError } from "../../engine-api/errors.ts";
import { watchEvents } from "../../engine-api/events.ts";
import { createDemultiplexer } from "../../engine-api/frames.ts";
import { ImageError } from "../../engine-api/image-progress.ts";
import { pullImage } from "../../engine-api/image-transfer.ts";
import { buildImage } from "../../engine-api/images.ts";
import { containerLogLines, containerLogs } from "../../engine-api/logs.ts";
import type { OperationKey } from "../../engine-api/operations.ts";
import {
  chunks,
  type Exchange,
  empty,
  frame,
  type Handler,
  hang,
  hijack,
  json,
  reply,
  stubApiVersion,
  text,
} from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { streamOf, withClient, withStubEngine } from "../support/with-engine.ts";

const test = suite("engine-api: faults of other clients");

const schema = readFileSync(new URL("../../engine-api/schema.ts", import.meta.url), "utf8");
const operations = [...schema.matchAll(/^ {2}"([A-Z]+ \/[^"]*)": \{$/gm)].map((match) => match[1] ?? "");

/** Any operation, without its types. */
type Loose = (operation: string, options: object) => Promise<unknown>;

test("every operation is there: none throws that it is not implemented (@docker/node-sdk)", () =>
  withClient({ "*": json(200, { is: "there" }) }, async (client, engine) => {
    const request = client.request as unknown as Loose;
    for (const operation of operations) {
      const path = { id: "a b/c", name: "a b/c" };
      const answer = await request(operation, { path });
      assert.equal(answer, operation.startsWith("HEAD") ? undefined : { is: "there" }, operation);
    }
    assert.equal(
      engine.requests.map(({ method, url }) => `${method} ${url}`),
      operations.map((operation) => {
        const [method, path = ""] = operation.split(" ");
        const version = path === "/_ping" ? "" : `/v${stubApiVersion}`;
        return `${method} ${version}${path.replace(/\{\w+\}/, "a%20b%2Fc")}`;
      }),
    );
  }));

/** Keeps the body that it gets. */
function keep(into: { body: string; type: unknown }[]): Handler {
  return async (exchange: Exchange) => {
    into.push({
      body: (await exchange.body()).toString("latin1"),
      type: exchange.request.headers["content-type"],
    });
    exchange.head(200, {});
    exchange.end();
  };
}

test("an archive is sent as it is, not as JSON (@docker/node-sdk), from each kind of source", async () => {
  const seen: { body: string; type: unknown }[] = [];
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  await withClient({ "PUT /containers/{id}/archive": keep(seen) }, async (client) => {
    await putArchive(client, "c", "/", bytes);
    await putArchive(client, "c", "/", streamOf([bytes.subarray(0, 100), bytes.subarray(100)]));
    await putArchive(client, "c", "/", new Blob([bytes]).stream());
  });
  const sent = { body: Buffer.from(bytes).toString("latin1"), type: "application/x-tar" };
  assert.equal(seen, [sent, sent, sent]);
});

test("output is not copied on its way (@docker/node-sdk copies it anew for each chunk)", () => {
  const piece = Buffer.from(frame("stdout", "payload"));
  const [chunk] = createDemultiplexer().push(piece);
  assert.is(chunk?.bytes.buffer, piece.buffer);
});

const progress: Handler = chunks([
  '{"stream":"Step 1/2"}\r\n{"errorDetail":{"message":"COPY failed"},"error":"COPY failed"}\r\n{"stream":"more"}\r\n',
]);

test("a failure inside of a good answer is thrown, whatever follows it (docker-modem#146, dockerode#639)", () =>
  withClient({ "POST /build": progress, "POST /images/create": progress }, async (client) => {
    for (const work of [
      () => buildImage(client, new Uint8Array(1), { tag: "x" }),
      () => pullImage(client, "x", { auth: null }),
    ]) {
      const texts: string[] = [];
      const read = async () => {
        for await (const step of work()) texts.push(step.text);
      };
      await rejectionOf(read(), ImageError, /^COPY failed$/);
      assert.equal(texts, ["Step 1/2"]);
    }
  }));

test("JSON that comes in single bytes, letters cut in two, is put together (dockerode#560, docker-allcontainers#9)", () => {
  const line = Buffer.from('{"status":"größer 🐋"}\r\n{"status":"zwei"}\n');
  return withClient(
    { "POST /images/create": chunks([...line].map((byte) => Uint8Array.of(byte))) },
    async (client) => {
      const texts: string[] = [];
      for await (const step of pullImage(client, "x", { auth: null })) texts.push(step.text);
      assert.equal(texts, ["größer 🐋", "zwei"]);
    },
  );
});

test("JSON that is broken is an error, not a text in its place (docker-modem#69)", () =>
  withClient(
    { "GET /containers/json": reply(200, { "content-type": "application/json" }, "[{") },
    async (client) => {
      await rejectionOf(client.request("GET /containers/json"), ProtocolError, /is JSON, and is not/);
    },
  ));

const refusals: readonly (readonly [name: string, handler: Handler, words: RegExp])[] = [
  ["plain text (docker-py)", text(500, "plain words\n"), /500: plain words$/],
  ["no words", empty(400), /answered 400$/],
  [
    "a message that is no text (docker-modem#64)",
    json(400, { message: { a: 1 } }),
    /400: \{"message":\{"a":1\}\}$/,
  ],
  ["JSON that is no object", json(400, "just text"), /400: "just text"$/],
  ["JSON that is null", json(400, null), /400: null$/],
  [
    "a proxy's page (dockly#31)",
    text(503, `<html>${"x".repeat(100_000)}`),
    /503: (<html>x{4090}|\(an answer too long to show\))$/,
  ],
  [
    "JSON under a wrong type",
    reply(409, { "content-type": "text/html" }, '{"message":"taken"}'),
    /409: taken$/,
  ],
];

for (const [name, handler, words] of refusals)
  test(`a refusal keeps its status and its words: ${name}`, () =>
    withClient({ "*": handler }, async (client) => {
      const error = await rejectionOf(client.request("GET /info"), ResponseError, words);
      assert.is(error.operation, "GET /info");
      assert.ok(error.message.length < 5000);
    }));

const answers: readonly (readonly [name: string, handler: Handler, answer: unknown])[] = [
  ["text", text(200, "OK"), "OK"],
  ["nothing, with status 200", empty(200), undefined],
  ["nothing, though its type is JSON", reply(200, { "content-type": "application/json" }, ""), undefined],
  ["nothing, with status 204", empty(204), undefined],
  ["null", json(200, null), null],
];

for (const [name, handler, answer] of answers)
  test(`an answer of ${name} survives`, () =>
    withClient({ "*": handler }, async (client) => {
      assert.is(await client.request("GET /info"), answer);
    }));

/** Says something so many milliseconds after the head. */
function quiet(delayMs: number, ...pieces: readonly (Uint8Array | string)[]): Handler {
  async function* late() {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    yield* pieces;
  }
  return chunks(late());
}

test("the limit of calls does not cut streams that are quiet for longer (docker-py#2166, #931, #1536)", () =>
  withStubEngine(
    {
      "GET /containers/{id}/logs": quiet(150, frame("stdout", "late")),
      "GET /events": quiet(150, '{"Action":"late"}\n'),
      "POST /containers/{id}/wait": quiet(150, '{"StatusCode":3}'),
      "POST /containers/{id}/attach": hijack(
        (socket) => void setTimeout(() => socket.end(frame("stdout", "late")), 150),
      ),
    },
    async ({ endpoint }) => {
      await using client = createClient({ endpoint, apiVersion: stubApiVersion, timeoutMs: 50 });
      const logs = collectOutput(containerLogs(client, "c", { tty: false }));
      const attached = collectOutput((await attachContainer(client, "c")).output);
      const wait = await waitContainer(client, "c");
      const actions: unknown[] = [];
      for await (const { Action } of watchEvents(client)) actions.push(Action);
      assert.equal([(await logs).stdout, (await attached).stdout], ["late", "late"]);
      assert.equal([(await wait.exit).exitCode, actions], [3, ["late"]]);
    },
  ));

test("calls that wait do not block others, however many they are (docker-py's pool of 10)", () =>
  withClient(
    { "POST /containers/{id}/wait": ({ head }) => head(200, {}), "GET /info": json(200, {}) },
    async (client) => {
      await Promise.all(Array.from({ length: 100 }, () => waitContainer(client, "c")));
      assert.equal(await client.request("GET /info"), {});
    },
  ));

test("a pull without a tag does not fetch all tags (docker-py 3)", () =>
  withClient({ "POST /images/create": chunks([]) }, async (client, engine) => {
    for await (const _ of pullImage(client, "registry:5000/a/b", { auth: null }));
    assert.match(engine.requests[0]?.url ?? "", /fromImage=registry%3A5000%2Fa%2Fb&tag=latest$/);
  }));

test("a framed stream is told from a raw one by the container's terminal, not by a guess (docker-py#2077)", () => {
  const routes = { "GET /containers/{id}/logs": chunks([frame("stdout", "x")]) };
  const terminal = (Tty: boolean) => ({
    ...routes,
    "GET /containers/{id}/json": json(200, { Config: { Tty } }),
  });
  const read = async (client: EngineClient) => (await collectOutput(containerLogs(client, "c"))).stdout;
  return withClient(terminal(false), async (client) => {
    assert.is(await read(client), "x");
    await withClient(terminal(true), async (other) =>
      assert.is(await read(other), "\u0001\0\0\0\0\0\0\u0001x"),
    );
  });
});

test("lines have a cap: one that never ends is an error, not all of the memory", () =>
  withClient(
    {
      "GET /containers/{id}/logs": chunks(
        Array.from({ length: 40 }, () => frame("stdout", "x".repeat(32 * 1024))),
      ),
      "GET /events": chunks(Array.from({ length: 20 }, () => "x".repeat(1024 * 1024))),
    },
    async (client) => {
      const read = async (lines: AsyncIterable<unknown>) => {
        for await (const _ of lines);
      };
      await rejectionOf(read(containerLogLines(client, "c", { tty: false })), ProtocolError, /over the cap/);
      await rejectionOf(read(watchEvents(client)), ProtocolError, /over the cap/);
    },
  ));

test("an answer has a cap, too", () =>
  withStubEngine({ "GET /info": json(200, { a: "x".repeat(2000) }) }, async ({ endpoint }) => {
    await using client = createClient({ endpoint, apiVersion: stubApiVersion, maxAnswerBytes: 1000 });
    await rejectionOf(client.request("GET /info"), ProtocolError, /over the cap of 1000 bytes/);
  }));

test("what is not an operation is refused before anything is sent", () =>
  withClient({ "*": hang() }, async (client, engine) => {
    for (const operation of ["", "GET", "get /info", "GET info"])
      assert.instance(await rejection(client.request(operation as OperationKey)), TypeError);
    assert.equal(engine.requests, []);
  }));

test.run();
