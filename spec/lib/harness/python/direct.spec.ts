import { existsSync } from "node:fs";
import * as assert from "uvu/assert";
import { eventually } from "../../../support/eventually.ts";
import { isAlive } from "../../../support/is-alive.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import {
  encodeTrial,
  readProgram,
  startSupervisor,
  type Trial,
  type TrialOptions,
  toTrial,
  tryCode,
} from "../../../support/supervisor.ts";

const MiB = 1024 ** 2;
const direct = { memoryBytes: 128 * MiB, processes: 16 };

for (const { path, version } of findPythons()) {
  const test = suite(`the supervisor without a container, Python ${version}`);
  const attempt = (code: string, options: TrialOptions = {}): Promise<Trial> =>
    tryCode(code, { ...options, python: path, direct });

  test("the code has the limits that hold without a cgroup, and nothing of the host's counts as its own", async () => {
    const code = `
import resource
limits = [resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in ("DATA", "AS", "NPROC")]
result = [list(limits[0]), limits[1][0] > limits[0][0], 16 < limits[2][0] < 100_000]
`;
    const { values, report, outcome } = await attempt(code);
    assert.is(outcome?.status, "ok", outcome?.exception?.traceback);
    assert.equal(values.result, [[128 * MiB, 128 * MiB], true, true]);
    assert.is(report.oomKills, null);
  });

  test("memory that is used up in small pieces can still be told", async () => {
    const { outcome } = await attempt("data = []\nwhile True: data.append([0] * 8)");
    assert.is(outcome?.exception?.type, "MemoryError");
  });

  test("what goes into a session of its own, without environment and descriptors, ends with the code", async () => {
    const { values, outcome } = await attempt(readProgram("hide.py"));
    assert.is(outcome?.status, "ok", outcome?.exception?.traceback);
    assert.not(isAlive(Number(values.result)));
  });

  test("processes that the code waited for count in its CPU time as it passes", async () => {
    const code = "import os\nif os.fork() == 0:\n    while True: pass\nos.wait()";
    assert.is((await attempt(code, { limits: { cpuTimeMs: 300 } })).report.cause, "cpu-timeout");
  });

  test("the folder goes with the supervisor: at its end, and where nobody is there any more", async () => {
    for (const isLeftAlone of [false, true]) {
      const supervisor = startSupervisor({ python: path, direct });
      try {
        const code = isLeftAlone ? `${readProgram("hide.py")}\nimport time\ntime.sleep(600)` : "result = 1";
        supervisor.process.stdin.write(encodeTrial(code));
        await supervisor.waitFor(isLeftAlone ? "stdout" : "report");
        if (isLeftAlone) supervisor.process.stdin.end();
        assert.is(await supervisor.exited, isLeftAlone ? 3 : 0);
        assert.not(existsSync(supervisor.root));
        if (!isLeftAlone) assert.is(toTrial(supervisor.frames).values.result, 1);
      } finally {
        await supervisor.dispose();
      }
    }
  });

  test("also before a job came", async () => {
    const supervisor = startSupervisor({ python: path, direct });
    try {
      await supervisor.waitFor("ready");
      supervisor.process.stdin.end();
      await supervisor.exited;
      await eventually(() => !existsSync(supervisor.root));
    } finally {
      await supervisor.dispose();
    }
  });

  test.run();
}
