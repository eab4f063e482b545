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

/** Forks a process that does something and then stops, and tells what is said of it then and what its parent's wait says in the end. */
const seeOff = `
import os, resource, signal, subprocess, threading, time
import brigbox_leaving as leaving
stop = lambda: os.kill(os.getpid(), signal.SIGSTOP)
def spin(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until: pass
def see(act=lambda: None, then=lambda: None, between=lambda pid: None, memory=64):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        pages = bytearray(memory * 1024 * 1024)
        for at in range(0, len(pages), 4096):
            pages[at] = 1
        act()
        stop()
        then()
        os._exit(4)
    _, status, used = os.wait4(pid, os.WUNTRACED)
    stopped = leaving.Stop(pid, used)
    time.sleep(0.01)
    between(pid)
    is_seen = leaving.is_still_and_alone(stopped)
    os.kill(pid, signal.SIGCONT)
    _, status, usage = os.wait4(pid, 0)
    return {
        "isSeen": is_seen, "status": status, "peak": used.ru_maxrss / usage.ru_maxrss,
        "left": usage.ru_utime + usage.ru_stime - used.ru_utime - used.ru_stime,
        "used": used.ru_utime + used.ru_stime,
    }
def go_on(pid):
    os.kill(pid, signal.SIGCONT)
    os.waitpid(pid, os.WUNTRACED)
`;

/** The states of a process's children, as /proc/PID/stat tells them. */
function childStates(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((child) => child !== "")
    .map((child) => readFileSync(`/proc/${child}/stat`, "utf8").split(") ")[1]?.[0] ?? "?");
}

interface Sight {
  readonly isSeen: boolean;
  readonly status: number;
  /** What was told at the stop, of what the wait told in the end. */
  readonly peak: number;
  /** CPU seconds until the stop, and from then on. */
  readonly used: number;
  readonly left: number;
}

for (const { path, version } of findPythons()) {
  const test = suite(`the end of the code's process, Python ${version}`);
  const attempt = (code: string, options: TrialOptions = {}) =>
    tryCode(code, { ...options, python: path, isAhead: true });

  const see = (call: string) =>
    runWithModules(path, `${seeOff}sight = ${call}\nprint(json.dumps(sight))`) as Sight;

  test("at its stop the kernel tells its peak of memory, and its CPU time less what the end still needs", () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const { isSeen, status, peak, left } = see("see()");
      assert.equal([isSeen, status], [true, 4 << 8]);
      assert.ok(Math.abs(peak - 1) < 0.05, String(peak));
      assert.ok(left >= 0 && left < 0.05, String(left));
    }
  });

  for (const [what, call] of [
    ["it waited for", `see(lambda: subprocess.run([sys.executable, "-c", WORK], check=True), memory=1)`],
    [
      "it became",
      `see(then=None, act=lambda: os.execv(sys.executable, [sys.executable, "-c", WORK + STOP]), memory=1)`,
    ],
  ] as const)
    test(`what ${what} counts`, () => {
      const work = "b = bytearray(96 << 20)\nfor at in range(0, len(b), 4096): b[at] = 1\n";
      const end = "import os\nos.kill(os.getpid(), 19)\nos._exit(4)\n";
      const { isSeen, status, peak, used } = runWithModules(
        path,
        `${seeOff}WORK, STOP = ${JSON.stringify(work)}, ${JSON.stringify(end)}\nprint(json.dumps(${call}))`,
      ) as Sight;
      assert.equal([isSeen, status], [true, 4 << 8]);
      assert.ok(Math.abs(peak - 1) < 0.05, String(peak));
      assert.ok(used > 0.01, String(used));
    });

  for (const [what, call] of [
    ["leaves another one running", "see(lambda: os.fork() or (time.sleep(0.3), os._exit(0)))"],
    [
      "never asked for a dead one of its own",
      "see(lambda: os.waitid(os.P_PID, os.fork() or os._exit(0), os.WEXITED | os.WNOWAIT))",
    ],
    ["worked on since its stop", "see(then=lambda: (spin(0.05), stop()), between=go_on)"],
    [
      "worked on since its stop for less than those it had waited for",
      'see(lambda: subprocess.run([sys.executable, "-c", "sum(range(10**7))"]), then=lambda: (spin(0.02), stop()), between=go_on)',
    ],
    [
      "is awake",
      "see(then=lambda: time.sleep(0.3), between=lambda pid: (os.kill(pid, signal.SIGCONT), time.sleep(0.05)))",
    ],
    ["is not alone among the kernel's tasks", "(setattr(leaving.cgroup, 'tasks', lambda: 3), see())[1]"],
    [
      "has a dead one beside it that this kernel does not count",
      `(setattr(leaving, "_ARE_DEAD_COUNTED", False), setattr(leaving.cgroup, "tasks", lambda: 2),
        see(lambda: os.waitid(os.P_PID, os.fork() or os._exit(0), os.WEXITED | os.WNOWAIT)))[2]`,
    ],
    ["cannot be listed", "(setattr(leaving.processes, 'everyone', lambda: []), see())[1]"],
    [
      "wakes while others are looked for",
      "(setattr(leaving, '_clock', lambda _, clock=iter([0.0, 0.1]): next(clock)), see())[1]",
    ],
    ["has no clock that can be read", "(setattr(leaving, '_clock', lambda _: None), see())[1]"],
  ] as const)
    test(`of a process that ${what} nothing is believed`, () => {
      const { isSeen, status } = see(call);
      assert.equal([isSeen, status], [false, 4 << 8]);
    });

  test("where the kernel counts the dead, too, the number of tasks is enough", () => {
    const { isSeen } = see(
      "(setattr(leaving, '_ARE_DEAD_COUNTED', True), setattr(leaving.cgroup, 'tasks', lambda: 2), setattr(leaving.processes, 'everyone', None), see())[3]",
    );
    assert.is(isSeen, true);
  });

  test("which kernels count the dead is known", () => {
    const releases = ["5.2.0", "5.10.0-26-amd64", "6.1", "5.1.21", "4.4.0", "3", "odd"];
    const program = `${seeOff}
def ask(release):
    leaving.os = types.SimpleNamespace(uname=lambda: types.SimpleNamespace(release=release))
    return leaving._release() >= leaving._COUNTS_DEAD
print(json.dumps([ask(release) for release in ${JSON.stringify(releases)}]))`;
    assert.equal(runWithModules(path, program), [true, true, true, false, false, false, false]);
  });

  test("whether this kernel shows enough is found out", () => {
    const ask = (change: string) =>
      runWithModules(path, `${seeOff}${change}\nprint(json.dumps(leaving.can_be_seen()))`);
    assert.is(ask(""), true);
    assert.is(ask("leaving._clock = lambda _: None"), false);
    assert.is(ask("leaving.signal = types.SimpleNamespace(SIGSTOP=19, SIGKILL=9)"), false);
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

  test("code that stops itself, and is woken by what it started, goes on", async () => {
    const { outcome, report } = await attempt(
      "import os, signal, time\nown = os.getpid()\nif os.fork() == 0:\n    time.sleep(0.2); os.kill(own, signal.SIGCONT); os._exit(0)\nos.kill(own, signal.SIGSTOP)\nos.wait()\nresult = 1",
    );
    assert.equal([outcome?.status, report.exitCode], ["ok", 0]);
    assert.ok(report.wallMs >= 150, String(report.wallMs));
  });

  test("code that stops itself for good is timed out", async () => {
    const { report } = await attempt("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", {
      limits: { timeoutMs: 400 },
    });
    assert.is(report.cause, "timeout");
  });

  test("code that says its farewell by itself ends with what it said", async () => {
    const { report } = await attempt(readProgram("own-farewell.py"));
    assert.equal([report.exitCode, report.signal, report.cause], [7, null, null]);
  });

  test("code whose output another process holds is let go", async () => {
    const { outcome, report } = await attempt(
      "import os, time\nif os.fork() == 0:\n    time.sleep(60); os._exit(0)\nresult = 1",
    );
    assert.equal([outcome?.status, report.exitCode], ["ok", 0]);
    assert.ok(report.wallMs < 20_000, String(report.wallMs));
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
