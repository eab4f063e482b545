import * as assert from "uvu/assert";
import {
  createClient,
  createExec,
  inspectExec,
  isConflict,
  isNotFound,
  resizeExec,
  runExec,
  startExec,
  startExecDetached,
} from "../../../engine-api/mod.ts";
import { rejection } from "../../support/catch-error.ts";
import { withContainer } from "../../support/engine-containers.ts";
import { suite } from "../../support/suite.ts";

const test = suite("commands in a running container");
const client = createClient();
test.after(() => client.close());

test("a command's streams and its exit code", async () => {
  await withContainer(client, async (id) => {
    const command = ["sh", "-c", "echo out; echo err >&2; exit 7"];
    assert.equal(await runExec(client, id, { command }), {
      exitCode: 7,
      stdout: "out\n",
      stderr: "err\n",
      isTruncated: false,
    });
  });
});

test("input is sent, and its end is seen", async () => {
  await withContainer(client, async (id) => {
    const input = "x".repeat(3_000_000);
    const { exitCode, stdout } = await runExec(client, id, { command: ["wc", "-c"] }, { input });
    assert.equal([exitCode, stdout.trim()], [0, "3000000"]);
  });
});

test("a command that ends before it has read its input is told by its exit code", async () => {
  await withContainer(client, async (id) => {
    const { exitCode } = await runExec(client, id, { command: ["true"] }, { input: "x".repeat(5_000_000) });
    assert.is(exitCode, 0);
  });
});

test("environment, user and folder are as asked", async () => {
  await withContainer(client, async (id) => {
    const spec = {
      command: ["sh", "-c", "echo $A $(id -u) $(pwd)"],
      env: ["A=b"],
      user: "1234",
      workingDir: "/usr",
    };
    assert.is((await runExec(client, id, spec)).stdout, "b 1234 /usr\n");
  });
});

test("what is not there is exit code 126 or 127, with the reason", async () => {
  await withContainer(client, async (id) => {
    const { exitCode, stdout } = await runExec(client, id, { command: ["/nowhere"] });
    assert.ok(exitCode === 126 || exitCode === 127, String(exitCode));
    assert.match(stdout, /no such file/);
  });
});

test("output beyond the cap is dropped, and told", async () => {
  await withContainer(client, async (id) => {
    const command = ["head", "-c", "100000", "/dev/zero"];
    const { stdout, isTruncated } = await runExec(client, id, { command }, { maxOutputBytes: 1000 });
    assert.equal([stdout.length, isTruncated], [1000, true]);
  });
});

test("a terminal has a size, and one stream", async () => {
  await withContainer(client, async (id) => {
    const exec = await createExec(client, id, { command: ["sh", "-c", "sleep 0.5; stty size"], tty: true });
    const streams = await startExec(client, exec);
    await resizeExec(client, exec.id, { rows: 33, columns: 44 });
    let text = "";
    for await (const { bytes } of streams.output) text += Buffer.from(bytes).toString();
    assert.is(text, "33 44\r\n");
  });
});

test("one that is left alone runs on", async () => {
  await withContainer(client, async (id) => {
    const exec = await createExec(client, id, { command: ["sh", "-c", "sleep 0.2; echo done > /tmp/done"] });
    await startExecDetached(client, exec);
    assert.is((await inspectExec(client, exec.id)).Running, true);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.is((await inspectExec(client, exec.id)).ExitCode, 0);
    assert.is((await runExec(client, id, { command: ["cat", "/tmp/done"] })).stdout, "done\n");
  });
});

test("a signal ends the waiting, and not the client", async () => {
  await withContainer(client, async (id) => {
    const signal = AbortSignal.timeout(300);
    const error = await rejection(runExec(client, id, { command: ["sleep", "60"] }, { signal }));
    assert.is(error, signal.reason);
    assert.is((await runExec(client, id, { command: ["true"] })).exitCode, 0);
  });
});

test("an unknown container is 404, one that does not run is 409", async () => {
  assert.ok(isNotFound(await rejection(runExec(client, "nowhere", { command: ["true"] }))));
  await withContainer(
    client,
    async (id) => assert.ok(isConflict(await rejection(runExec(client, id, { command: ["true"] })))),
    { isStarted: false },
  );
});

test.run();
