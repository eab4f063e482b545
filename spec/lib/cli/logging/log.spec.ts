import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { encodeRegistryAuth, pullImage } from "../../../../engine-api/mod.ts";
import { json } from "../../../../engine-api/testing/mod.ts";
import { startLog } from "../../../../lib/cli/logging/start-log.ts";
import { createSharedOutput } from "../../../../lib/cli/output/shared-output.ts";
import { tell } from "../../../../lib/diagnostics/channels.ts";
import { createExecutor } from "../../../../lib/executor.ts";
import { rejection } from "../../../support/catch-error.ts";
import { captureOutput, runCommand } from "../../../support/cli.ts";
import { suite } from "../../../support/suite.ts";
import { withClient } from "../../../support/with-engine.ts";

/** What needs no Engine; the rest is in `spec/live/log.spec.ts`. */
const test = suite("the log of the command");

const secret = "s3cret";
const nowhere = ["-H", "unix:///nowhere.sock"];
let folder = "";
let bad = "";
let fine = "";

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
  bad = join(folder, "bad.py");
  fine = join(folder, "fine.py");
  writeFileSync(bad, `import os\n"${secret}"`);
  writeFileSync(fine, `result = "${secret}"`);
  writeFileSync(join(folder, "given.json"), JSON.stringify(secret));
});
test.after(() => rmSync(folder, { recursive: true }));

/** The log's lines among what stderr got, as objects. */
function entriesOf(err: string): Record<string, unknown>[] {
  const lines = err.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("without flags nothing is logged, and what the command says is the same", async () => {
  const { err, exitCode } = await runCommand([...nowhere, "run", fine]);
  assert.is(exitCode, 69);
  assert.match(err, /^brigbox: cannot talk to the Docker Engine at unix:\/\/\/nowhere\.sock[^\n]*\n$/);
});

test("a failure is told at each level but silent, and then what the command says", async () => {
  for (const level of ["error", "warn", "info", "debug", "trace"]) {
    const { err } = await runCommand([...nowhere, "run", fine, "--log-level", level]);
    const lines = err.trimEnd().split("\n");
    assert.match(err, /Z error run \w+: no result: cannot talk to the Docker Engine/);
    assert.match(lines.at(-1) ?? "", /^brigbox: cannot talk/);
    assert.is(err.includes("Z warn  engine: "), level !== "error", level);
    assert.is(err.includes("Z info  run "), ["info", "debug", "trace"].includes(level), level);
    assert.is(err.includes("Z debug run "), ["debug", "trace"].includes(level), level);
  }
  const { err } = await runCommand([...nowhere, "run", fine, "--log-level", "silent", "--log", "json"]);
  assert.match(err, /^brigbox: [^\n]*\n$/);
});

test("flags may stand before the command too, and variables do the same", async () => {
  const before = await runCommand([...nowhere, "--log-level", "error", "run", fine]);
  assert.match(before.err, /Z error run/);
  const env = { BRIGBOX_LOG_LEVEL: "error", BRIGBOX_LOG: "json" };
  const [entry, ...others] = entriesOf((await runCommand([...nowhere, "run", fine], { env })).err);
  assert.is(entry?.level, "error");
  assert.equal(others, []);
});

test("as JSON every line is an object, and standard output stays what it was", async () => {
  const { out, err, exitCode } = await runCommand([
    "run",
    bad,
    "--json",
    "--log",
    "json",
    "--log-level",
    "trace",
  ]);
  assert.is(exitCode, 3);
  assert.is(JSON.parse(out).status, "rejected");
  const entries = entriesOf(err);
  assert.is(entries.length, err.trimEnd().split("\n").length, "there is nothing else on stderr");
  assert.equal(
    entries.map(({ level, event, phase, status }) => [level, event, phase ?? status]),
    [
      ["info", "run:start", undefined],
      ["debug", "run:phase", "validate"],
      ["info", "run:end", "rejected"],
      ["debug", "run:cleaned", undefined],
    ],
  );
  for (const { time, msg, runId } of entries) {
    assert.ok(Math.abs(Number(time) - Date.now()) < 60_000);
    assert.is(typeof msg, "string");
    assert.is(runId, entries[0]?.runId);
  }
});

test("an error has the name and the message that its caller gets", async () => {
  const { err } = await runCommand([...nowhere, "run", fine, "--log", "json", "--log-level", "error"]);
  const told = entriesOf(err).map((entry) => entry.err as { type: string; message: string });
  assert.equal(
    told.map(({ type, message }) => [type, message.slice(0, 32)]),
    [["SandboxError", "cannot talk to the Docker Engine"]],
  );
});

const inputs = (): string[] => [
  "-i",
  `given=${join(folder, "given.json")}`,
  "-f",
  join(folder, "given.json"),
];
const secretive: readonly (readonly [string, () => readonly string[]])[] = [
  ["the code that is refused", () => ["run", bad, "--json"]],
  [
    "the code of a run without an Engine, with inputs and files",
    () => [...nowhere, "run", fine, ...inputs()],
  ],
  ["code on standard input", () => [...nowhere, "run", "-"]],
  ["a batch", () => [...nowhere, "batch", folder, ...inputs(), "--out", join(folder, "results.jsonl")]],
  ...["tcp", "https", "ssh", "npipe", "what"].map(
    (scheme) =>
      [
        `a password in the address ${scheme}://`,
        () => ["-H", `${scheme}://user:${secret}@host:1`, "run", fine],
      ] as const,
  ),
  ["a password before the command", () => ["-H", `tcp://user:${secret}@host`, "ps"]],
];

for (const [name, args] of secretive) {
  test(`tells no secret: ${name}`, async () => {
    for (const format of ["text", "json"]) {
      const { err } = await runCommand([...args(), "--log", format, "--log-level", "trace"], {
        env: { API_KEY: secret, BRIGBOX_SOMETHING_OF_ITS_OWN: secret },
        stdin: `result = "${secret}"`,
      });
      assert.not.match(err, secret);
    }
  });
}

/** What a log at its most talkative says while something is done. */
async function loggedDuring(act: () => Promise<unknown>): Promise<string> {
  const captured = captureOutput();
  const log = startLog(createSharedOutput(captured), { level: "trace", format: "json" });
  try {
    await act();
  } finally {
    await log.close();
  }
  return captured.text();
}

test("tells neither tokens of registries nor what is filled into a path, a query or a body, nor an Engine's words", () =>
  withClient({ "*": json(500, { message: `no: ${secret}` }) }, async (client) => {
    const auth = { username: "me", password: secret };
    const text = await loggedDuring(async () => {
      await rejection(pullImage(client, "registry.example.com/a:1", { auth }).next());
      await rejection(client.request("POST /auth", { body: { username: "me", password: secret } }));
      await rejection(client.request("GET /containers/{id}/json", { path: { id: secret } }));
      await rejection(client.request("GET /containers/json", { query: { filters: { name: [secret] } } }));
      const body = { Image: "a", Env: [`KEY=${secret}`], Cmd: [secret] };
      await rejection(client.request("POST /containers/create", { body, query: { name: secret } }));
    });
    assert.is(entriesOf(text).length, 5);
    assert.not.match(text, secret);
    assert.not.match(text, encodeRegistryAuth(auth));
  }));

test("once it is closed it listens no more", async () => {
  const captured = captureOutput();
  const log = startLog(createSharedOutput(captured), { level: "trace", format: "text" });
  const begin = (containerName: string): void =>
    tell("brigbox:container:begin", { executorId: "e", containerName, at: 0 });
  begin("first");
  await log.close();
  begin("second");
  assert.match(captured.text(), /container first: begun\n$/);
});

test("tells nothing of what was thrown and is no error", async () => {
  const head = { executorId: "e", runId: "r", at: 0 };
  const text = await loggedDuring(async () =>
    tell("brigbox:run:error", {
      ...head,
      error: { toString: () => secret, message: secret, password: secret },
    }),
  );
  assert.equal(entriesOf(text)[0]?.err, { type: "unknown", message: "" });
  assert.not.match(text, secret);
});

test("environments of executors are told of nobody", async () => {
  const text = await loggedDuring(async () => {
    await using executor = createExecutor({ endpoint: "unix:///nowhere.sock" });
    await rejection(
      executor.run(`"${secret}"`, { inputs: { a: secret }, files: { b: secret }, returns: ["a"] }),
    );
  });
  assert.ok(entriesOf(text).length > 3);
  assert.not.match(text, secret);
});

test.run();
