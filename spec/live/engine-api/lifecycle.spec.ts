/** Waits of each kind, commands with a terminal and with input, and builds. */
import { randomBytes } from "node:crypto";
import { packTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  attachContainer,
  buildImage,
  collectOutput,
  createClient,
  createExec,
  type EngineClient,
  ImageError,
  inspectExec,
  inspectImage,
  isDeadlineError,
  listImages,
  readLines,
  removeContainer,
  removeImage,
  resizeExec,
  runExec,
  startContainer,
  startExec,
  waitContainer,
} from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { withContainer } from "../../support/engine-containers.ts";
import { suite } from "../../support/suite.ts";

const test = suite("waits, commands and builds");
const client = createClient();
test.after(() => client.close());

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const short = { spec: { Cmd: ["sh", "-c", "sleep 0.3; exit 5"] }, isStarted: false };

test("next-exit is registered before the start, and answered at the exit", () =>
  withContainer(
    client,
    async (id) => {
      const wait = await waitContainer(client, id, { condition: "next-exit" });
      await startContainer(client, id);
      assert.equal(await wait.exit, { exitCode: 5, error: null });
    },
    short,
  ));

test("not-running answers at once where it does not run, and else at the exit", () =>
  withContainer(
    client,
    async (id) => {
      assert.is((await (await waitContainer(client, id, { condition: "not-running" })).exit).exitCode, 0);
      await startContainer(client, id);
      assert.is((await (await waitContainer(client, id, { condition: "not-running" })).exit).exitCode, 5);
      assert.is((await (await waitContainer(client, id, { condition: "not-running" })).exit).exitCode, 5);
    },
    short,
  ));

test("removed is answered at the removal", () =>
  withContainer(
    client,
    async (id) => {
      const removed = await waitContainer(client, id, { condition: "removed" });
      await startContainer(client, id);
      await (await waitContainer(client, id, { condition: "not-running" })).exit;
      const early = await Promise.race([
        removed.exit,
        new Promise((resolve) => setTimeout(resolve, 200, "waits")),
      ]);
      assert.is(early, "waits");
      await removeContainer(client, id);
      assert.is((await removed.exit).exitCode, 5);
    },
    short,
  ));

test("a wait may be given up, and the container runs on", () =>
  withContainer(client, async (id) => {
    const { exit } = await waitContainer(client, id, { timeoutMs: 300 });
    assert.ok(isDeadlineError(await rejection(exit)));
    assert.is((await runExec(client, id, { command: ["true"] })).exitCode, 0);
  }));

test("a command answers while its input is open, and ends with it", () =>
  withContainer(client, async (id) => {
    const exec = await createExec(client, id, {
      command: ["sh", "-c", 'while read l; do echo "got $l"; done; echo end >&2; exit 9'],
      stdin: true,
    });
    const streams = await startExec(client, exec);
    const lines = readLines(streams.output);
    for (const word of ["one", "two"]) {
      await streams.write(encode(`${word}\n`));
      assert.equal((await lines.next()).value, { stream: "stdout", text: `got ${word}` });
    }
    assert.is((await inspectExec(client, exec.id)).Running, true);
    streams.endInput();
    assert.equal((await lines.next()).value, { stream: "stderr", text: "end" });
    assert.is((await lines.next()).done, true);
    assert.is((await inspectExec(client, exec.id)).ExitCode, 9);
  }));

test("a command with a terminal takes input, its size, and signs of control", () =>
  withContainer(client, async (id) => {
    const exec = await createExec(client, id, { command: ["sh"], stdin: true, tty: true });
    const streams = await startExec(client, exec);
    await resizeExec(client, exec.id, { rows: 20, columns: 30 });
    // A terminal echoes what arrives at once, in the middle of what a command prints: the next line waits for the answer to the last.
    await streams.write(encode("stty size; tty\n"));
    const answered = /20 30\r\n\/dev\/pts\/\d/;
    let text = "";
    for await (const { stream, bytes } of streams.output) {
      assert.is(stream, "stdout");
      const before = answered.test(text);
      text += new TextDecoder().decode(bytes);
      if (!before && answered.test(text)) await streams.write(encode("cat\n\u0004exit 6\n"));
    }
    assert.match(text, answered);
    assert.is((await inspectExec(client, exec.id)).ExitCode, 6);
  }));

test("a command's time limit is one for all of it", () =>
  withContainer(client, async (id) => {
    const error = await rejection(runExec(client, id, { command: ["sleep", "30"] }, { timeoutMs: 400 }));
    assert.ok(isDeadlineError(error) && error.timeoutMs === 400, String(error));
  }));

test("the output of a container that ended already never ends by itself, and ends with a signal", () =>
  withContainer(
    client,
    async (id) => {
      await startContainer(client, id);
      await (await waitContainer(client, id, { condition: "not-running" })).exit;
      const signal = AbortSignal.timeout(500);
      const { output } = await attachContainer(client, id, { signal });
      assert.is(await rejection(collectOutput(output)), signal.reason);
    },
    short,
  ));

async function build(
  using: EngineClient,
  dockerfile: string,
  options: Omit<Parameters<typeof buildImage>[2], "network">,
): Promise<{ readonly text: string; readonly id: string }> {
  const context = await packTar([
    { header: { name: "sub/", type: "directory", size: 0 } },
    { header: { name: "sub/Dockerfile", size: dockerfile.length }, body: dockerfile },
    { header: { name: "hello.txt", size: 5 }, body: "hello" },
  ]);
  let text = "";
  let id = "";
  const steps = buildImage(using, context, { dockerfile: "sub/Dockerfile", network: "none", ...options });
  for await (const step of steps) {
    text += step.text;
    id = step.imageId ?? id;
  }
  return { text, id };
}

const name = `engine-api-spec-${randomBytes(6).toString("hex")}`;
const stages = `FROM ${defaultImage} AS first
ARG WHO=nobody
ENV WHO=$WHO
COPY hello.txt /
RUN test "$(cat /hello.txt)" = hello
FROM first AS second
ENV SECOND=1
`;

test(
  "an image is built from an archive, with arguments, labels, a stage and two names",
  async () => {
    const tag = [`${name}:1`, `${name}:2`];
    const { text, id } = await build(client, stages, {
      tag,
      buildArgs: { WHO: "me" },
      labels: { [name]: "1" },
      target: "first",
    });
    try {
      assert.match(text, /Step 5\/\d[\s\S]*Successfully built/);
      const { Id, Config, RepoTags } = await inspectImage(client, `${name}:2`);
      assert.is(id, Id);
      assert.ok(Config?.Env?.includes("WHO=me"));
      assert.not.ok(Config?.Env?.includes("SECOND=1"));
      assert.is(Config?.Labels?.[name], "1");
      assert.equal([...(RepoTags ?? [])].sort(), tag);
      const again = await build(client, stages, {
        tag,
        buildArgs: { WHO: "me" },
        labels: { [name]: "1" },
        target: "first",
      });
      assert.match(again.text, /Using cache/);
      const anew = await build(client, stages, {
        tag,
        buildArgs: { WHO: "me" },
        noCache: true,
        target: "first",
      });
      assert.not.match(anew.text, /Using cache/);
      await removeImage(client, id, { force: true });
    } finally {
      for (const image of tag) await removeImage(client, image).catch(() => undefined);
    }
    assert.equal(await listImages(client, { filters: { reference: [name] } }), []);
  },
  { timeoutMs: 120_000 },
);

test("a step that fails is an error with the Engine's words, and leaves no image", async () => {
  const failing = build(client, `FROM ${defaultImage}\nRUN exit 7\n`, { tag: `${name}:failed` });
  await rejectionOf(failing, ImageError, /returned a non-zero code: 7/);
  assert.equal(await listImages(client, { filters: { reference: [name] } }), []);
});

test.run();
