/** The live specs of the client, with a registry and a swarm too, and those of the verdicts, on a later Engine than the machine's own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as assert from "uvu/assert";
import { compareApiVersions, createClient } from "../../../engine-api/mod.ts";
import { secondEndpoint } from "../../support/second-engine/endpoint.ts";
import { suite } from "../../support/suite.ts";

const test = suite("live specs on a second Engine");
const endpoint = secondEndpoint(process.env) ?? "";

/** Parts of the paths of spec files; what is new in a folder runs here by itself. */
const specs = [
  "live/engine-api/",
  "live/registry/",
  "live/later-engine/",
  "own-engine/swarm",
  "live/verdicts",
];

test("both agree on a later version of the API than the machine's own Engine has", async () => {
  await using client = createClient({ endpoint });
  assert.ok(compareApiVersions(await client.apiVersion(), "1.45") >= 0);
});

for (const word of specs)
  test(
    word,
    async ({ signal }) => {
      const { output, code } = await runSpecs(word, signal);
      assert.is(code, 0, output);
      assert.match(output, /^[1-9]\d* passed, 0 failed$/m);
    },
    { timeoutMs: 300_000 },
  );

/** In a process of its own, whose Engine is the second. */
async function runSpecs(word: string, signal: AbortSignal): Promise<{ output: string; code: number | null }> {
  const env = { ...process.env, DOCKER_HOST: endpoint, BRIGBOX_LIVE: "require", FORCE_COLOR: "0" };
  const child = spawn("npx", ["tsx", "spec/support/run.ts", word], {
    env,
    signal,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes: Buffer) => {
      output += bytes.toString();
    });
  const [code] = await once(child, "close");
  return { output, code };
}

test.run();
