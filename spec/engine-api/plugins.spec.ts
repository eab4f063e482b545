import * as assert from "uvu/assert";
import type { EngineClient } from "../../engine-api/client.ts";
import { EngineError, ResponseError } from "../../engine-api/errors.ts";
import { ImageError, type ImageProgress } from "../../engine-api/image-progress.ts";
import { installPlugin, type PluginOptions, pushPlugin, upgradePlugin } from "../../engine-api/plugins.ts";
import { type Handler, json, jsonLines, type Routes } from "../../engine-api/testing/mod.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { withClient } from "../support/with-engine.ts";

const test = suite("engine-api/plugins");

const asked = [{ Name: "network", Description: "", Value: ["host"] }];
const accept = (): boolean => true;
const steps = [{ status: "Pulling", id: "a1" }, { status: "Done" }];

async function textsOf(progress: AsyncIterable<ImageProgress>): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { text } of progress) texts.push(text);
  return texts;
}

/** Answers progress, and keeps the body that it got. */
function keeping(bodies: unknown[]): Handler {
  return async (exchange) => {
    bodies.push(JSON.parse((await exchange.body()).toString()));
    await jsonLines(steps)(exchange);
  };
}

type Install = (client: EngineClient, options: PluginOptions) => AsyncIterable<ImageProgress>;

const installs: readonly (readonly [name: string, route: string, install: Install])[] = [
  ["installed", "POST /plugins/pull", (client, options) => installPlugin(client, "r/p:1", options)],
  ["upgraded", "POST /plugins/p/upgrade", (client, options) => upgradePlugin(client, "p", "r/p:1", options)],
];

for (const [name, route, install] of installs) {
  test(`a plugin is ${name} with what it asks for, which is seen first`, async () => {
    const bodies: unknown[] = [];
    const seen: unknown[] = [];
    const routes: Routes = { "GET /plugins/privileges": json(200, asked), [route]: keeping(bodies) };
    const auth = { username: "me", password: "x" };
    await withClient(routes, async (client, engine) => {
      const options: PluginOptions = { auth, accept: async (privileges) => seen.push(privileges) > 0 };
      assert.equal(await textsOf(install(client, options)), ["Pulling", "Done"]);
      assert.match(engine.requests[0]?.url ?? "", /privileges\?remote=r%2Fp%3A1$/);
      assert.match(engine.requests[1]?.url ?? "", /\?remote=r%2Fp%3A1$/);
      for (const { headers } of engine.requests) assert.ok(headers["x-registry-auth"]);
    });
    assert.equal(seen, [asked]);
    assert.equal(bodies, [asked]);
  });

  test(`a plugin that is not granted what it asks for is not ${name}`, () =>
    withClient({ "GET /plugins/privileges": json(200, asked) }, async (client, engine) => {
      const refused = textsOf(install(client, { auth: null, accept: () => false }));
      await rejectionOf(refused, EngineError, /r\/p:1 was not granted what it asks for/);
      assert.is(engine.requests.length, 1);
    }));

  test(`a plugin that asks for nothing, and a failure on the way, is told: ${name}`, () =>
    withClient(
      {
        "GET /plugins/privileges": json(200, null),
        [route]: jsonLines([{ errorDetail: { message: "broken" } }]),
      },
      async (client) => {
        await rejectionOf(textsOf(install(client, { auth: null, accept })), ImageError, /broken/);
      },
    ));
}

test("a plugin gets the name that it is given", () =>
  withClient(
    { "GET /plugins/privileges": json(200, []), "POST /plugins/pull": jsonLines(steps) },
    async (client, engine) => {
      await textsOf(installPlugin(client, "r/p", { auth: null, accept, name: "mine" }));
      assert.match(engine.requests[1]?.url ?? "", /\?remote=r%2Fp&name=mine$/);
      assert.is(engine.requests[1]?.headers["x-registry-auth"], undefined);
    },
  ));

test("a push tells its progress and its failure, and an unknown plugin is 404", () =>
  withClient({ "POST /plugins/p/push": jsonLines([...steps, { error: "denied" }]) }, async (client) => {
    const texts: string[] = [];
    const push = async (name: string) => {
      for await (const { text } of pushPlugin(client, name, { auth: null })) texts.push(text);
    };
    await rejectionOf(push("p"), ImageError, /denied/);
    assert.equal(texts, ["Pulling", "Done"]);
    await rejectionOf(push("unknown"), ResponseError, /404/);
  }));

test.run();
