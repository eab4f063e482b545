import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { parseLines, writeFiles } from "../../../support/batch.ts";
import { runCommand } from "../../../support/cli.ts";
import { canRunDirectly, directSuite } from "../../../support/direct.ts";
import { temporaryFolder } from "../../../support/loop/temporary.ts";

const { test } = directSuite("the command without containers");

/** What is run directly must not need an Engine. */
const nowhere = ["-H", "unix:///nowhere.sock"];
const flagWarning = /^! --unsafe-direct: no container is around the code/m;

if (await canRunDirectly()) {
  test("run --unsafe-direct runs, and says before and after that nothing is around the code", async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.at("a.py"), "print('out')\nresult = 6 * 7\n");
    const { exitCode, out, err } = await runCommand([
      ...nowhere,
      "run",
      folder.at("a.py"),
      "--unsafe-direct",
    ]);
    assert.equal([exitCode, out], [0, "out\nresult: 42\n"], err);
    assert.match(err, flagWarning);
    assert.match(err, /✔ ok: finished in .*; no container was around it\n.* processes and folder gone\n$/);
  });

  test("no file and no variable stands for the flag", async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.at("a.py"), "result = 1\n");
    writeFileSync(folder.at("b.yaml"), "unsafeDirect: true\n");
    const args = [...nowhere, "run", folder.at("a.py")];
    const byFile = await runCommand([...args, "--config", folder.at("b.yaml")]);
    assert.match(byFile.err, /unknown key "unsafeDirect"/);
    const byVariable = await runCommand(args, { env: { BRIGBOX_UNSAFE_DIRECT: "true" } });
    assert.is(byVariable.exitCode, 69, byVariable.err);
  });

  test("a strict profile makes it impossible, whatever else is said", async () => {
    for (const flags of [["--unsafe-direct"], ["--unsafe-direct", "--validator", "off"]]) {
      const { exitCode, err } = await runCommand([...nowhere, "run", "-", ...flags, "--profile", "strict"], {
        stdin: "result = 1",
      });
      assert.is(exitCode, 2);
      assert.match(err, /^brigbox: --unsafe-direct: the policy says directExecution "forbidden"/);
    }
  });

  test("the fallback of a configuration is told at each start, also where it is not needed", async () => {
    const around = { stdin: "result = 1", env: { BRIGBOX_FALLBACK: "direct" } };
    const { exitCode, err } = await runCommand([...nowhere, "run", "-"], around);
    assert.is(exitCode, 0, err);
    assert.match(err, /^! fallback direct instead of none: .* without any isolation$/m);
    assert.match(err, /no container was around it/);
    const rejected = await runCommand([...nowhere, "run", "-"], { ...around, stdin: "import os" });
    assert.equal([rejected.exitCode, /^! fallback direct/m.test(rejected.err)], [3, true]);
  });

  test("batch --unsafe-direct has a line for each job, and counts them as what they are", async () => {
    using folder = temporaryFolder();
    writeFiles(folder.at("jobs"), { "a.py": "result = 1", "b.py": "1 / 0", "c.py": "import os" });
    const args = [...nowhere, "batch", folder.at("jobs"), "--unsafe-direct", "--pool", "2"];
    const { exitCode, out, err } = await runCommand(args);
    assert.is(exitCode, 1, err);
    assert.match(err, flagWarning);
    assert.match(err, /3 jobs in .*; 0 warm, 0 cold, 2 without a container/);
    const lines = parseLines(out).sort((left, right) => left.id.localeCompare(right.id));
    assert.equal(
      lines.map(({ status, evidence, isCleaned }) => [status, evidence.start, isCleaned]),
      [
        ["ok", "direct", true],
        ["error", "direct", true],
        ["rejected", null, true],
      ],
    );
  });

  test("loop --unsafe-direct scores candidates without an Engine", async () => {
    using folder = temporaryFolder();
    writeFiles(folder.at("codes"), { "a.py": "result = 3", "b.py": "result = 7", "c.py": "result = None" });
    writeFileSync(
      folder.at("loop.yaml"),
      "budget: { candidates: 3 }\nsandbox: direct\nreturns: [result]\nscore: { kind: value, value: values.result }\nproposer: { kind: folder, folder: codes }\n",
    );
    const { exitCode, out, err } = await runCommand([
      ...nowhere,
      "loop",
      folder.at("loop.yaml"),
      "--unsafe-direct",
    ]);
    assert.is(exitCode, 0, err);
    assert.match(err, flagWarning);
    assert.match(out, /^1 +7 /m);
  });

  test("each run's warning is on stderr, though Node is told to show none", () => {
    const args = ["--import", "tsx", "lib/cli/main.ts", ...nowhere, "run", "-", "--unsafe-direct"];
    const env = { ...process.env, NODE_NO_WARNINGS: "1" };
    const { stderr, status } = spawnSync(process.execPath, args, {
      input: "result = 1",
      env,
      encoding: "utf8",
    });
    assert.is(status, 0, stderr);
    assert.match(stderr, /^! run [0-9a-f]{20} has no container around it: its code runs on this machine as/m);
  });
}

test.run();
