import { randomBytes } from "node:crypto";
import * as assert from "uvu/assert";
import {
  attachContainer,
  type ContainerSpec,
  compareApiVersions,
  containerExists,
  createClient,
  createContainer,
  defaultApiVersion,
  engineInfo,
  engineVersion,
  inspectContainer,
  inspectImage,
  isConflict,
  isNotFound,
  killContainer,
  listContainers,
  ping,
  ResponseError,
  removeContainer,
  removeImage,
  startContainer,
  stopContainer,
  waitContainer,
} from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/image/names.ts";
import { rejection, rejectionOf } from "../../support/catch-error.ts";
import { suite } from "../../support/suite.ts";

const test = suite("live/engine-api");

const runId = randomBytes(6).toString("hex");
const label = `brigbox.spec.engine-api=${runId}`;
const client = createClient();
let count = 0;

/** A container of this file that lives as long as the body, and is gone afterwards. */
async function withContainer(
  spec: ContainerSpec,
  body: (id: string, name: string) => Promise<void>,
): Promise<void> {
  const name = `engine-api-spec-${runId}-${count++}`;
  const [labelName = "", labelValue = ""] = label.split("=");
  const { id } = await createContainer(
    client,
    {
      Image: defaultImage,
      Labels: { [labelName]: labelValue },
      NetworkDisabled: true,
      HostConfig: { NetworkMode: "none", Memory: 128 * 1024 * 1024, LogConfig: { Type: "none" } },
      ...spec,
    },
    { name },
  );
  try {
    await body(id, name);
  } finally {
    await removeContainer(client, id, { force: true }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  assert.not.ok(await containerExists(client, name), `${name} is gone`);
}

const python = (code: string, more: ContainerSpec = {}): ContainerSpec => ({
  Cmd: ["python3", "-I", "-c", code],
  ...more,
});

const withStdin: ContainerSpec = {
  OpenStdin: true,
  StdinOnce: true,
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
};

test.after(async () => {
  const left = await listContainers(client, { all: true, filters: { label: [label] } });
  await client.close();
  assert.equal(
    left.map(({ Names }) => Names),
    [],
  );
});

test("pings, tells its version, and knows its machine", async () => {
  await ping(client);
  const version = await engineVersion(client);
  assert.match(version.Version ?? "", /^\d+\./);
  const info = await engineInfo(client);
  assert.ok((info.NCPU ?? 0) >= 1);
  assert.is(info.OSType, "linux");
});

test("agrees on a version that is neither newer than the Engine's nor than ours", async () => {
  const agreed = await client.apiVersion();
  const theirs = (await engineVersion(client)).ApiVersion ?? "";
  assert.ok(compareApiVersions(agreed, theirs) <= 0);
  assert.ok(compareApiVersions(agreed, defaultApiVersion) <= 0);
  assert.ok(agreed === theirs || agreed === defaultApiVersion);
});

test("says what the Engine says to a version that it does not speak", async () => {
  await using future = createClient({ apiVersion: "9.99" });
  const error = await rejectionOf(
    engineVersion(future),
    ResponseError,
    /^GET \/version answered 400: .*too new/,
  );
  assert.is(error.status, 400);
});

test("carries stdin to a container, and its output and exit code back after stdin ended", () =>
  withContainer(
    python(
      "import sys; data = sys.stdin.read(); sys.stderr.write('err'); print(data[::-1]); sys.exit(7)",
      withStdin,
    ),
    async (id, name) => {
      const attachment = await attachContainer(client, id, { stdin: true });
      const wait = await waitContainer(client, id);
      await startContainer(client, id);
      await startContainer(client, id);
      await attachment.write(Buffer.from("abc"));
      await attachment.write(Buffer.from("def"));
      attachment.endInput();
      assert.equal(await collect(attachment.output), { stdout: "fedcba\n", stderr: "err" });
      assert.equal(await wait.exit, { exitCode: 7, error: null });
      const seen = await inspectContainer(client, name);
      assert.is(seen.Name, `/${name}`);
      assert.is(seen.State?.Status, "exited");
      assert.is(seen.State?.ExitCode, 7);
      await removeContainer(client, id);
      assert.not.ok(await containerExists(client, id));
    },
  ));

test("carries bytes in both directions unharmed, more of them than any buffer holds", () =>
  withContainer(
    python("import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)", withStdin),
    async (id) => {
      const attachment = await attachContainer(client, id, { stdin: true });
      await startContainer(client, id);
      const sent = randomBytes(8 * 1024 * 1024);
      const writing = (async () => {
        for (let start = 0; start < sent.length; start += 65_536)
          await attachment.write(sent.subarray(start, start + 65_536));
        attachment.endInput();
      })();
      const pieces: Uint8Array[] = [];
      for await (const { bytes } of attachment.output) pieces.push(bytes);
      await writing;
      assert.ok(Buffer.concat(pieces).equals(sent));
    },
  ));

test("takes the output of a TTY as it is", () =>
  withContainer({ ...python("print('hello')"), Tty: true }, async (id) => {
    const attachment = await attachContainer(client, id, { tty: true });
    await startContainer(client, id);
    assert.equal(await collect(attachment.output), { stdout: "hello\r\n", stderr: "" });
  }));

test("kills a container, and says so; one that does not run is not killed", () =>
  withContainer(python("import time; time.sleep(600)"), async (id) => {
    assert.is(await killContainer(client, id), false);
    const wait = await waitContainer(client, id);
    await startContainer(client, id);
    assert.is(await killContainer(client, id), true);
    assert.is((await wait.exit).exitCode, 137);
    assert.is(await killContainer(client, id), false);
    await stopContainer(client, id);
  }));

test("stops a container with its stop signal within its grace", () =>
  withContainer(
    python(
      "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(5)); print('up', flush=True); time.sleep(600)",
    ),
    async (id) => {
      const attachment = await attachContainer(client, id);
      const wait = await waitContainer(client, id);
      await startContainer(client, id);
      await attachment.output[Symbol.asyncIterator]().next();
      await stopContainer(client, id, { graceSeconds: 20 });
      assert.is((await wait.exit).exitCode, 5);
      attachment.destroy();
    },
  ));

test("waits for a removal, and lets other calls through meanwhile", () =>
  withContainer(python("pass"), async (id) => {
    const wait = await waitContainer(client, id, { condition: "removed" });
    await ping(client);
    await removeContainer(client, id);
    assert.is(typeof (await wait.exit).exitCode, "number");
  }));

test("lists containers by label, running ones alone unless told otherwise", () =>
  withContainer(python("pass"), async (id) => {
    const filters = { label: [label] };
    const all = await listContainers(client, { all: true, filters });
    assert.equal(
      all.map(({ Id }) => Id),
      [id],
    );
    assert.equal(await listContainers(client, { filters }), []);
    assert.equal(await listContainers(client, { all: true, filters: { label: [`${label}0`] } }), []);
  }));

test("refuses a name in use, an image that is not there, and a command that does not exist", () =>
  withContainer({ Cmd: ["/no/such/command"] }, async (id, name) => {
    const taken = await rejection(createContainer(client, { Image: defaultImage, Cmd: ["x"] }, { name }));
    assert.ok(isConflict(taken));
    const unknown = await rejection(createContainer(client, { Image: `no-such-image-${runId}` }));
    assert.ok(isNotFound(unknown));
    await rejectionOf(startContainer(client, id), ResponseError, /answered 40[04]: .*\/no\/such\/command/);
    assert.is((await inspectContainer(client, id)).State?.Status, "created");
  }));

test("refuses to remove a container that runs, unless by force", () =>
  withContainer(python("import time; time.sleep(600)"), async (id) => {
    await startContainer(client, id);
    assert.ok(isConflict(await rejection(removeContainer(client, id))));
    await removeContainer(client, id, { force: true });
    assert.not.ok(await containerExists(client, id));
  }));

const unknownId = `no-such-thing-${runId}`;
const unknown: readonly [name: string, call: () => Promise<unknown>][] = [
  ["inspect", () => inspectContainer(client, unknownId)],
  ["start", () => startContainer(client, unknownId)],
  ["stop", () => stopContainer(client, unknownId)],
  ["kill", () => killContainer(client, unknownId)],
  ["remove", () => removeContainer(client, unknownId)],
  ["wait", () => waitContainer(client, unknownId)],
  ["attach", () => attachContainer(client, unknownId)],
  ["inspect an image", () => inspectImage(client, unknownId)],
  ["remove an image", () => removeImage(client, unknownId)],
];

for (const [name, call] of unknown) {
  test(`answers 404 to ${name} for what does not exist, with the Engine's words`, async () => {
    const error = await rejection(call());
    assert.ok(isNotFound(error));
    assert.match((error as ResponseError).engineMessage, /no such (container|image)/i);
  });
}

test("ends a wait and an attachment in flight at an abort, with its own reason, and the container stays", () =>
  withContainer(python("import time; time.sleep(600)"), async (id) => {
    const controller = new AbortController();
    const { signal } = controller;
    const attachment = await attachContainer(client, id, { signal });
    const wait = await waitContainer(client, id, { signal });
    await startContainer(client, id);
    const reason = new RangeError("enough");
    const reading = collect(attachment.output);
    controller.abort(reason);
    assert.is(await rejection(wait.exit), reason);
    assert.is(await rejection(reading), reason);
    assert.is((await inspectContainer(client, id)).State?.Running, true);
  }));

async function collect(
  output: AsyncIterable<{ readonly stream: "stdout" | "stderr"; readonly bytes: Uint8Array }>,
): Promise<{ stdout: string; stderr: string }> {
  const all = { stdout: "", stderr: "" };
  for await (const { stream, bytes } of output) all[stream] += Buffer.from(bytes).toString();
  return all;
}

test.run();
