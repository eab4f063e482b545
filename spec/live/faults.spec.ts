import { spawn } from "node:child_process";
import { once } from "node:events";
import { packTar } from "modern-tar";
import * as assert from "uvu/assert";
import {
  createClient,
  importImage,
  isConnectionError,
  removeContainer,
  removeImage,
} from "../../engine-api/mod.ts";
import { exitCodeOfError } from "../../lib/cli/exit-code-of-error.ts";
import { ConfigError, SandboxError } from "../../lib/errors.ts";
import { createExecutor } from "../../lib/executor.ts";
import { containerName } from "../../lib/ownership.ts";
import type { RunHandle } from "../../lib/run/run-handle.ts";
import { rejection, rejectionOf } from "../support/catch-error.ts";
import { awaitGone, countContainers } from "../support/containers-of.ts";
import { startEngineProxy } from "../support/engine-proxy.ts";
import { suite } from "../support/suite.ts";

const test = suite("faults of the machine");
const endless = "import time\nprint('started', flush=True)\ntime.sleep(600)";

async function untilItPrints(handle: RunHandle): Promise<void> {
  for await (const _ of handle.output) return;
}

test("an image that does not exist is told with the way out, and nothing is made", async () => {
  await using executor = createExecutor({ image: "brigbox-no-such-image:1" });
  const handle = executor.start("pass");
  await rejectionOf(
    handle.result,
    SandboxError,
    /the image brigbox-no-such-image:1 is not on this Engine; run "brigbox image build"/,
  );
  assert.equal((await handle.cleaned).strategy, "none");
});

test("an image without python3 is told as such, and its container is gone", async () => {
  const client = createClient();
  const archive = await packTar([{ header: { name: "empty.txt", size: 0, type: "file" }, body: "" }]);
  for await (const _ of importImage(client, archive, { repository: "brigbox-spec-empty", tag: "1" }));
  try {
    await using executor = createExecutor({ client, image: "brigbox-spec-empty:1" });
    const handle = executor.start("pass");
    await rejectionOf(handle.result, SandboxError, /the sandbox could not be started: .*python3/);
    assert.is((await handle.cleaned).isConfirmed, true);
    assert.is(await countContainers(handle.runId), 0);
  } finally {
    await removeImage(client, "brigbox-spec-empty:1", { force: true });
    await client.close();
  }
});

test("no Engine is told with where it was looked for", async () => {
  await using executor = createExecutor({ endpoint: "unix:///nowhere/docker.sock" });
  const error = await rejectionOf(
    executor.run("pass"),
    SandboxError,
    /unix:\/\/\/nowhere\/docker\.sock.*Is an Engine installed and running/,
  );
  assert.ok(isConnectionError(error.cause));
  assert.is(exitCodeOfError(error), 69);
});

test(
  "an Engine that dies in the middle: the outcome is unknown, and the container ends itself",
  async () => {
    const proxy = await startEngineProxy();
    try {
      await using executor = createExecutor({ endpoint: proxy.endpoint });
      const handle = executor.start(endless);
      await untilItPrints(handle);
      proxy.die();
      const error = await rejectionOf(
        handle.result,
        SandboxError,
        /the run was lost, and whether the code finished is unknown/,
      );
      assert.is(error.outcomeUnknown, true);
      assert.is(error.runId, handle.runId);
      assert.is(exitCodeOfError(error), 70);
      assert.is((await handle.cleaned).isConfirmed, false, "nobody could be asked");
      await awaitGone(handle.runId, 10_000);
    } finally {
      await proxy.close();
    }
  },
  { timeoutMs: 90_000 },
);

test("an Engine that does not lock down as asked: nothing is started", async () => {
  // Of equal length, so that the answer's own length stays right.
  const proxy = await startEngineProxy((bytes) =>
    Buffer.from(bytes.toString("latin1").replace('"ReadonlyRootfs":true', '"ReadonlyRootfs":null'), "latin1"),
  );
  try {
    await using executor = createExecutor({ endpoint: proxy.endpoint });
    const handle = executor.start("print('ran')");
    await rejectionOf(handle.result, SandboxError, /ReadonlyRootfs/);
    assert.is((await handle.cleaned).isConfirmed, true);
    assert.is(await countContainers(handle.runId), 0);
  } finally {
    await proxy.close();
  }
});

test("a container that someone removes in the middle is killed, and gone", async () => {
  await using executor = createExecutor();
  const handle = executor.start(endless);
  await untilItPrints(handle);
  await using client = createClient();
  await removeContainer(client, containerName(handle.runId), { force: true });
  assert.is((await handle.result).status, "killed");
  assert.is((await handle.cleaned).isConfirmed, true);
});

test("a host process that is killed by SIGKILL leaves no container behind", async () => {
  const host = spawn(process.execPath, ["--import", "tsx", "spec/fixtures/start-and-wait.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(host.stdout, "data")) as [Buffer];
  const runId = line.toString().trim();
  assert.is(await countContainers(runId), 1);
  host.kill("SIGKILL");
  await awaitGone(runId, 10_000);
});

test("a closed executor ends its runs and takes no more", async () => {
  const executor = createExecutor();
  const handle = executor.start(endless);
  await untilItPrints(handle);
  await executor.close();
  assert.is((await handle.result).status, "cancelled");
  assert.is(await countContainers(handle.runId), 0);
  assert.throws(() => executor.start("pass"), /this executor is closed/);
});

test("more than the machine has is refused before anything is made", async () => {
  await using executor = createExecutor({ policy: { memoryBytes: 1024 ** 4 } });
  await rejectionOf(executor.run("pass"), ConfigError, /memoryBytes: 1 TiB is more than/);
  assert.throws(
    () => createExecutor({ policy: { memoryByte: 1 } as object }),
    /unknown policy "memoryByte"; did you mean "memoryBytes"\?/,
  );
});

test("whoever waits for the cleanup alone is not ended by the failure of the result", async () => {
  await using executor = createExecutor({ endpoint: "unix:///nowhere/docker.sock" });
  const handle = executor.start("pass");
  assert.is((await handle.cleaned).isConfirmed, true);
  assert.instance(await rejection(handle.result), SandboxError);
});

test.run();
