/** Images to a registry and from it, and what it is like where it does not let one in. */
import { inspect } from "node:util";
import { packTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  buildImage,
  createClient,
  encodeRegistryAuth,
  ImageError,
  type ImageProgress,
  inspectImage,
  isNotFound,
  pullImage,
  pushImage,
  type RegistryAuth,
  ResponseError,
  removeImage,
} from "../../../engine-api/mod.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import {
  endWithAllOf,
  makeImage,
  type Registry,
  registryUser,
  startRegistry,
  stranger,
} from "../../support/registry.ts";
import { suite } from "../../support/suite.ts";

const test = suite("live/registry images");
const client = createClient();
const auth = registryUser;
let registry: Registry;
let app: string;
let id: string;

test.before(async () => {
  registry = await startRegistry();
  app = `${registry.host}/spec/app`;
  id = await makeImage(client, `${app}:1`);
});

test.after(async () => {
  await endWithAllOf(client, registry);
  await client.close();
});

async function all(progress: AsyncIterable<ImageProgress>): Promise<readonly ImageProgress[]> {
  const steps: ImageProgress[] = [];
  for await (const step of progress) steps.push(step);
  return steps;
}

const textsOf = (steps: readonly ImageProgress[]): string => steps.map(({ text }) => text).join("\n");
const digestOf = (steps: readonly ImageProgress[]): string | undefined =>
  steps.find(({ digest }) => digest !== null)?.digest ?? undefined;

async function isHere(name: string): Promise<boolean> {
  return inspectImage(client, name).then(
    () => true,
    (error: unknown) => {
      assert.ok(isNotFound(error));
      return false;
    },
  );
}

test("an image is sent, removed here, and comes back by its tag and by its digest as what it was", async () => {
  const pushed = await all(pushImage(client, `${app}:1`, { auth }));
  const layers = new Set(pushed.map(({ subject }) => subject).filter((subject) => subject !== ""));
  assert.is(layers.size, 1);
  assert.match(textsOf(pushed), /^The push refers to repository .*\nPreparing\n[\s\S]*\nPushed\n/);
  const digest = digestOf(pushed);
  assert.match(digest ?? "", /^sha256:[0-9a-f]{64}$/);
  const byDigest = `${app}@${digest}`;
  assert.equal((await inspectImage(client, id)).RepoDigests, [byDigest]);
  for (const name of [`${app}:1`, byDigest, `${app}:1@${digest}`]) {
    await removeImage(client, id, { force: true });
    assert.not(await isHere(id));
    const pulled = await all(pullImage(client, name, { auth }));
    assert.match(textsOf(pulled), /\nPull complete\n[\s\S]*\nStatus: Downloaded newer image for /);
    assert.is(digestOf(pulled), digest);
    assert.is((await inspectImage(client, name.replace(":1@", "@"))).Id, id);
    assert.match(textsOf(await all(pullImage(client, name, { auth }))), /\nStatus: Image is up to date for /);
  }
  assert.match(textsOf(await all(pullImage(client, `${app}:1`, { auth }))), /\nStatus: Downloaded newer /);
  assert.match(textsOf(await all(pushImage(client, `${app}:1`, { auth }))), /\nLayer already exists\n/);
});

/** Neither in the message, nor in any property of the error and its causes, as it is or as it is sent. */
function assertKeepsSecrets(error: unknown): void {
  const shown = inspect(error, { depth: null, showHidden: true });
  for (const who of [registryUser, stranger])
    for (const secret of [who.password, encodeRegistryAuth(who), basic(who)])
      assert.not(shown.includes(secret), "an error shows a credential");
}

const basic = ({ username, password }: { readonly username: string; readonly password: string }): string =>
  Buffer.from(`${username}:${password}`).toString("base64");

const unwelcome: readonly (readonly [who: string, auth: RegistryAuth | null, words: RegExp])[] = [
  ["with a wrong password", stranger, /unauthorized: authentication required$/],
  ["with no password", null, /no basic auth credentials$/],
];

for (const [who, wrong, words] of unwelcome)
  test(`who comes ${who} can neither send, fetch, build on nor ask for an image`, async () => {
    await all(pushImage(client, `${app}:1`, { auth }));
    const refusedPush = all(pushImage(client, `${app}:1`, { auth: wrong }));
    assertKeepsSecrets(await rejectionOf(refusedPush, ImageError, words));
    const pull = await rejectionOf(all(pullImage(client, `${app}:1`, { auth: wrong })), ResponseError, words);
    assert.is(pull.status, 500);
    assertKeepsSecrets(pull);
    const registries = wrong === null ? {} : { [registry.host]: wrong };
    assertKeepsSecrets(await rejectionOf(build({ registries }), ImageError, words));
    const headers = { "X-Registry-Auth": encodeRegistryAuth(wrong ?? {}) };
    const path = { name: `${app}:1` };
    const asked = client.request("GET /distribution/{name}/json", { path, headers });
    assertKeepsSecrets(await rejectionOf(asked, ResponseError, words));
  });

for (const [what, rest] of [
  ["a tag", "app:absent"],
  ["a repository", "absent:1"],
  ["a digest", `app@sha256:${"0".repeat(64)}`],
] as const)
  test(`${what} that the registry does not have is 404`, async () => {
    const name = `${registry.host}/spec/${rest}`;
    const error = await rejectionOf(
      all(pullImage(client, name, { auth })),
      ResponseError,
      /manifest unknown/,
    );
    assert.ok(isNotFound(error));
    assert.ok(error.message.includes(name));
    assertKeepsSecrets(error);
  });

test("what the Engine does not have cannot be sent, and a registry that is not there is told", async () => {
  const absentTag = all(pushImage(client, `${app}:absent`, { auth }));
  assertKeepsSecrets(await rejectionOf(absentTag, ImageError, /tag does not exist: .*app:absent$/));
  const absent = all(pushImage(client, `${registry.host}/spec/absent:1`, { auth }));
  await rejectionOf(absent, ImageError, /image does not exist locally with the tag: .*spec\/absent$/);
  const nobody = all(pullImage(client, "127.0.0.1:1/spec/app:1", { auth }));
  assertKeepsSecrets(await rejectionOf(nobody, ResponseError, /answered 500: .*connection refused$/));
});

test("the registry tells of an image without sending it, and who one is can be asked", async () => {
  const digest = digestOf(await all(pushImage(client, `${app}:1`, { auth })));
  const headers = { "X-Registry-Auth": encodeRegistryAuth(auth) };
  const path = { name: `${app}:1` };
  const { Descriptor, Platforms } = await client.request("GET /distribution/{name}/json", { path, headers });
  assert.is(Descriptor.digest, digest);
  assert.is(Platforms[0]?.os, "linux");
  const known = await client.request("POST /auth", { body: { ...auth, serveraddress: registry.host } });
  assert.is(known?.Status, "Login Succeeded");
  const wrong = client.request("POST /auth", { body: { ...stranger, serveraddress: registry.host } });
  assertKeepsSecrets(await rejectionOf(wrong, ResponseError, /401 Unauthorized/));
});

async function build({
  registries,
}: {
  readonly registries?: Readonly<Record<string, RegistryAuth>>;
}): Promise<readonly ImageProgress[]> {
  const dockerfile = `FROM ${app}:1\nLABEL spec=built\n`;
  const context = await packTar([
    { header: { name: "Dockerfile", size: dockerfile.length }, body: dockerfile },
  ]);
  const options = { tag: `${app}:built`, pull: true, ...(registries !== undefined && { registries }) };
  return all(buildImage(client, context, options));
}

test("a build fetches its base image with the credentials that it is given for that registry", async () => {
  await all(pushImage(client, `${app}:1`, { auth }));
  await removeImage(client, id, { force: true });
  await rejectionOf(build({}), ImageError, /no basic auth credentials/);
  const elsewhere = { "registry.example.com": auth };
  await rejectionOf(build({ registries: elsewhere }), ImageError, /no basic auth credentials/);
  const built = await build({ registries: { ...elsewhere, [registry.host]: auth } });
  assert.match(textsOf(built), /\nPull complete\n/);
  const made = built.find(({ imageId }) => imageId !== null)?.imageId ?? "";
  assert.equal((await inspectImage(client, made)).Config?.Labels, { spec: "built" });
  assert.is((await inspectImage(client, `${app}:1`)).Id, id);
});

/** Reads until a layer is on its way, and then gives up. */
async function abandon(
  start: (signal: AbortSignal) => AsyncIterable<ImageProgress>,
  isOnItsWay: (step: ImageProgress) => boolean,
): Promise<void> {
  const controller = new AbortController();
  const reason = new Error("changed my mind");
  const work = (async () => {
    for await (const step of start(controller.signal)) if (isOnItsWay(step)) controller.abort(reason);
  })();
  assert.is(await rejection(work), reason);
}

test(
  "a push and a pull that are given up in the middle leave nothing, and can be done again",
  async () => {
    const name = `${registry.host}/spec/large:1`;
    const large = await makeImage(client, name, 48 * 1024 * 1024);
    await abandon(
      (signal) => pushImage(client, name, { auth, signal }),
      ({ currentBytes }) => (currentBytes ?? 0) > 0,
    );
    assert.ok(isNotFound(await rejection(all(pullImage(client, name, { auth })))));
    await all(pushImage(client, name, { auth }));
    await removeImage(client, large, { force: true });
    await abandon(
      (signal) => pullImage(client, name, { auth, signal }),
      ({ text }) => text === "Pulling fs layer",
    );
    assert.not(await isHere(name));
    await all(pullImage(client, name, { auth }));
    assert.is((await inspectImage(client, name)).Id, large);
  },
  { timeoutMs: 90_000 },
);

test("a registry without a sign-in takes an image from anybody, and from who says who he is", async () => {
  const open = await startRegistry({ hasSignIn: false });
  try {
    const name = `${open.host}/spec/open:1`;
    const made = await makeImage(client, name);
    await all(pushImage(client, name, { auth: open.auth }));
    for (const who of [null, stranger]) {
      await removeImage(client, made, { force: true });
      await all(pullImage(client, name, { auth: who }));
      assert.is((await inspectImage(client, name)).Id, made);
    }
  } finally {
    await endWithAllOf(client, open);
  }
});

test.run();
