import { readFileSync } from "node:fs";
import { unpackTar } from "modern-tar";
import * as assert from "uvu/assert";
import { createClient, ImageError } from "../../../engine-api/mod.ts";
import { type Exchange, json, type Routes } from "../../../engine-api/testing/mod.ts";
import { buildFromDockerfile } from "../../../lib/image/dockerfile-image.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";
import { withStubEngine } from "../../support/with-engine.ts";

const test = suite("the image from its Dockerfile");

const lines = [
  { stream: "Step 1/4 : ARG BASE" },
  { stream: "\n" },
  { stream: "Step 3/4 : RUN something\n" },
  { stream: "output of the step\n" },
  { aux: { ID: "sha256:1" } },
];

function buildRoutes(
  answer: readonly object[],
  images: readonly object[],
): { routes: Routes; context: () => Promise<Buffer> } {
  let received: Promise<Buffer> = Promise.resolve(Buffer.alloc(0));
  const build = async (exchange: Exchange): Promise<void> => {
    received = exchange.body();
    await received;
    exchange.head(200, { "content-type": "application/json" });
    for (const line of answer) await exchange.write(`${JSON.stringify(line)}\r\n`);
    exchange.end();
  };
  return { routes: { "POST /build": build, "GET /images/json": json(200, images) }, context: () => received };
}

test("the Engine gets the Dockerfile and nothing else, and progress comes in steps", async () => {
  const { routes, context } = buildRoutes(lines, [{ Id: "sha256:1" }]);
  await withStubEngine(routes, async ({ endpoint, requests }) => {
    await using client = createClient({ endpoint });
    const fractions: (number | null)[] = [];
    const options = { tag: "brigbox/spec:1", buildArgs: { BASE: "other:1" } };
    for await (const { fraction } of buildFromDockerfile(client, options)) fractions.push(fraction);
    assert.equal(fractions, [0, 0.5, 0.5, 1]);
    const entries = await unpackTar(await context());
    assert.equal(
      entries.map(({ header }) => header.name),
      ["Dockerfile"],
    );
    assert.equal(Buffer.from(entries[0]?.data ?? []), readFileSync("profiles/image/Dockerfile"));
    const url = new URL(requests.find(({ method }) => method === "POST")?.url ?? "", "http://engine");
    assert.is(url.searchParams.get("t"), "brigbox/spec:1");
    assert.is(url.searchParams.get("buildargs"), '{"BASE":"other:1"}');
  });
});

test("a step that fails is an error in the Engine's words", async () => {
  const { routes } = buildRoutes(
    [{ stream: "Step 1/4 : FROM x" }, { errorDetail: { message: "no such host" }, error: "x" }],
    [],
  );
  await withStubEngine(routes, async ({ endpoint }) => {
    await using client = createClient({ endpoint });
    const building = (async () => {
      for await (const _ of buildFromDockerfile(client, { tag: "brigbox/spec:1" }));
    })();
    await rejectionOf(building, ImageError, /^no such host$/);
  });
});

test("a build that ends without an image and without an error is an error", async () => {
  const { routes } = buildRoutes(lines.slice(0, 2), []);
  await withStubEngine(routes, async ({ endpoint }) => {
    await using client = createClient({ endpoint });
    const building = (async () => {
      for await (const _ of buildFromDockerfile(client, { tag: "brigbox/spec:1" }));
    })();
    await rejectionOf(building, Error, /there is no image brigbox\/spec:1/);
  });
});

test("the Dockerfile pins what it installs and ends without root", () => {
  const dockerfile = readFileSync("profiles/image/Dockerfile", "utf8");
  assert.match(dockerfile, /^ARG NUMPY_VERSION=\d+\.\d+\.\d+$/m);
  assert.match(dockerfile, /^ARG PANDAS_VERSION=\d+\.\d+\.\d+$/m);
  assert.match(dockerfile, /^USER 65534:65534$/m);
  assert.match(dockerfile, /--only-binary :all:/);
});

test.run();
