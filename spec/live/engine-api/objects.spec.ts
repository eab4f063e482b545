import { randomBytes } from "node:crypto";
import * as assert from "uvu/assert";
import {
  compareApiVersions,
  connectNetwork,
  createClient,
  createNetwork,
  createVolume,
  disconnectNetwork,
  diskUsage,
  inspectContainer,
  inspectImage,
  inspectNetwork,
  inspectVolume,
  isNotFound,
  listNetworks,
  listVolumes,
  loadImages,
  prune,
  pullImage,
  removeImage,
  removeNetwork,
  removeVolume,
  saveImages,
  tagImage,
} from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { rejection } from "../../support/catch-error.ts";
import { withContainer } from "../../support/engine-containers.ts";
import { suite } from "../../support/suite.ts";

const test = suite("networks, volumes and images");
const client = createClient();
const name = `engine-api-spec-${randomBytes(6).toString("hex")}`;
const label = { [name]: "1" };
test.after(() => client.close());

test("a network is made, found, joined and left by a container, and removed", async () => {
  const id = await createNetwork(client, { Name: name, Driver: "bridge", Internal: true, Labels: label });
  try {
    assert.is((await listNetworks(client, { filters: { label: [name] } })).length, 1);
    const networksOf = async (containerId: string): Promise<readonly string[]> =>
      Object.keys((await inspectContainer(client, containerId)).NetworkSettings?.Networks ?? {});
    await withContainer(
      client,
      async (containerId) => {
        await connectNetwork(client, id, containerId, { endpoint: { Aliases: ["worker"] } });
        assert.ok((await networksOf(containerId)).includes(name));
        await disconnectNetwork(client, id, containerId);
        assert.not.ok((await networksOf(containerId)).includes(name));
      },
      { isStarted: false, spec: { NetworkDisabled: false, HostConfig: { NetworkMode: "bridge" } } },
    );
    assert.is((await inspectNetwork(client, id)).Internal, true);
  } finally {
    await removeNetwork(client, id);
  }
  assert.ok(isNotFound(await rejection(inspectNetwork(client, id))));
});

test("a volume is made, found, and removed", async () => {
  await createVolume(client, { Name: name, Labels: label });
  assert.is((await inspectVolume(client, name)).Name, name);
  assert.equal(
    (await listVolumes(client, { filters: { label: [name] } })).map(({ Name }) => Name),
    [name],
  );
  await removeVolume(client, name);
  assert.ok(isNotFound(await rejection(inspectVolume(client, name))));
});

test("pruning removes what is meant, and nothing else", async () => {
  await createVolume(client, { Name: name, Labels: label });
  const before = (await listVolumes(client)).length;
  // Later Engines spare volumes that have a name, unless told otherwise.
  const isLater = compareApiVersions(await client.apiVersion(), "1.42") >= 0;
  const filters = { label: [name], ...(isLater && { all: ["true"] }) };
  const { removed } = await prune(client, "volumes", { filters });
  assert.equal(removed, [name]);
  assert.is((await listVolumes(client)).length, before - 1);
});

test(
  "an image gets a further name, goes out as a tar archive, and comes in again",
  async () => {
    const target = `${name}:1`;
    await tagImage(client, defaultImage, target);
    const { Id } = await inspectImage(client, target);
    const texts: string[] = [];
    for await (const { text } of loadImages(client, await saveImages(client, [target]))) texts.push(text);
    assert.match(texts.join(""), new RegExp(`Loaded image: ${target}`));
    assert.is((await inspectImage(client, target)).Id, Id);
    await removeImage(client, target);
  },
  { timeoutMs: 120_000 },
);

test("what a registry does not have, or where none is, is an error with the Engine's words", async () => {
  const pull = async () => {
    for await (const _ of pullImage(client, "localhost:1/nothing:1", { auth: null }));
  };
  assert.match(String(await rejection(pull())), /connection refused|no such host|dial tcp/);
});

test("the disk's usage names the image", async () => {
  const { Images } = await diskUsage(client);
  assert.ok(Images?.some(({ RepoTags }) => RepoTags?.includes(defaultImage)));
});

test.run();
