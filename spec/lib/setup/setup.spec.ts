import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { json, type Routes, text } from "../../../engine-api/testing/mod.ts";
import { SandboxError } from "../../../lib/errors.ts";
import { type SetupOptions, setUp } from "../../../lib/setup/setup.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";
import { withStubEngine } from "../../support/with-engine.ts";

const test = suite("setting up");

const yes = async (): Promise<boolean> => true;

async function collect(endpoint: string, options: Partial<SetupOptions> = {}): Promise<string[]> {
  await using client = createClient({ endpoint });
  const texts: string[] = [];
  for await (const event of setUp(client, { consent: yes, endpoint, ...options })) {
    texts.push(event.type === "done" ? event.text : event.progress.phase);
  }
  return texts;
}

const missingImage: Routes = {
  "GET /images/brigbox%2Fpython%3A3/json": json(404, { message: "No such image" }),
};
const ping = text(200, "", { "api-version": "1.41" });
const pings: Routes = { "HEAD /_ping": ping, "GET /_ping": ping };
const image: Routes = { ...pings, "*": json(200, { Id: "sha256:1" }) };

test("what is there already is left as it is", () =>
  withStubEngine(image, async ({ endpoint, requests }) => {
    const consent = async (): Promise<boolean> => assert.unreachable("nothing had to be changed") as never;
    const texts = await collect(endpoint, { consent });
    assert.equal(texts, [`an Engine answers at ${endpoint}`, "the image brigbox/python:3 is there"]);
    assert.not.ok(requests.some(({ method }) => method === "POST"));
  }));

test("nothing is changed without consent", () =>
  withStubEngine(missingImage, async ({ endpoint, requests }) => {
    const asked: string[] = [];
    const consent = async (what: string): Promise<boolean> => {
      asked.push(what);
      return false;
    };
    const words = /stopped before it would build the image brigbox\/python:3; run brigbox setup --yes/;
    await rejectionOf(collect(endpoint, { consent }), SandboxError, words);
    assert.equal(asked, ["build the image brigbox/python:3"]);
    assert.not.ok(requests.some(({ method }) => method === "POST"));
  }));

test("an image of someone else is not built", () =>
  withStubEngine({ ...pings, "*": json(404, { message: "No such image" }) }, async ({ endpoint }) => {
    const words = /mine:1 is not on this Engine, and only brigbox\/python:3 can be built/;
    await rejectionOf(collect(endpoint, { image: "mine:1" }), SandboxError, words);
  }));

test("an Engine elsewhere is not started from here", async () => {
  const words =
    /no Engine answers at unix:.*nowhere.*, and only the Engine at unix:.*run\/docker.sock can be started/;
  await rejectionOf(collect("unix:///nowhere/docker.sock"), SandboxError, words);
});

test("an Engine that refuses is no reason to install another", () =>
  withStubEngine({ "*": json(403, { message: "not you" }) }, async ({ endpoint }) => {
    await rejectionOf(collect(endpoint), SandboxError, /not you/);
  }));

test.run();
