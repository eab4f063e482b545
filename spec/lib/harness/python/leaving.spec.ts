/** The end of the code's process, seen before the kernel has cleaned up after it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import { readProgram, type TrialOptions, tryCode } from "../../../support/supervisor.ts";

const mib = 1024 ** 2;

/** Runs a program that has the supervisor's modules for this at hand, and prints JSON. */
function runWithModules(python: string, program: string): unknown {
  const modules = ["hardening", "processes", "leaving"].map((name) => {
    const source = readFileSync(
      new URL(`../../../../lib/harness/python/${name}.py`, import.meta.url),
      "utf8",
    );
    return `sys.modules["brigbox_${name}"] = module = types.ModuleType("brigbox_${name}")\nexec(${JSON.stringify(source)}, module.__dict__)\n`;
  });
  const { stdout, stderr } = spawnSync(
    python,
    ["-c", `import json, os, sys, types\n${modules.join("")}${program}`],
    { encoding: "utf8" },
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Forks `child`, waits until it has its memory, sees it off, and tells what was seen and what its parent's wait says. */
const seeOff = `
import resource, _ctypes
import brigbox_hardening as hardening, brigbox_leaving as leaving
def see(child, before=lambda: None, end_others=lambda: None):
    ready, told = os.pipe()
    held, holds = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(holds)
        hardening.set_dumpable(1)
        memory = bytearray(64 * 1024 * 1024)
        for at in range(0, len(memory), 4096):
            memory[at] = 1
        before()
        os.write(told, b"x")
        os.read(held, 1)
        child()
    os.read(ready, 1)
    seen = leaving.see_off(pid, lambda: os.close(holds), end_others)
    was_early = seen is not None and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    _, status, usage = os.wait4(pid, 0)
    return {
        "seen": None if seen is None else seen.status, "early": was_early, "status": status,
        "peak": None if seen is None else seen.peak_rss_kib / usage.ru_maxrss,
        "cpu": None if seen is None else sum(seen.cpu_seconds) - usage.ru_utime - usage.ru_stime,
    }
`;

/** A process that was just forked copies pages while it leaves; the code's own has rehearsed. */
const withAnyFaults = `${seeOff}leaving._MOST_FAULTS = 1000\n`;

interface Sight {
  readonly seen: number | null;
  readonly early: boolean;
  readonly status: number;
  readonly peak: number | null;
  readonly cpu: number | null;
}

for (const { path, version } of findPythons()) {
  const test = suite(`the end of the code's process, Python ${version}`);
  const attempt = (code: string, options: TrialOptions = {}) =>
    tryCode(code, { ...options, python: path, isAhead: true });

  test("a status is seen before the parent's wait tells it, and is the same", () => {
    const sights = runWithModules(
      path,
      `${withAnyFaults}print(json.dumps([see(lambda: os._exit(number % 256)) for number in range(10)]))`,
    ) as Sight[];
    for (const [number, { seen, status }] of sights.entries()) {
      assert.is(status, number << 8);
      // A busy machine may be late with the exit, and then only the wait tells.
      assert.ok(seen === status || seen === null, String(seen));
    }
    assert.ok(sights.some(({ early }) => early));
  });

  test("its peak of memory is what the wait tells, and its CPU time less what the kernel still needs", () => {
    const sights = runWithModules(
      path,
      `${withAnyFaults}print(json.dumps([see(lambda: os._exit(0)) for _ in range(5)]))`,
    ) as Sight[];
    const seen = sights.filter((sight) => sight.seen !== null);
    assert.ok(seen.length > 0);
    for (const { peak, cpu } of seen) {
      assert.ok(peak !== null && Math.abs(peak - 1) < 0.05, String(peak));
      // The wait tells whole microseconds.
      assert.ok(cpu !== null && cpu < 0.0001 && cpu > -0.05, String(cpu));
    }
  });

  test("a signal's status is seen too", () => {
    const { seen, status } = runWithModules(
      path,
      `${seeOff}print(json.dumps(see(lambda: os.kill(os.getpid(), 9))))`,
    ) as Sight;
    assert.is(status, 9);
    assert.ok(seen === 9 || seen === null);
  });

  for (const [what, child] of [
    ["goes on", "import time; time.sleep(0.2); os._exit(4)"],
    ["has ended a process of its own before", "import subprocess; subprocess.run(['true']); os._exit(4)"],
    ["leaves another one running", "os.fork() or (__import__('time').sleep(0.3), os._exit(0)); os._exit(4)"],
    [
      "never asked for a dead one of its own",
      "os.waitid(os.P_PID, os.fork() or os._exit(0), os.WEXITED | os.WNOWAIT); os._exit(4)",
    ],
    ["has become another program", "os.execv('/bin/sh', ['sh', '-c', 'exit 4'])"],
    ["takes memory after the look at it", "bytearray(4 * 1024 * 1024).count(1); os._exit(4)"],
  ] as const)
    test(`of a process that ${what} nothing is said`, () => {
      const { seen, status } = runWithModules(
        path,
        `${seeOff}def child():\n    os.setsid()\n    ${child}\nprint(json.dumps(see(child)))`,
      ) as Sight;
      assert.equal([seen, status], [null, 4 << 8]);
    });

  test("of a process that nobody of its user may look at nothing is said", () => {
    if (process.getuid?.() === 0) {
      // Its files would be root's either way.
      const hidden = runWithModules(
        path,
        `${seeOff}os.setgid(65534); os.setuid(65534)\nprint(json.dumps(see(lambda: os._exit(4), lambda: hardening.set_dumpable(0))))`,
      ) as Sight;
      assert.equal([hidden.seen, hidden.status], [null, 4 << 8]);
    }
  });

  test("a process that closes itself to others after the look at it cannot pass for one that went well", () => {
    const { seen, status } = runWithModules(
      path,
      `${seeOff}if os.getuid() == 0: os.setgid(65534); os.setuid(65534)
print(json.dumps(see(lambda: (hardening.set_dumpable(0), os._exit(4)))))`,
    ) as Sight;
    assert.is(status, 4 << 8);
    assert.ok(seen === status || seen === null, String(seen));
  });

  test("whether it left alone is asked once nothing is left that could start more", () => {
    const acts = runWithModules(
      path,
      `${withAnyFaults}acts = []
leaving.processes.others = lambda *_, **__: acts.append("look") or []
# A busy machine may be late with the exit.
for _ in range(10):
    if see(lambda: os._exit(0), end_others=lambda: acts.append("end"))["seen"] is not None: break
print(json.dumps(acts))`,
    );
    assert.equal(acts, ["end", "look"]);
  });

  test("a waiting supervisor tells how code ended", async () => {
    for (const [code, status, exitCode] of [
      ["result = 1", "ok", 0],
      ["import sys; sys.exit(3)", "error", 3],
      ["1 / 0", "error", 1],
    ] as const) {
      const { outcome, report } = await attempt(code);
      assert.equal([outcome?.status, report.exitCode, report.signal], [status, exitCode, null], code);
    }
  });

  test("a waiting supervisor counts memory and CPU time of code and of what that started", async () => {
    const touch = "b = bytearray(96 * 1024 * 1024)\nfor at in range(0, len(b), 4096): b[at] = 1\n";
    const alone = await attempt(touch);
    const started = await attempt(
      `import subprocess, sys\nsubprocess.run([sys.executable, "-c", ${JSON.stringify(touch)}], check=True)`,
    );
    for (const { report } of [alone, started]) {
      assert.ok(report.maxRssBytes >= 96 * mib, String(report.maxRssBytes));
      assert.ok(report.userCpuMs + report.systemCpuMs > 1);
    }
  });

  test("a waiting supervisor ends what the code left running", async () => {
    const { report, outcome } = await attempt(readProgram("leave-children.py"));
    assert.is(outcome?.status, "ok");
    assert.is(report.exitCode, 0);
  });

  test("code that closes its output goes on, and its own end counts", async () => {
    const { outcome, report } = await attempt(
      "import os, time; os.closerange(0, 256); time.sleep(0.5); os._exit(9)",
    );
    assert.equal([outcome, report.exitCode], [null, 9]);
    assert.ok(report.wallMs >= 250);
  });

  test("code that puts another file in the place of each descriptor that can be read ends all the same", async () => {
    const { outcome, report } = await attempt(
      "import fcntl, os\nr, w = os.pipe()\nfor fd in range(3, 64):\n    try: reads = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY\n    except OSError: continue\n    if reads and fd != r: os.dup2(r, fd)\n",
    );
    assert.equal([outcome?.status, report.exitCode], ["ok", 0]);
  });

  test.run();
}
