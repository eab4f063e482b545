import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as assert from "uvu/assert";
import { EngineError } from "../../engine-api/errors.ts";
import {
  encodeRegistryAuth,
  type RegistryAuthSurroundings,
  readRegistryAuth,
  registryOf,
} from "../../engine-api/registry-auth.ts";
import { rejectionOf } from "../support/catch-error.ts";
import { suite } from "../support/suite.ts";

const test = suite("engine-api/registry-auth");
const hub = "https://index.docker.io/v1/";

for (const [image, registry] of [
  ["debian", hub],
  ["debian:12", hub],
  ["library/debian", hub],
  ["docker.io/library/debian", hub],
  ["ghcr.io/team/app:1", "ghcr.io"],
  ["localhost/app", "localhost"],
  ["localhost:5000/app@sha256:0123", "localhost:5000"],
  ["[::1]:5000/app", "[::1]:5000"],
] as const)
  test(`${image} is of ${registry}`, () => assert.is(registryOf(image), registry));

test("the header is padded base64 with the URL's letters", () => {
  const header = encodeRegistryAuth({ username: "ü?>", password: "~~~" });
  assert.match(header, /^[\w-]+={0,2}$/);
  assert.is(header.length % 4, 0);
  assert.equal(JSON.parse(Buffer.from(header, "base64url").toString()), { username: "ü?>", password: "~~~" });
});

function around(config: unknown, more: Partial<RegistryAuthSurroundings> = {}): RegistryAuthSurroundings {
  return {
    env: {},
    home: "/home/me",
    readFile: async (path) =>
      path === "/home/me/.docker/config.json"
        ? typeof config === "string"
          ? config
          : JSON.stringify(config)
        : null,
    askHelper: async (program, registry) => ({
      username: program,
      password: "secret",
      serveraddress: registry,
    }),
    ...more,
  };
}

const auth = Buffer.from("me:pass:word").toString("base64");

test("name and password come from the file, whatever form the address has there", async () => {
  for (const name of ["ghcr.io", "https://ghcr.io", "https://ghcr.io/v2/"])
    assert.equal(await readRegistryAuth("ghcr.io/a/b", around({ auths: { [name]: { auth } } })), {
      username: "me",
      password: "pass:word",
      serveraddress: "ghcr.io",
    });
});

test("Docker Hub goes by its old name", async () => {
  const found = await readRegistryAuth("debian:12", around({ auths: { [hub]: { auth } } }));
  assert.is(found?.serveraddress, hub);
});

test("a token wins over name and password", async () => {
  const config = { auths: { "ghcr.io": { auth, identitytoken: "token" } } };
  assert.equal(await readRegistryAuth("ghcr.io/a", around(config)), {
    identitytoken: "token",
    serveraddress: "ghcr.io",
  });
});

test("a registry's own helper is asked before the store for all", async () => {
  const config = { auths: { "ghcr.io": {} }, credsStore: "all", credHelpers: { "ghcr.io": "own" } };
  assert.is((await readRegistryAuth("ghcr.io/a", around(config)))?.username, "docker-credential-own");
  assert.is((await readRegistryAuth("quay.io/a", around(config)))?.username, "docker-credential-all");
});

test("nothing is known without a file, an entry, or an auth in it", async () => {
  assert.is(await readRegistryAuth("a", around({}, { readFile: async () => null })), null);
  assert.is(await readRegistryAuth("a", around({})), null);
  assert.is(await readRegistryAuth("ghcr.io/a", around({ auths: { "ghcr.io": {} } })), null);
  assert.is(await readRegistryAuth("ghcr.io/a", around({ auths: { "quay.io": { auth } } })), null);
});

test("DOCKER_CONFIG names another folder", async () => {
  const asked: string[] = [];
  const readFile = async (path: string) => {
    asked.push(path);
    return null;
  };
  await readRegistryAuth("a", around({}, { env: { DOCKER_CONFIG: "/elsewhere" }, readFile }));
  assert.equal(asked, ["/elsewhere/config.json"]);
});

test("a file that is no JSON is told without a word of what is in it", async () => {
  const error = await rejectionOf(
    readRegistryAuth("a", around('{"auths": secret')),
    EngineError,
    /must hold a JSON object/,
  );
  assert.not.match(String(error), /secret/);
  await rejectionOf(readRegistryAuth("a", around("[]")), EngineError, /must hold a JSON object/);
});

test("a helper's name cannot be a path", async () => {
  await rejectionOf(readRegistryAuth("a", around({ credsStore: "../../bin/sh" })), EngineError, /is none/);
});

const helperFolder = mkdtempSync(join(tmpdir(), "brigbox-credentials-"));
test.after(() => rmSync(helperFolder, { recursive: true, force: true }));

/** Asks a real program in the real environment, but for the folder of the configuration. */
async function askProgram(script: string): Promise<unknown> {
  const program = join(helperFolder, "docker-credential-spec");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(helperFolder, "config.json"), JSON.stringify({ credsStore: "spec" }));
  const before = { PATH: process.env.PATH, DOCKER_CONFIG: process.env.DOCKER_CONFIG };
  process.env.PATH = `${helperFolder}${delimiter}${before.PATH}`;
  process.env.DOCKER_CONFIG = helperFolder;
  try {
    return await readRegistryAuth("ghcr.io/a");
  } finally {
    process.env.PATH = before.PATH;
    if (before.DOCKER_CONFIG === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = before.DOCKER_CONFIG;
  }
}

test("a helper gets the registry on its standard input, and answers with JSON", async () => {
  const script =
    'read registry; test "$1" = get && echo "{\\"Username\\": \\"$registry\\", \\"Secret\\": \\"s\\"}"';
  assert.equal(await askProgram(script), { username: "ghcr.io", password: "s", serveraddress: "ghcr.io" });
});

test("a helper may know a token instead", async () => {
  const found = await askProgram(
    'cat > /dev/null; echo "{\\"Username\\": \\"<token>\\", \\"Secret\\": \\"t\\"}"',
  );
  assert.equal(found, { identitytoken: "t", serveraddress: "ghcr.io" });
});

test("a helper that knows nothing of the registry is no error", async () => {
  assert.is(await askProgram("echo credentials not found in native keychain; exit 1"), null);
});

for (const [name, script, words] of [
  ["fails", "echo hunter2; exit 3", /failed with exit code 3/],
  ["answers with something else", "echo hunter2", /something else than JSON/],
  ["answers without a secret", 'echo "{\\"Username\\": \\"hunter2\\"}"', /without a name or a secret/],
] as const)
  test(`a helper that ${name} is told without what it said`, async () => {
    const error = await rejectionOf(askProgram(script), EngineError, words);
    assert.not.match(String(error), /hunter2/);
  });

test.run();
