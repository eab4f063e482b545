/** What `docker login` left, in its file and with a credential helper, as a registry finds it. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as assert from "uvu/assert";
import {
  createClient,
  EngineError,
  ImageError,
  inspectImage,
  pullImage,
  pushImage,
  readRegistryAuth,
  removeImage,
} from "../../../engine-api/mod.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import {
  endWithAllOf,
  makeImage,
  type Registry,
  registryUser,
  startRegistry,
  stranger,
} from "../../support/registry.ts";
import { suite } from "../../support/suite.ts";

const test = suite("live/registry credentials");
const client = createClient();
const folder = mkdtempSync(join(tmpdir(), "brigbox-docker-config-"));
let registry: Registry;
let name: string;
let id: string;

test.before(async () => {
  registry = await startRegistry();
  name = `${registry.host}/spec/app:1`;
  id = await makeImage(client, name);
});

test.after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await endWithAllOf(client, registry);
  await client.close();
});

/** A helper that keeps one file for each registry, by the protocol of Docker's own helpers. */
const helper = `#!/bin/sh
cd "$(dirname "$0")"
case $1 in
  store) cat > given; server=$(sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/' given); mv given "of-$server" ;;
  get) read -r server; cat "of-$server" 2> /dev/null || { echo credentials not found in native keychain; exit 1; } ;;
  erase) read -r server; rm -f "of-$server" ;;
esac
`;

/** A folder of Docker's configuration in which nobody has signed in yet, and what of the environment leads there. */
function makeSurroundings(kind: string, config: object): NodeJS.ProcessEnv {
  const configFolder = join(folder, kind);
  mkdirSync(configFolder);
  writeFileSync(join(configFolder, "config.json"), JSON.stringify(config));
  const program = join(configFolder, "docker-credential-spec");
  writeFileSync(program, helper);
  chmodSync(program, 0o755);
  return { DOCKER_CONFIG: configFolder, PATH: `${configFolder}${delimiter}${process.env.PATH}` };
}

function login(surroundings: NodeJS.ProcessEnv, password: string): number | null {
  const args = ["login", "--username", registryUser.username, "--password-stdin", registry.host];
  const env = { ...process.env, ...surroundings };
  return spawnSync("docker", args, { env, input: password, encoding: "utf8" }).status;
}

async function within(surroundings: NodeJS.ProcessEnv, body: () => Promise<void>): Promise<void> {
  const before = Object.keys(surroundings).map((key) => [key, process.env[key]] as const);
  Object.assign(process.env, surroundings);
  try {
    await body();
  } finally {
    for (const [key, value] of before)
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
  }
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

/** Nobody says who he is. */
async function sendAndFetch(): Promise<void> {
  await drain(pushImage(client, name));
  await removeImage(client, id, { force: true });
  await drain(pullImage(client, name));
  assert.is((await inspectImage(client, name)).Id, id);
}

const kinds: readonly (readonly [where: string, config: () => object])[] = [
  ["in its file", () => ({})],
  ["with a helper for all registries", () => ({ credsStore: "spec" })],
  ["with a helper for this registry alone", () => ({ credHelpers: { [registry.host]: "spec" } })],
];

for (const [where, config] of kinds)
  test(`what docker login left ${where} opens the registry`, async () => {
    const surroundings = makeSurroundings(where.replaceAll(" ", "-"), config());
    await within(surroundings, async () => {
      assert.is(await readRegistryAuth(name), null);
      await rejectionOf(drain(pushImage(client, name)), ImageError, /no basic auth credentials/);
      assert.is(login(surroundings, stranger.password), 1);
      assert.is(login(surroundings, registryUser.password), 0);
      const file = readFileSync(join(surroundings.DOCKER_CONFIG ?? "", "config.json"), "utf8");
      assert.is(file.includes('"auth"'), where === "in its file");
      assert.equal(await readRegistryAuth(name), { ...registryUser, serveraddress: registry.host });
      await sendAndFetch();
      await rejectionOf(drain(pushImage(client, name, { auth: null })), ImageError, /no basic auth/);
    });
  });

test("a helper that is not there is told, and nothing is asked of the registry without it", async () => {
  const surroundings = makeSurroundings("absent", { credsStore: "brigbox-absent" });
  await within(surroundings, async () => {
    const words = /the credential helper docker-credential-brigbox-absent cannot be started/;
    await rejectionOf(drain(pullImage(client, name)), EngineError, words);
  });
});

test.run();
