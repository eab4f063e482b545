import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { isConnectionError } from "../../../engine-api/mod.ts";
import { json, startStubEngine } from "../../../engine-api/testing/mod.ts";
import { ConfigError, SandboxError } from "../../../lib/errors.ts";
import { createExecutor } from "../../../lib/executor.ts";
import { rejectionOf } from "../../support/catch-error.ts";
import { canRunDirectly, directSuite, hearWarnings, ownTemporary } from "../../support/direct.ts";
import { hearRuns } from "../../support/hear-runs.ts";

const { test } = directSuite("falling back to direct execution");
const nowhere = "unix:///nowhere/docker.sock";

if (await canRunDirectly()) {
  test("where nobody is there, runs go direct, each with a warning that says why", async () => {
    await using executor = createExecutor({ endpoint: nowhere, fallback: "direct" });
    using warnings = hearWarnings();
    for (const code of ["result = 1", "result = 2", "import os"]) await executor.run(code);
    assert.is((await executor.run("pass", { signal: AbortSignal.abort() })).status, "cancelled");
    const { values, evidence, isolation, runId } = await executor.run("result = 6 * 7");
    assert.equal([values.result, evidence.start, isolation], [42, "direct", "none"]);
    assert.is(warnings.heard.length, 3, "none for what was rejected or cancelled before it began");
    const [last] = warnings.heard.slice(-1);
    assert.equal([last?.name, last?.code], ["UnsafeExecutionWarning", "BRIGBOX_DIRECT"]);
    assert.match(last?.message ?? "", `run ${runId} has no container around it`);
    assert.match(
      last?.message ?? "",
      process.getuid?.() === 0 ? /since this process is root/ : /as the user of/,
    );
    assert.match(last?.detail ?? "", /no such socket \(ENOENT\)/);
  });

  test("there is nothing to sample of a run without a container", async () => {
    await using executor = createExecutor({ endpoint: nowhere, fallback: "direct" });
    using _warnings = hearWarnings();
    const handle = executor.start("result = 1");
    for await (const _ of handle.stats()) assert.unreachable();
    assert.is((await handle.result).usage.containerPeakBytes, null);
  });

  test("without being told to, nothing runs", async () => {
    await using executor = createExecutor({ endpoint: nowhere });
    const error = await rejectionOf(executor.run("pass"), SandboxError, /no such socket/);
    assert.ok(isConnectionError(error.cause));
  });

  test("a run that forbids it fails as it would without the fallback", async () => {
    await using executor = createExecutor({ endpoint: nowhere, fallback: "direct" });
    const error = await rejectionOf(executor.run("pass", { directExecution: "forbidden" }), SandboxError);
    assert.ok(isConnectionError(error.cause));
    assert.is((await executor.run("pass")).evidence.start, "direct");
  });

  test("an Engine that answers is there, whatever it lacks, and stays what runs need when it is gone", async () => {
    const engine = await startStubEngine();
    await using executor = createExecutor({ endpoint: engine.endpoint, fallback: "direct" });
    await rejectionOf(executor.run("pass"), SandboxError, /is not on this Engine/);
    await engine.close();
    const error = await rejectionOf(executor.run("pass"), SandboxError);
    assert.ok(isConnectionError(error.cause), "it is not there any more");
  });

  test("an Engine that refuses, or what is none, is no reason to go without", async () => {
    const refusing = await startStubEngine({ "*": json(500, { message: "out of order" }) });
    await using first = createExecutor({ endpoint: refusing.endpoint, fallback: "direct" });
    await rejectionOf(first.run("pass"), SandboxError);
    await refusing.close();
    const hangingUp = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => hangingUp.listen(0, "127.0.0.1", resolve));
    const { port } = hangingUp.address() as AddressInfo;
    await using second = createExecutor({ endpoint: `tcp://127.0.0.1:${port}`, fallback: "direct" });
    await rejectionOf(second.run("pass"), SandboxError);
    hangingUp.close();
  });

  test("what was found at the first run holds for all, so that results do not change in between", async () => {
    using place = ownTemporary();
    const path = join(place.path, "engine.sock");
    await using executor = createExecutor({ endpoint: `unix://${path}`, fallback: "direct" });
    assert.is((await executor.run("pass")).evidence.start, "direct");
    let asked = 0;
    const late = createServer((socket) => {
      asked++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => late.listen(path, resolve));
    assert.is((await executor.run("pass")).evidence.start, "direct");
    late.close();
    assert.is(asked, 0);
  });

  test("there is no pool, and getting ready says where nothing can run", async () => {
    await using executor = createExecutor({ endpoint: nowhere, fallback: "direct", pool: { size: 2 } });
    await executor.warmUp();
    assert.equal([(await executor.run("pass")).status, executor.stats().pool], ["ok", null]);
    await using without = createExecutor({ unsafeDirect: true, python: "no-such-python" });
    await rejectionOf(without.warmUp(), ConfigError, /^python: direct execution needs a Python from 3\.8 on/);
  });

  test("listeners hear of a direct run by the same phases", async () => {
    await using executor = createExecutor({ unsafeDirect: true });
    using heard = hearRuns(executor.id);
    await executor.run("result = 1");
    const names = heard.names();
    assert.equal(names.slice(0, 7), ["start", "validate", "queue", "create", "start", "ready", "run"]);
    assert.equal([...names.slice(7)].sort(), ["cleaned", "cleanup", "collect", "end"]);
    const { start, isolation, containerName } = heard.one("brigbox:run:end");
    assert.equal([start, isolation, containerName], ["direct", "none", null]);
    assert.is(heard.one("brigbox:run:cleaned").report.isConfirmed, true);
  });

  test("the validator and the audit hook are on as ever", async () => {
    await using executor = createExecutor({ unsafeDirect: true });
    assert.is((await executor.run("import socket")).status, "rejected");
    const code = "import socket, os\nopen('/etc/passwd').read()";
    await using open = createExecutor({ unsafeDirect: true, policy: { validator: "off" } });
    const { status, auditEvents } = await open.run(code);
    assert.equal([status, auditEvents[0]?.denied], ["error", true]);
    const absolute = await open.run("open('/tmp/in/a')", { files: { a: "1" } });
    assert.match(absolute.exception?.message ?? "", /stopped open: \/tmp\/in\/a/);
  });
}

test.run();
