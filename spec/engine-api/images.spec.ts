import * as assert from "uvu/assert";
import type { EngineClient } from "../../engine-api/client.ts";
import { ConnectionError, EngineError, ProtocolError, ResponseError } from "../../engine-api/errors.ts";
import { ImageError, type ImageProgress } from "../../engine-api/image-progress.ts";
import {
  type ByteStream,
  buildImage,
  importImage,
  inspectImage,
  listImages,
  removeImage,
} from "../../engine-api/images.ts";
import {
  chunks,
  cut,
  type Handler,
  hang,
  json,
  type StubEngine,
  text,
} from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { withClient } from "../support/with-engine.ts";

const test = suite("engine-api/images");

async function all(progress: AsyncIterable<ImageProgress>): Promise<ImageProgress[]> {
  const steps: ImageProgress[] = [];
  for await (const step of progress) steps.push(step);
  return steps;
}

const lines = (...messages: unknown[]): Handler =>
  chunks([messages.map((message) => `${JSON.stringify(message)}\r\n`).join("")]);

const context = Buffer.from("a tar archive");
const build = (client: EngineClient) => all(buildImage(client, context, { tag: "mine:1" }));
const load = (client: EngineClient) => all(importImage(client, context, { repository: "mine", tag: "1" }));

const step = (text: string, more: Partial<ImageProgress> = {}): ImageProgress => ({
  text,
  subject: "",
  imageId: null,
  digest: null,
  currentBytes: null,
  totalBytes: null,
  ...more,
});

const digest = `sha256:${"0a".repeat(32)}`;

const messages: readonly [name: string, message: unknown, progress: ImageProgress][] = [
  ["a line of a build", { stream: "Step 1/2 : FROM x\n" }, step("Step 1/2 : FROM x\n")],
  ["a status", { status: "Importing" }, step("Importing")],
  [
    "bytes done and to do",
    { status: "Importing", progressDetail: { current: 5, total: 10 } },
    step("Importing", { currentBytes: 5, totalBytes: 10 }),
  ],
  ["details that are null", { status: "x", progressDetail: null, aux: null }, step("x")],
  ["details that are empty", { status: "x", progressDetail: {} }, step("x")],
  ["details that are no numbers", { progressDetail: { current: "5" } }, step("")],
  ["the id that a build tells", { aux: { ID: "sha256:ab" } }, step("", { imageId: "sha256:ab" })],
  ["the id that an import tells", { status: "sha256:cd" }, step("sha256:cd", { imageId: "sha256:cd" })],
  ["the digest that a push tells", { aux: { Tag: "1", Digest: digest, Size: 5 } }, step("", { digest })],
  ["the digest that a pull tells", { status: `Digest: ${digest}` }, step(`Digest: ${digest}`, { digest })],
  ["a digest that is no text", { aux: { Digest: 5 } }, step("")],
  ["words that only look like a digest", { status: "Digest: unknown" }, step("Digest: unknown")],
  ["an id that is no text", { aux: { ID: 5 } }, step("")],
  ["errors that are null or empty", { stream: "x", error: null, errorDetail: null }, step("x")],
  ["an empty error", { stream: "x", error: "" }, step("x")],
  ["an empty object", {}, step("")],
  ["a value that is no object", 5, step("")],
  ["null", null, step("")],
  ["a text beyond measure, cut", { stream: "x".repeat(10_000) }, step("x".repeat(4096))],
];

for (const [name, message, progress] of messages) {
  test(`reads from a stream of progress ${name}`, () =>
    withClient({ "POST /build": lines(message) }, async (client) => {
      assert.equal(await build(client), [progress]);
    }));
}

const failures: readonly [name: string, message: unknown, words: string][] = [
  ["both fields", { errorDetail: { code: 1, message: "step failed" }, error: "shorter" }, "step failed"],
  ["the old field alone", { error: "step failed" }, "step failed"],
  ["the new field alone", { errorDetail: { message: "step failed" } }, "step failed"],
  ["the new field without words", { errorDetail: {}, error: "step failed" }, "step failed"],
  ["no words at all", { errorDetail: {} }, "the Engine reports a failure without words"],
  ["words that are no text", { error: { a: 1 } }, "the Engine reports a failure without words"],
  ["too many words", { error: "x".repeat(10_000) }, "x".repeat(4096)],
];

for (const [name, message, words] of failures) {
  test(`raises a failure that comes in a stream of status 200 with ${name}`, () =>
    withClient({ "*": lines({ stream: "begun" }, message, { stream: "never seen" }) }, async (client) => {
      for (const work of [build, load]) {
        const error = await rejectionOf(work(client), ImageError);
        assert.is(error.message, words);
        assert.instance(error, EngineError);
        assert.is(error.name, "ImageError");
      }
    }));
}

test("gives the progress before a failure", () =>
  withClient({ "*": lines({ stream: "begun" }, { error: "failed" }) }, async (client) => {
    const seen: string[] = [];
    const work = (async () => {
      for await (const { text } of buildImage(client, context, { tag: "x" })) seen.push(text);
    })();
    await rejectionOf(work, ImageError);
    assert.equal(seen, ["begun"]);
  }));

test("refuses progress that is no JSON, and progress that was cut", () =>
  withClient(
    { "POST /build": chunks(["unexpected"]), "POST /images/create": cut(200, '{"status":"x"}\n') },
    async (client) => {
      await rejectionOf(build(client), ProtocolError, /expected a line of JSON/);
      await rejectionOf(load(client), ConnectionError);
    },
  ));

test("shows an outright refusal with status and words", () =>
  withClient({ "*": text(400, "no such Dockerfile") }, async (client) => {
    for (const work of [build, load])
      await rejectionOf(work(client), ResponseError, /answered 400: no such Dockerfile$/);
  }));

test("asks for nothing before the progress is read", () =>
  withClient({ "*": lines() }, async (client, engine) => {
    buildImage(client, context, { tag: "x" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.is(engine.requests.length, 0);
  }));

const echo: Handler = async ({ request, body, head, write, end }) => {
  const received = await body();
  head(200, { "content-type": "application/json" });
  await write(
    JSON.stringify({ stream: `${request.headers["content-type"]} ${received.toString("latin1")}` }),
  );
  end();
};

async function* archive(): AsyncGenerator<Uint8Array> {
  yield Buffer.from([0x1f, 0x8b, 0, 255]);
  yield Buffer.from("{}");
}

const bodies: readonly [name: string, body: () => ByteStream][] = [
  ["bytes", () => Buffer.from([0x1f, 0x8b, 0, 255, 0x7b, 0x7d])],
  ["a stream", archive],
  ["a ReadableStream", () => ReadableStream.from(archive())],
];

for (const [name, body] of bodies) {
  test(`sends an archive given as ${name} byte for byte, never as JSON`, () =>
    withClient({ "*": echo }, async (client) => {
      const expected = step("application/x-tar \u001f\u008b\u0000\u00ff{}");
      assert.equal(await all(buildImage(client, body(), { tag: "x" })), [expected]);
      assert.equal(await all(importImage(client, body(), { repository: "x", tag: "y" })), [expected]);
    }));
}

test("passes on what the archive's own source throws", () =>
  withClient({ "*": hang() }, async (client) => {
    const cause = new Error("the disk is full");
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("begun");
      throw cause;
    }
    assert.is(await rejection(all(buildImage(client, failing(), { tag: "x" }))), cause);
  }));

const query = (engine: StubEngine) =>
  Object.fromEntries(new URL(engine.requests.at(-1)?.url ?? "", "http://x").searchParams);

test("asks for a build with what it is told, and removes what is left of its steps", () =>
  withClient({ "*": lines() }, async (client, engine) => {
    await all(buildImage(client, context, { tag: "a/b:1" }));
    assert.equal(query(engine), {
      t: "a/b:1",
      dockerfile: "Dockerfile",
      rm: "true",
      forcerm: "true",
      buildargs: "{}",
      labels: "{}",
    });
    const buildArgs = { A: "1 &" };
    const labels = { "com.example": "ü" };
    await all(
      buildImage(client, context, { tag: "x", dockerfile: "d/F", buildArgs, labels, network: "none" }),
    );
    const asked = query(engine);
    assert.is(asked["dockerfile"], "d/F");
    assert.is(asked["networkmode"], "none");
    assert.equal(JSON.parse(asked["buildargs"] ?? ""), buildArgs);
    assert.equal(JSON.parse(asked["labels"] ?? ""), labels);
  }));

test("asks for an import with what it is told, each change a parameter of its own", () =>
  withClient({ "*": lines() }, async (client, engine) => {
    const changes = ["ENV PATH=/usr/bin", 'CMD ["x"]'];
    await all(importImage(client, context, { repository: "a/b", tag: "1", changes, message: "made" }));
    const search = new URL(engine.requests[0]?.url ?? "", "http://x").searchParams;
    assert.equal(search.getAll("changes"), changes);
    assert.equal(query(engine), {
      fromSrc: "-",
      repo: "a/b",
      tag: "1",
      changes: 'CMD ["x"]',
      message: "made",
    });
  }));

test("inspects, lists and removes by names that need encoding", () =>
  withClient(
    { "*": json(200, [{ Id: "x" }]), "DELETE /images/a%2Fb%3A1": json(200, [{ Untagged: "a/b:1" }]) },
    async (client, engine) => {
      assert.equal(await inspectImage(client, "a/b:1"), [{ Id: "x" }]);
      assert.equal(await listImages(client), [{ Id: "x" }]);
      assert.equal(query(engine), { filters: "{}" });
      await listImages(client, { filters: { label: ["a=b"] } });
      assert.equal(query(engine), { filters: '{"label":["a=b"]}' });
      assert.is(await removeImage(client, "a/b:1"), undefined);
      assert.equal(query(engine), { force: "false" });
      await removeImage(client, "a/b:1", { force: true });
      assert.equal(query(engine), { force: "true" });
      assert.is(engine.requests[0]?.url, "/v1.41/images/a%2Fb%3A1/json");
    },
  ));

test("passes refusals on: 404 for an unknown image, 409 for one in use", () =>
  withClient({ "DELETE /images/used": json(409, { message: "in use" }) }, async (client) => {
    assert.is((await rejectionOf(inspectImage(client, "unknown"), ResponseError)).status, 404);
    assert.is((await rejectionOf(removeImage(client, "used"), ResponseError, /in use/)).status, 409);
  }));

test("rejects with the signal's own reason", () =>
  withClient({ "*": hang() }, async (client) => {
    const controller = new AbortController();
    const { signal } = controller;
    const work = [
      all(buildImage(client, context, { tag: "x", signal })),
      all(importImage(client, context, { repository: "x", tag: "y", signal })),
      inspectImage(client, "x", { signal }),
      listImages(client, { signal }),
      removeImage(client, "x", { signal }),
    ];
    setTimeout(() => controller.abort("enough"), 20);
    for (const call of work) assert.is(await rejection(call), "enough");
  }));

test.run();
