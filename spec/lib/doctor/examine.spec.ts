import * as assert from "uvu/assert";
import { createClient } from "../../../engine-api/mod.ts";
import { json, type Routes } from "../../../engine-api/testing/mod.ts";
import type { CheckResult } from "../../../lib/doctor/check.ts";
import { examine } from "../../../lib/doctor/examine.ts";
import { suite } from "../../support/suite.ts";
import { withStubEngine } from "../../support/with-engine.ts";

const test = suite("the doctor");

async function examineAt(endpoint: string): Promise<readonly CheckResult[]> {
  await using client = createClient({ endpoint });
  return await examine(client);
}

const info = json(200, {
  OSType: "linux",
  SystemTime: new Date().toISOString(),
  SwapLimit: true,
  ServerVersion: "99",
});

test("without an Engine there is one check, with what to do", async () => {
  const results = await examineAt("unix:///nowhere.sock");
  assert.is(results.length, 1);
  assert.is(results[0]?.id, "engine");
  assert.is(results[0]?.status, "failure");
  assert.match(results[0]?.advice ?? "", /brigbox setup/);
});

test("the image is told with its versions", () => {
  const image = {
    Id: `sha256:${"a".repeat(64)}`,
    Size: 1024 ** 2,
    Config: { Labels: { "brigbox.pandas": "2.2.3" } },
  };
  return withStubEngine({ "GET /info": info, "*": json(200, image) }, async ({ endpoint }) => {
    await using client = createClient({ endpoint, apiVersion: "1.41" });
    const found = (await examine(client)).find(({ id }) => id === "image");
    assert.is(found?.status, "ok");
    assert.is(found?.found, "brigbox/python:3, aaaaaaaaaaaa, 1 MiB, pandas 2.2.3");
  });
});

test("a missing image is a failure with the command that builds it", () =>
  withStubEngine({ "GET /info": info }, async ({ endpoint }) => {
    const image = (await examineAt(endpoint)).find(({ id }) => id === "image");
    assert.is(image?.status, "failure");
    assert.match(image?.advice ?? "", /brigbox image build/);
  }));

test("a check that cannot be done fails alone", () => {
  const routes: Routes = { "GET /info": info, "GET /version": json(500, { message: "broken" }) };
  return withStubEngine(routes, async ({ endpoint }) => {
    const results = await examineAt(endpoint);
    assert.match(
      results.find(({ id }) => id === "api-version")?.found ?? "",
      /could not be examined: .*broken/,
    );
    assert.is(results.find(({ id }) => id === "swap-limit")?.status, "ok");
  });
});

test.run();
