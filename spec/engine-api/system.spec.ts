import * as assert from "uvu/assert";
import { createClient } from "../../engine-api/client.ts";
import { ConnectionError, ResponseError } from "../../engine-api/errors.ts";
import { engineInfo, engineVersion, ping } from "../../engine-api/system.ts";
import { hang, json, refuseConnection, text } from "../../engine-api/testing/mod.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";
import { withStubEngine } from "../support/with-engine.ts";

const test = suite("engine-api/system");

test("ping resolves where the Engine answers, and asks for nothing else", () =>
  withStubEngine({}, async (engine) => {
    await using client = createClient({ endpoint: engine.endpoint });
    assert.is(await ping(client), undefined);
    assert.equal(
      engine.requests.map(({ method, url }) => `${method} ${url}`),
      ["GET /_ping"],
    );
  }));

test("ping fails where the Engine is ill or gone", async () => {
  await withStubEngine({ "GET /_ping": text(500, "ill") }, async ({ endpoint }) => {
    await using client = createClient({ endpoint });
    await rejectionOf(ping(client), ResponseError, /^GET \/_ping answered 500: ill$/);
  });
  await withStubEngine({ "GET /_ping": refuseConnection() }, async ({ endpoint }) => {
    await using client = createClient({ endpoint });
    await rejectionOf(ping(client), ConnectionError);
  });
});

test("version and info give the Engine's answers as they are", () =>
  withStubEngine(
    { "GET /version": json(200, { Version: "20.10" }), "GET /info": json(200, { NCPU: 2, Labels: null }) },
    async (engine) => {
      await using client = createClient({ endpoint: engine.endpoint });
      assert.equal(await engineVersion(client), { Version: "20.10" });
      assert.equal(await engineInfo(client), { NCPU: 2, Labels: null });
    },
  ));

for (const [name, call] of [
  ["ping", ping],
  ["version", engineVersion],
  ["info", engineInfo],
] as const) {
  test(`${name} rejects with the signal's own reason`, () =>
    withStubEngine({ "*": hang() }, async ({ endpoint }) => {
      await using client = createClient({ endpoint, apiVersion: "1.41" });
      const controller = new AbortController();
      const work = call(client, { signal: controller.signal });
      setTimeout(() => controller.abort("enough"), 20);
      assert.is(await rejection(work), "enough");
    }));
}

test.run();
