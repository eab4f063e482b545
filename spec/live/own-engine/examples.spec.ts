/** The documentation's examples that need an Engine, on one of their own: they make swarms, prune, and take names. */
import * as assert from "uvu/assert";
import {
  createClient,
  createContainer,
  type EngineClient,
  startContainer,
  tagImage,
} from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { plans } from "../../support/examples/plans.ts";
import { readExamples, runModule, toModule } from "../../support/examples/read-examples.ts";
import { type OwnEngine, startOwnEngine } from "../../support/own-engine.ts";
import { suite } from "../../support/suite.ts";

const test = suite("examples of the documentation, on an Engine");
let engine: OwnEngine;
let client: EngineClient;

const talk = "echo started; n=0; while true; do n=$((n+1)); echo tick $n; sleep 0.2; done";

test.before(async () => {
  engine = await startOwnEngine({ roomMiB: 2048 });
  client = createClient({ endpoint: engine.endpoint });
  await tagImage(client, defaultImage, "debian:12");
  const spec = { Image: "debian:12", Cmd: ["sh", "-c", talk], Labels: { "com.example.app": "shop" } };
  const { id } = await createContainer(client, { ...spec, StopTimeout: 0 }, { name: "web" });
  await startContainer(client, id);
  await createContainer(client, { ...spec, HostConfig: { NetworkMode: "bridge" } }, { name: "db" });
});

test.after(async () => {
  await client?.close();
  await engine?.close();
});

for (const { name, code } of ["README.md", "engine-api/README.md"].flatMap(readExamples)) {
  const plan = plans[name];
  if (plan?.on !== "own engine") continue;
  test(
    `runs: ${name}`,
    async ({ signal }) => {
      const ended = await runModule(toModule(code, plan.given), { endpoint: engine.endpoint, signal });
      assert.is(ended.code, 0, ended.stderr);
      assert.match(ended.stdout, plan.prints);
    },
    { timeoutMs: 90_000 },
  );
}

test.run();
