import * as assert from "uvu/assert";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import { readProgram, type Trial, tryCode } from "../../../support/supervisor.ts";

/** A program that must end well: what it must leave. */
interface Case {
  readonly that: string;
  readonly code: string;
  readonly result?: unknown;
  readonly stdout?: string;
  readonly stderr?: RegExp;
}

const cases: readonly Case[] = [
  { that: "returns values", code: "result = {'a': [1, 2.5, None, 'x']}", result: { a: [1, 2.5, null, "x"] } },
  { that: "is the main module", code: "if __name__ == '__main__': result = __file__", result: "main.py" },
  { that: "sees its name in argv", code: "import sys; result = sys.argv", result: ["main.py"] },
  { that: "ends by sys.exit()", code: "import sys; result = 1; sys.exit()", result: 1 },
  { that: "ends by sys.exit(0)", code: "import sys; result = 1; sys.exit(0)", result: 1 },
  { that: "ends by exit code False", code: "result = 1; raise SystemExit(False)", result: 1 },
  {
    that: "defines dataclasses with late types",
    code: readProgram("dataclass.py"),
    result: "Point(x=1, y=2)",
  },
  { that: "resolves type hints", code: readProgram("type-hints.py"), result: "int" },
  {
    that: "shows the source of its functions",
    code: readProgram("own-source.py"),
    result: "def f():\n    return 6 * 7\n",
  },
  { that: "pickles its own classes", code: readProgram("pickle-own-class.py"), result: 3 },
  { that: "reads an empty stdin", code: readProgram("read-input.py"), result: "EOFError, ''" },
  { that: "uses multiprocessing", code: readProgram("pool.py"), result: [0, 1, 4, 9] },
  { that: "waits for its threads", code: readProgram("threads.py"), result: "late", stdout: "end\nthread\n" },
  { that: "does not wait for daemon threads", code: readProgram("daemon-thread.py"), result: 1 },
  { that: "survives sys.exit in a thread", code: readProgram("exit-in-thread.py"), result: 1 },
  {
    that: "runs exit handlers last",
    code: readProgram("at-exit.py"),
    result: 1,
    stdout: "end\nsecond\nfirst\n",
  },
  {
    that: "survives a bad exit handler",
    code: "import atexit; atexit.register(lambda: 1 / 0); result = 1",
    result: 1,
    stderr: /ZeroDivisionError/,
  },
  { that: "forks and goes on twice", code: readProgram("fork-on.py"), result: "parent" },
  {
    that: "has a fork that fails by itself",
    code: readProgram("failing-fork.py"),
    result: "parent",
    stderr: /^Traceback.*main\.py", line 5.*ValueError: of the fork\n$/s,
  },
  { that: "may close all that it did not open", code: "import os; os.close(0); result = 1", result: 1 },
  { that: "may replace stdout by nothing", code: "import sys; sys.stdout = None; result = 1", result: 1 },
  {
    that: "may close stdout",
    code: "import sys; print('a'); sys.stdout.close(); result = 1",
    result: 1,
    stdout: "a\n",
  },
  { that: "may change folder", code: "import os; os.chdir('/'); result = os.getcwd()", result: "/" },
  {
    that: "runs in a session of its own",
    code: "import os; result = os.getsid(0) == os.getpid() != os.getppid()",
    result: true,
  },
  {
    that: "has no core dumps and few files",
    code: "import resource as r; result = [r.getrlimit(r.RLIMIT_CORE)[1], r.getrlimit(r.RLIMIT_NOFILE)[1]]",
    result: [0, 256],
  },
  {
    that: "is the memory killer's first choice",
    code: "result = int(open('/proc/self/oom_score_adj').read())",
    result: 1000,
  },
  {
    that: "cannot import the supervisor",
    code: readProgram("import-supervisor.py"),
    result: "ModuleNotFoundError",
  },
];

function check(trial: Trial, { result, stdout, stderr }: Case): void {
  assert.is(trial.outcome?.exception ?? null, null, trial.outcome?.exception?.traceback);
  assert.is(trial.outcome?.status, "ok");
  assert.equal(JSON.parse(JSON.stringify(trial.values.result)), result);
  assert.is(trial.report.exitCode, 0);
  if (stdout !== undefined) assert.is(trial.stdout, stdout);
  if (stderr === undefined) assert.is(trial.stderr, "");
  else assert.match(trial.stderr, stderr);
}

for (const { path, version } of findPythons()) {
  const test = suite(`code in its child, Python ${version}`);

  for (const each of cases) {
    test(`code ${each.that}`, async () => check(await tryCode(each.code, { python: path }), each));
  }

  test("a file that was never closed is written out all the same", async () => {
    const { artifacts } = await tryCode(readProgram("unclosed-files.py"), { python: path });
    assert.equal(
      [...artifacts].map(([name, bytes]) => `${name}: ${bytes}`),
      ["global.txt: kept", "nested.txt: kept"],
    );
  });

  test("names that the code did not define are listed", async () => {
    const { outcome, values } = await tryCode("b = 2", { python: path, returns: ["a", "b", "c"] });
    assert.equal(outcome?.missing, ["a", "c"]);
    assert.equal({ ...values }, { b: 2 });
  });

  test("a module is no value, so `import signal` defines no signal", async () => {
    const { outcome, values } = await tryCode("import signal; result = 1", {
      python: path,
      returns: ["signal", "result"],
    });
    assert.equal(outcome?.missing, ["signal"]);
    assert.equal({ ...values }, { result: 1 });
  });

  test("leaving early by os._exit(0) is no good end", async () => {
    const { outcome, report } = await tryCode("import os; result = 1; os._exit(0)", { python: path });
    assert.is(outcome, null);
    assert.is(report.exitCode, 0);
  });

  test("a crash is reported with its signal", async () => {
    const { outcome, report } = await tryCode("import os, signal; os.kill(os.getpid(), 11)", {
      python: path,
    });
    assert.is(outcome, null);
    assert.equal([report.exitCode, report.signal], [null, 11]);
  });

  test.run();
}
