import { randomBytes } from "node:crypto";
import { packTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  buildImage,
  createClient,
  ImageError,
  importImage,
  inspectImage,
  isNotFound,
  listImages,
  ResponseError,
  removeImage,
} from "../../../engine-api/mod.ts";
import { rejection } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("live/engine-api images");

const runId = randomBytes(6).toString("hex");
const client = createClient();

test.after(() => client.close());

test("imports a small root file system, tells its progress and id, and removes it", async () => {
  const archive = await packTar([{ header: { name: "hello.txt", size: 2 }, body: "hi" }]);
  const repository = `engine-api-spec-${runId}`;
  async function* halves() {
    yield archive.subarray(0, 700);
    yield archive.subarray(700);
  }
  const ids: (string | null)[] = [];
  const changes = ["ENV A=1", 'CMD ["/x"]'];
  for await (const { imageId } of importImage(client, halves(), { repository, tag: "1", changes }))
    ids.push(imageId);
  const image = await inspectImage(client, `${repository}:1`);
  assert.is(ids.at(-1), image.Id);
  assert.equal(image.Config?.Env, ["A=1"]);
  assert.equal(image.Config?.Cmd, ["/x"]);
  const listed = await listImages(client, { filters: { reference: [`${repository}:1`] } });
  assert.equal(
    listed.map(({ Id }) => Id),
    [image.Id],
  );
  await removeImage(client, `${repository}:1`);
  assert.ok(isNotFound(await rejection(inspectImage(client, `${repository}:1`))));
});

test("raises what is wrong with an archive or a build, wherever the Engine says it", async () => {
  const garbage = Buffer.alloc(4096, "this is no archive");
  const importing = drain(importImage(client, garbage, { repository: `engine-api-spec-${runId}`, tag: "x" }));
  const error = await rejection(importing);
  assert.ok(error instanceof ImageError || error instanceof ResponseError);
  const context = await packTar([{ header: { name: "Dockerfile", size: 5 }, body: "NOPE\n" }]);
  const building = drain(buildImage(client, context, { tag: `engine-api-spec-${runId}:x` }));
  assert.match(((await rejection(building)) as Error).message, /NOPE|nope/i);
});

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

test.run();
