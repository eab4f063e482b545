/** The end of the code's process, seen before the kernel has cleaned up after it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import {
  encodeTrial,
  readProgram,
  startSupervisor,
  type TrialOptions,
  tryCode,
} from "../../../support/supervisor.ts";

const mib = 1024 ** 2;

/** Runs a program that has the supervisor's modules for this at hand, and prints JSON. */
function runWithModules(python: string, program: string): unknown {
  const modules = ["hardening", "processes", "cgroup", "leaving"].map((name) => {
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

/** Forks a process that does something and then sleeps, sees it off, and tells what was seen and what its parent's wait says. */
const seeOff = `
import resource, _ctypes
import brigbox_hardening as hardening, brigbox_leaving as leaving
def see(act=lambda: None, code=4, sleep=lambda held: os.read(held, 1), memory=64):
    ready, told = os.pipe()
    held, holds = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(holds)
        os.setsid()
        pages = bytearray(memory * 1024 * 1024)
        for at in range(0, len(pages), 4096):
            pages[at] = 1
        act()
        os.write(told, b"x")
        sleep(held)
        os._exit(code)
    os.read(ready, 1)
    seen = leaving.see_off(pid, code)
    os.close(holds)
    _, status, usage = os.wait4(pid, 0)
    return {
        "seen": None if seen is None else seen.status, "status": status,
        "peak": None if seen is None else seen.peak_rss_kib / usage.ru_maxrss,
        "cpu": None if seen is None else sum(seen.cpu_seconds) - usage.ru_utime - usage.ru_stime,
    }
`;

/** The states of a process's children, as /proc/PID/stat tells them. */
function childStates(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((child) => child !== "")
    .map((child) => readFileSync(`/proc/${child}/stat`, "utf8").split(") ")[1]?.[0] ?? "?");
}

interface Sight {
  readonly seen: number | null;
  readonly status: number;
  readonly peak: number | null;
  readonly cpu: number | null;
}

for (const { path, version } of findPythons()) {
  const test = suite(`the end of the code's process, Python ${version}`);
  const attempt = (code: string, options: TrialOptions = {}) =>
    tryCode(code, { ...options, python: path, isAhead: true });

  test("what a process says it will leave with is its status, as the parent's wait tells it", () => {
    const sights = runWithModules(
      path,
      `${seeOff}print(json.dumps([see(code=code, memory=1) for code in (0, 1, 4, 255)]))`,
    ) as Sight[];
    for (const { seen, status } of sights) assert.is(seen, status);
  });

  test("its peak of memory is what the wait tells, and its CPU time less what the end still needs", () => {
    const sights = runWithModules(path, `${seeOff}print(json.dumps([see() for _ in range(5)]))`) as Sight[];
    for (const { peak, cpu } of sights) {
      assert.ok(peak !== null && Math.abs(peak - 1) < 0.05, String(peak));
      // The wait tells whole microseconds.
      assert.ok(cpu !== null && cpu < 0.0001 && cpu > -0.05, String(cpu));
    }
  });

  const spin = "lambda _: any(iter(lambda: time.process_time() > until, True))";
  for (const [what, call] of [
    ["does not sleep", `until = time.process_time() + 0.2; sight = see(sleep=${spin})`],
    ["has ended already", "sight = see(lambda: None, sleep=lambda _: None); time.sleep(0.1)"],
    ["stopped itself", "sight = see(sleep=lambda held: (later(), os.kill(os.getpid(), 19)))"],
    ["has ended a process of its own before", "sight = see(lambda: subprocess.run(['true']))"],
    ["leaves another one running", "sight = see(lambda: os.fork() or (time.sleep(0.3), os._exit(0)))"],
    [
      "never asked for a dead one of its own",
      "sight = see(lambda: os.waitid(os.P_PID, os.fork() or os._exit(0), os.WEXITED | os.WNOWAIT))",
    ],
    [
      "has become another program",
      "sight = see(sleep=lambda held: os.execv('/bin/sh', ['sh', '-c', 'sleep 0.3; exit 4']))",
    ],
    [
      "has a thread",
      "sight = see(lambda: threading.Thread(target=time.sleep, args=[0.3], daemon=True).start())",
    ],
    [
      "is not alone among the kernel's tasks",
      "leaving.cgroup.tasks, leaving._TASKS = (lambda: 3), 2; sight = see()",
    ],
    ["cannot be listed", "leaving.processes.everyone = lambda: []; sight = see()"],
    [
      "is counted among tasks that are not told any more",
      "leaving._TASKS = 2; leaving.cgroup.tasks = lambda: None; sight = see()",
    ],
    [
      "wakes while others are looked for",
      "clock = iter([1.0, 1.1]); leaving._clock = lambda _: next(clock); sight = see()",
    ],
  ] as const)
    test(`of a process that ${what} nothing is said`, () => {
      const { seen, status } = runWithModules(
        path,
        `${seeOff}import subprocess, threading, time
def later(pid=None):
    pid = os.getpid()
    if os.fork() == 0:
        os.setsid(); time.sleep(0.2); os.kill(pid, 18); os._exit(0)
${call}
print(json.dumps(sight))`,
      ) as Sight;
      assert.equal([seen, status], [null, 4 << 8]);
    });

  test("of one that is alone among the kernel's tasks all is said", () => {
    const { seen } = runWithModules(
      path,
      `${seeOff}leaving.cgroup.tasks, leaving._TASKS = (lambda: 2), 2\nprint(json.dumps(see()))`,
    ) as Sight;
    assert.is(seen, 4 << 8);
  });

  test("whether this kernel shows enough is found out", () => {
    assert.is(runWithModules(path, `${seeOff}print(json.dumps(leaving.can_be_seen()))`), true);
    assert.is(
      runWithModules(
        path,
        `${seeOff}leaving._clock = lambda _: None\nprint(json.dumps(leaving.can_be_seen()))`,
      ),
      false,
    );
  });

  test("a process that was seen off never runs again", async () => {
    const states = new Set<string>();
    for (let attempts = 0; attempts < 20 && !states.has("T"); attempts++) {
      const supervisor = startSupervisor({ python: path, isAhead: true });
      try {
        await supervisor.waitFor("ready");
        supervisor.process.stdin.write(encodeTrial("result = 1"));
        await supervisor.waitFor("report");
        for (const state of childStates(supervisor.process.pid ?? 0)) states.add(state);
      } finally {
        await supervisor.dispose();
      }
    }
    assert.equal([...states], ["T"]);
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
