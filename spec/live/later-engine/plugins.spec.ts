/**
 * Plugins to a registry and from it, with what they ask for. None is ever enabled. Engines with containerd 1.6, as 20.10, can crash over the
 * push of a plugin ("send on closed channel", https://github.com/containerd/containerd/pull/8379), so these run on a later one alone, and no
 * push is tried that the registry refuses.
 */
import { randomBytes } from "node:crypto";
import { packTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  createClient,
  decodeJsonLines,
  EngineError,
  encodeRegistryAuth,
  type ImageProgress,
  installPlugin,
  isNotFound,
  type PluginPrivilege,
  pushPlugin,
  ResponseError,
  upgradePlugin,
} from "../../../engine-api/mod.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import {
  endWithAllOf,
  type Registry,
  registryUser,
  startRegistry,
  stranger,
} from "../../support/registry.ts";
import { suite } from "../../support/suite.ts";

const test = suite("plugins of a registry");
const client = createClient();
const auth = registryUser;
let registry: Registry;
let first: string;
let second: string;

const network = { Name: "network", Description: "permissions to access a network", Value: ["host"] };
const capabilities = {
  Name: "capabilities",
  Description: "list of additional capabilities required",
  Value: ["CAP_SYS_TIME"],
};

test.before(async () => {
  // Without TLS the Engine first asks with it, and does not always try again without.
  registry = await startRegistry({ hasTls: true });
  first = `${registry.host}/spec/plugin:1`;
  second = `${registry.host}/spec/plugin:2`;
});

test.after(async () => {
  await endWithAllOf(client, registry);
  await client.close();
});

/** Makes a plugin that does nothing, and could not. The Engine refuses one whose layer it has of another. */
async function make(name: string, description: string, asks: readonly string[]): Promise<void> {
  const config = JSON.stringify({
    description,
    interface: { types: ["docker.volumedriver/1.0"], socket: "spec.sock" },
    entrypoint: ["/nothing"],
    network: { type: "host" },
    linux: { capabilities: asks },
    env: [],
  });
  const body = await packTar([
    { header: { name: "config.json", size: config.length }, body: config },
    { header: { name: "rootfs/", type: "directory", size: 0 } },
    { header: { name: "rootfs/nothing", size: 64 }, body: randomBytes(64) },
  ]);
  await client.request("POST /plugins/create", { query: { name }, body });
}

async function all(progress: AsyncIterable<ImageProgress>): Promise<readonly ImageProgress[]> {
  const steps: ImageProgress[] = [];
  for await (const step of progress) steps.push(step);
  return steps;
}

const textsOf = (steps: readonly ImageProgress[]): string => steps.map(({ text }) => text).join("\n");
const remove = (name: string) => client.request("DELETE /plugins/{name}", { path: { name } });
const describe = (name: string) => client.request("GET /plugins/{name}/json", { path: { name } });
const anything = { auth, accept: () => true };

test("two versions of a plugin are sent, and the registry's digest of each is told", async () => {
  await make(first, "the first", []);
  await make(second, "the second", capabilities.Value);
  const digests = new Set<string>();
  for (const name of [first, second]) {
    const pushed = await all(pushPlugin(client, name, { auth }));
    assert.match(textsOf(pushed), /^The push refers to repository [\s\S]*\nUpload complete\n/);
    for (const { digest } of pushed) if (digest !== null) digests.add(digest);
  }
  // Not in between: after a removal the Engine clears up, and may clear away what is just being sent.
  for (const name of [first, second]) await remove(name);
  assert.is(digests.size, 2);
  assert.ok(isNotFound(await rejection(all(pushPlugin(client, first, { auth })))));
});

test("a plugin is installed with what it asks for, and upgraded to one that asks for more", async () => {
  const seen: (readonly PluginPrivilege[])[] = [];
  const accept = (privileges: readonly PluginPrivilege[]): boolean => seen.push(privileges) > 0;
  const installed = await all(installPlugin(client, first, { auth, accept }));
  assert.match(textsOf(installed), /^Pulling from .*\/spec\/plugin\n[\s\S]*\nComplete/);
  assert.is(installed.filter(({ digest }) => digest !== null).length, 1);
  const { Config, Enabled, Id } = await describe(first);
  assert.equal([Config.Description, Enabled], ["the first", false]);
  await rejectionOf(all(installPlugin(client, first, anything)), ResponseError, /400: .*already exists/);
  await all(upgradePlugin(client, first, second, { auth, accept }));
  const upgraded = await describe(first);
  assert.equal([upgraded.Id, upgraded.PluginReference], [Id, second]);
  assert.equal(upgraded.Config.Description, "the second");
  assert.equal(seen, [[network], [network, capabilities]]);
  await remove(first);
});

test("what accept refuses is neither installed nor upgraded", async () => {
  const refuse = { auth, accept: () => false };
  const words = /spec\/plugin:\d was not granted what it asks for$/;
  await rejectionOf(all(installPlugin(client, first, refuse)), EngineError, words);
  assert.ok(isNotFound(await rejection(describe(first))));
  await all(installPlugin(client, first, anything));
  const onlyNetwork = {
    auth,
    accept: (privileges: readonly PluginPrivilege[]) => privileges.every(({ Name }) => Name === "network"),
  };
  await rejectionOf(all(upgradePlugin(client, first, second, onlyNetwork)), EngineError, words);
  assert.is((await describe(first)).Config.Description, "the first");
  await remove(first);
});

test("the Engine gives a plugin no more than was granted", async () => {
  const headers = { "X-Registry-Auth": encodeRegistryAuth(auth) };
  for (const body of [[], [{ ...network, Value: ["none"] }]]) {
    const pull = await client.stream("POST /plugins/pull", { query: { remote: second }, headers, body });
    const told: unknown[] = [];
    for await (const message of decodeJsonLines(pull.body)) told.push(message);
    assert.match(JSON.stringify(told.at(-1)), /"errorDetail".*incorrect privilege/);
  }
  assert.ok(isNotFound(await rejection(describe(second))));
});

test("a plugin gets the name that it is given", async () => {
  const name = `${registry.host}/spec/mine:3`;
  await all(installPlugin(client, first, { ...anything, name }));
  const { Name, PluginReference } = await describe(name);
  assert.equal([Name, PluginReference], [name, first]);
  await remove(name);
});

/** The Engine says why only where a registry has TLS: of one without it tells that it has none. */
const failed = /answered 500: error resolving plugin reference: /;

for (const [what, remoteOf, who] of [
  ["a wrong password", () => first, stranger],
  ["no password", () => first, null],
  ["a version that is not there", () => `${first}-absent`, registryUser],
] as const)
  test(`with ${what} nothing is installed, though nothing seems to be asked for`, async () => {
    const seen: unknown[] = [];
    const accept = (privileges: readonly PluginPrivilege[]): boolean => seen.push(...privileges) >= 0;
    const install = all(installPlugin(client, remoteOf(), { auth: who, accept }));
    const error = await rejectionOf(install, ResponseError, failed);
    assert.not.match(String(error), new RegExp(stranger.password));
    assert.equal(seen, []);
    assert.ok(isNotFound(await rejection(describe(remoteOf()))));
  });

test.run();
