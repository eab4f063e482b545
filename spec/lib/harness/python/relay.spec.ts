import * as assert from "uvu/assert";
import { isAlive } from "../../../support/is-alive.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import {
  encodeTrial,
  readProgram,
  startSupervisor,
  type TrialOptions,
  toTrial,
  tryCode,
} from "../../../support/supervisor.ts";

const outputs = [
  { that: "a line", code: "print('a')", stdout: "a\n" },
  { that: "text without a line end", code: "print('a', end='')", stdout: "a" },
  { that: "bytes", code: "import sys; sys.stdout.buffer.write(b'a\\xc3\\xa4')", stdout: "aä" },
  { that: "bytes past Python", code: "import os; os.write(1, b'a')", stdout: "a" },
  { that: "letters of all widths", code: "print('aä€\\U0001f600')", stdout: "aä€😀\n" },
  {
    that: "stderr apart from stdout",
    code: "import sys; print('a'); print('b', file=sys.stderr)",
    stdout: "a\n",
    stderr: "b\n",
  },
  {
    that: "what a program of its own writes",
    code: "import subprocess; subprocess.run(['echo', 'a'])",
    stdout: "a\n",
  },
  { that: "null bytes", code: "print('a\\0b')", stdout: "a\0b\n" },
];

for (const { path, version } of findPythons()) {
  const test = suite(`the relay, Python ${version}`);
  const attempt = (code: string, options: TrialOptions = {}) => tryCode(code, { ...options, python: path });

  for (const { that, code, stdout, stderr } of outputs) {
    test(`${that} comes through`, async () => {
      const trial = await attempt(code);
      assert.is(trial.outcome?.status, "ok");
      assert.equal([trial.stdout, trial.stderr], [stdout, stderr ?? ""]);
    });
  }

  test("half a surrogate pair cannot be printed, which is the code's own error", async () => {
    const { outcome } = await attempt("print('\\udc80')");
    assert.is(outcome?.exception?.type, "UnicodeEncodeError");
  });

  test("output is sent as it is made", async () => {
    const supervisor = startSupervisor({ python: path });
    supervisor.process.stdin.write(encodeTrial(readProgram("forever.py")));
    await supervisor.waitFor("stdout");
    await supervisor.dispose();
  });

  test("the deadline ends the code and keeps what it printed", async () => {
    const { report, stdout, outcome } = await attempt(readProgram("forever.py"), {
      limits: { timeoutMs: 400 },
    });
    assert.equal([report.cause, report.signal, outcome], ["timeout", 9, null]);
    assert.is(stdout, "begun\n");
    assert.ok(report.wallMs >= 400 && report.wallMs < 5000, String(report.wallMs));
  });

  test("the deadline ends code that ignores all signals, stops itself or runs in a busy loop", async () => {
    for (const name of ["stubborn.py", "stopped.py", "busy.py"]) {
      const { report } = await attempt(readProgram(name), { limits: { timeoutMs: 300 } });
      assert.equal([report.cause, report.signal], ["timeout", 9], name);
    }
  });

  test("the CPU limit ends a busy loop", async () => {
    const { report } = await attempt(readProgram("busy.py"), { limits: { cpuTimeMs: 500 } });
    assert.is(report.cause, "cpu-timeout");
    assert.ok(report.userCpuMs + report.systemCpuMs >= 490);
  });

  test("the CPU limit leaves code alone that sleeps", async () => {
    const code = "import time; time.sleep(1.2); result = 1";
    const { report, outcome } = await attempt(code, { limits: { cpuTimeMs: 500 } });
    assert.equal([report.cause, outcome?.status], [null, "ok"]);
  });

  for (const [descriptor, limit] of [
    [1, "stdout"],
    [2, "stderr"],
  ] as const) {
    const limits = { [`${limit}Bytes`]: 1000 };

    test(`${limit} may reach its cap`, async () => {
      const trial = await attempt(`import os; os.write(${descriptor}, b"x" * 1000)`, { limits });
      assert.equal([trial.report.cause, trial.outcome?.status, trial[limit].length], [null, "ok", 1000]);
    });

    test(`${limit} over its cap ends the code, and the cap is kept`, async () => {
      const trial = await attempt(`import os, time; os.write(${descriptor}, b"x" * 1001); time.sleep(60)`, {
        limits,
      });
      assert.equal([trial.report.cause, trial.report.limit], ["output-limit", limit]);
      assert.equal([trial[limit].length, trial.report[`${limit}Bytes`]], [1000, 1001]);
    });
  }

  test("a flood ends at the cap", async () => {
    const { report, stdout } = await attempt(readProgram("flood.py"), { limits: { stdoutBytes: 200_000 } });
    assert.equal([report.cause, stdout.length], ["output-limit", 200_000]);
  });

  test("the deadline is the cause though the cap is passed afterwards", async () => {
    const { report } = await attempt(readProgram("forever.py"), {
      limits: { timeoutMs: 200, stdoutBytes: 6 },
    });
    assert.equal([report.cause, report.limit], ["timeout", null]);
  });

  test("processes that the code leaves behind are killed and hold up nothing", async () => {
    const { report, values } = await attempt(readProgram("leave-children.py"));
    assert.is(report.cause, null);
    assert.ok(report.wallMs < 10_000);
    assert.not(isAlive(Number(values.result)));
  });

  test("a host that does not read makes the code wait, and nothing grows", async () => {
    const supervisor = startSupervisor({ python: path });
    await supervisor.waitFor("ready");
    supervisor.process.stdout.pause();
    supervisor.process.stdin.write(
      encodeTrial(readProgram("flood.py"), { limits: { stdoutBytes: 2 ** 30, timeoutMs: 1500 } }),
    );
    await new Promise((resolve) => setTimeout(resolve, 2500));
    supervisor.process.stdout.resume();
    await supervisor.exited;
    const { report, stdout } = toTrial(supervisor.frames);
    await supervisor.dispose();
    assert.is(report.cause, "timeout");
    assert.ok(stdout.length < 8 * 2 ** 20, `${stdout.length} bytes were taken from the code`);
  });

  test.run();
}
