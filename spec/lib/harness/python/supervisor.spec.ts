import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { protocolVersion } from "../../../../lib/harness/protocol.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import {
  encodeTrial,
  type LocalSupervisor,
  readProgram,
  startSupervisor,
  tryCode,
} from "../../../support/supervisor.ts";

const hangUp = 3;
const badJob = 65;
const inputFiles = 66;

function frame(kind: string, payload: Uint8Array | string, length = Buffer.byteLength(payload)): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, "latin1");
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(payload)]);
}

const badJobs: readonly { readonly that: string; readonly bytes: Buffer }[] = [
  { that: "garbage", bytes: Buffer.from("GET / HTTP/1.1\r\n\r\n") },
  { that: "another kind of frame", bytes: frame("R", "{}") },
  { that: "a frame beyond all bounds", bytes: frame("J", "", 2 ** 32 - 1) },
  { that: "an empty frame", bytes: frame("J", "") },
  { that: "what is no JSON", bytes: frame("J", "{]") },
  { that: "JSON with something behind", bytes: frame("J", "{} {}") },
  { that: "what is no UTF-8", bytes: frame("J", Buffer.from([0xff])) },
  { that: "a list", bytes: frame("J", "[]") },
  { that: "an object without fields", bytes: frame("J", "{}") },
  { that: "another protocol", bytes: frame("J", '{"protocol":2}') },
  { that: "a size beyond all bounds", bytes: frame("J", '{"protocol":1,"inputBytes":1e400}') },
  { that: "a negative size", bytes: frame("J", '{"protocol":1,"inputBytes":-1}') },
  { that: "a file outside of its folder", bytes: encodeTrial("", { files: { "../x": "a" } }) },
  { that: "a file with an absolute path", bytes: encodeTrial("", { files: { "/x": "a" } }) },
];

for (const { path, version } of findPythons()) {
  const test = suite(`the supervisor, Python ${version}`);

  async function withSupervisor(body: (supervisor: LocalSupervisor) => Promise<void>): Promise<void> {
    const supervisor = startSupervisor({ python: path });
    try {
      await body(supervisor);
    } finally {
      await supervisor.dispose();
    }
  }

  test("says in its handshake what it is, what it imported, and that it is hidden", async () => {
    const { ready } = await tryCode("", {
      python: path,
      preload: ["decimal", "no_such_module", "this.is.none"],
    });
    assert.is(ready.protocol, protocolVersion);
    assert.is(ready.python, version);
    assert.equal(Object.keys(ready.preloaded), ["decimal"]);
    assert.equal(ready.missing, ["no_such_module", "this.is.none"]);
    assert.is(ready.dumpable, false);
  });

  test("takes inputs and nested files", async () => {
    const files = { "a.txt": "one", "deep/er/b.bin": Buffer.alloc(3_000_000, 7), empty: "" };
    const { values, outcome } = await tryCode(readProgram("list-inputs.py"), { python: path, files });
    assert.is(outcome?.status, "ok");
    assert.equal(values.result, ["a.txt: 3", "deep/er/b.bin: 3000000", "empty: 0"]);
  });

  for (const { that, bytes } of badJobs) {
    test(`refuses ${that} in one line`, () =>
      withSupervisor(async (supervisor) => {
        supervisor.process.stdin.write(bytes);
        assert.is(await supervisor.exited, badJob);
        assert.match(supervisor.complaints(), /^brigbox supervisor: bad job: [^\n]+\n$/);
        assert.equal(
          supervisor.frames.map(({ kind }) => kind),
          ["ready"],
        );
      }));
  }

  test("says so where the input files cannot be written", () =>
    withSupervisor(async (supervisor) => {
      supervisor.process.stdin.write(encodeTrial("", { files: { a: "1", "a/b": "2" } }));
      assert.is(await supervisor.exited, inputFiles);
      assert.match(
        supervisor.complaints(),
        /^brigbox supervisor: cannot write the input files: .*File exists[^\n]*\n$/,
      );
    }));

  test("ends where stdin ends before the job, or inside of it", async () => {
    for (const length of [0, 3, 40, 200]) {
      await withSupervisor(async (supervisor) => {
        supervisor.process.stdin.end(encodeTrial("print('no')").subarray(0, length));
        assert.is(await supervisor.exited, hangUp, `after ${length} bytes`);
        assert.is(supervisor.complaints(), "");
      });
    }
  });

  test("kills the code and ends where stdin ends while it runs", () =>
    withSupervisor(async (supervisor) => {
      supervisor.process.stdin.write(encodeTrial(readProgram("forever.py")));
      await supervisor.waitFor("stdout");
      const pid = Number(readFileSync(join(supervisor.root, "pid"), "utf8"));
      supervisor.process.stdin.end();
      assert.is(await supervisor.exited, hangUp);
      await waitUntil(() => !existsSync(`/proc/${pid}`));
    }));

  test("ends where the host says more than a job", () =>
    withSupervisor(async (supervisor) => {
      supervisor.process.stdin.write(
        Buffer.concat([encodeTrial(readProgram("forever.py")), Buffer.from("x")]),
      );
      assert.is(await supervisor.exited, hangUp);
    }));

  test("kills the code and ends where nobody reads its stdout any more", () =>
    withSupervisor(async (supervisor) => {
      supervisor.process.stdin.write(
        encodeTrial(readProgram("flood.py"), { limits: { stdoutBytes: 2 ** 30 } }),
      );
      await supervisor.waitFor("stdout");
      supervisor.process.stdout.destroy();
      assert.is(await supervisor.exited, hangUp);
    }));

  test("takes the code with it where it is killed itself", () =>
    withSupervisor(async (supervisor) => {
      supervisor.process.stdin.write(encodeTrial(readProgram("forever.py")));
      await supervisor.waitFor("stdout");
      const pid = Number(readFileSync(join(supervisor.root, "pid"), "utf8"));
      supervisor.process.kill("SIGKILL");
      await waitUntil(() => !existsSync(`/proc/${pid}`));
    }));

  test.run();
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !isSo(); attempt++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(isSo(), "still not so after 5 s");
}
