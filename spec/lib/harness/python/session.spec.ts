import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { encodeValues } from "../../../../lib/values/encode.ts";
import { type CellTrials, withCells } from "../../../support/cell-trials.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import type { Trial } from "../../../support/supervisor.ts";

/** Cells after which the interpreter goes on, and what the next cell finds. */
const kept: readonly { readonly that: string; readonly code: string; readonly after: string }[] = [
  { that: "raised", code: "x = 1; 1 / 0", after: "result = x == 1" },
  { that: "asked to exit", code: "import sys; x = 1; sys.exit(3)", after: "result = x == 1" },
  { that: "is no Python", code: "x = = 1", after: "result = 'x' not in globals()" },
  { that: "returned too much", code: "result = 'x' * 20_000_000", after: "result = len(result) > 1" },
  { that: "returned what is no data", code: "result = print", after: "result = result is print" },
  {
    that: "changed its modules",
    code: "import sys, os\nsys.modules['made'] = os\nsys.modules.pop('posixpath')\nsys.path.append('/x')",
    after: "import sys, made\nresult = made.__name__ == 'os' and sys.path[-1] == '/x'",
  },
  {
    that: "emptied the list of modules",
    code: "import sys\nsys.modules.clear()",
    after: "import json\nresult = json.loads('true')",
  },
  {
    that: "changed builtins",
    code: "import builtins\nbuiltins.len = lambda _: 42\nbuiltins.mine = 7",
    after: "result = len('abc') == 42 and mine == 7",
  },
  {
    that: "replaced the main module",
    code: "import sys\nx = 1\nsys.modules['__main__'] = None",
    after: "import __main__\nresult = __main__.x == 1 and __name__ == '__main__'",
  },
  {
    that: "closed its streams",
    code: "import sys, os\nsys.stdout.close()\nos.close(1)\nos.close(2)\nsys.stdout = None",
    after: "result = True",
  },
  {
    that: "left tracers",
    code: "import sys, threading\nsys.settrace(lambda *_: 1 / 0)\nsys.setprofile(lambda *_: 1 / 0)",
    after: "import sys\nresult = sys.gettrace() is None and sys.getprofile() is None",
  },
  {
    that: "left a class that others pickle",
    code: "class Point:\n    x = 5",
    after: "import pickle\nresult = pickle.loads(pickle.dumps(Point())).x == 5",
  },
  {
    that: "left an exit handler",
    code: "import atexit\natexit.register(print, 'never')",
    after: "result = True",
  },
  {
    that: "left links in its folders",
    code: "import os, shutil\nshutil.rmtree('out'); os.symlink('/etc', 'out')\nshutil.rmtree('in'); os.symlink('/nowhere', 'in')",
    after: "result = True",
  },
];

/** Cells that end the interpreter, and how that is told. */
const forced: readonly {
  readonly that: string;
  readonly code: string;
  readonly told: Partial<Trial["report"]>;
}[] = [
  { that: "runs too long", code: "while True: pass", told: { cause: "timeout", signal: 9 } },
  {
    that: "stops itself",
    code: "import os; os.kill(os.getpid(), 19)",
    told: { cause: "timeout", signal: 9 },
  },
  {
    that: "prints too much",
    code: "while True: print('x' * 1000)",
    told: { cause: "output-limit", limit: "stdout" },
  },
  { that: "leaves its process", code: "import os; os._exit(5)", told: { cause: null, exitCode: 5 } },
  { that: "kills its process", code: "import os; os.kill(os.getpid(), 9)", told: { cause: null, signal: 9 } },
  {
    that: "closes all descriptors",
    code: "import os; os.closerange(0, 100)",
    told: { cause: null, exitCode: 70 },
  },
];

for (const { path, version } of findPythons()) {
  const test = suite(`the supervisor of a session, Python ${version}`);
  const session = (body: (cells: CellTrials) => Promise<void>): Promise<void> =>
    withCells({ python: path }, body);
  const limits = { timeoutMs: 1500, stdoutBytes: 100_000, resultBytes: 1_000_000 };

  test("keeps what cells define, and tells of each cell alone", () =>
    session(async ({ run }) => {
      const first = await run("print('one')\nx = 1\nresult = x");
      assert.equal([first.stdout, first.values.result, first.report.isKept], ["one\n", 1, true]);
      assert.equal([first.report.exitCode, first.report.signal], [null, null]);
      const second = await run("x += 1\nresult = x", { returns: ["result", "y"] });
      assert.equal([second.stdout, second.values.result, second.outcome?.missing], ["", 2, ["y"]]);
    }));

  test("takes inputs of any size, and files over those that are there", () =>
    session(async ({ run, supervisor: { root } }) => {
      const inputs = encodeValues({ data: new Uint8Array(5_000_000).fill(7) });
      const files = { "a.txt": "one", "b/c.bin": Buffer.alloc(3_000_000, 1) };
      const first = await run("result = [len(data), data[-1]]", { inputs, files });
      assert.equal(first.values.result, [5_000_000, 7]);
      const read = `result = [open('${root}/in/' + name).read(3) for name in ('a.txt', 'b/d')] + [len(data)]`;
      const second = await run(read, { files: { "a.txt": "two", "b/d": "new" } });
      assert.equal(second.values.result, ["two", "new", 5_000_000]);
    }));

  test("tells the code why its files could not be written, and goes on", () =>
    session(async ({ run }) => {
      await run("open('in/a', 'w').close()");
      const files = { "a/b": Buffer.alloc(2_000_000), c: "c" };
      const second = await run("result = 1", { files });
      assert.match(second.outcome?.exception?.type ?? "", /^(NotADirectoryError|FileExistsError)$/);
      assert.is((await run("result = 2")).values.result, 2);
    }));

  test("gives back what a cell wrote, and not again with the next", () =>
    session(async ({ run }) => {
      const deep =
        "import os\nfor _ in range(1100):\n    os.mkdir('d'); os.chdir('d')\nos.chdir(os.environ['TMPDIR'])";
      const first = await run(`import os\nopen('out/a', 'w').write('A')\nos.chdir('out')\n${deep}`);
      assert.equal([...first.artifacts.keys()], ["a"]);
      const second = await run("import os\nopen('out/b', 'w').write('B')\nresult = os.listdir('out')");
      assert.equal([[...second.artifacts.keys()], second.values.result], [["b"], ["b"]]);
    }));

  test("shows the lines of earlier cells in tracebacks", () =>
    session(async ({ run }) => {
      await run("def f():\n    return 1 / 0", { fileName: "cell-1.py" });
      await run("def f2():\n    f()  # of the second", { fileName: "cell-2.py" });
      const { outcome } = await run("f2()", { fileName: "cell-3.py" });
      assert.match(
        outcome?.exception?.traceback ?? "",
        /cell-2.py", line 2, in f2\n.*f\(\) {2}# of the second\n/,
      );
      assert.match(outcome?.exception?.traceback ?? "", /cell-1.py", line 2, in f\n.*return 1 \/ 0\n/);
      assert.is(outcome?.exception?.line, 1);
    }));

  test("tells what the audit hook saw in each cell, with the line in that cell", () =>
    session(async ({ run }) => {
      const audit = "deny";
      const first = await run("import os\ntry: os.system('a')\nexcept OSError: pass", {
        audit,
        fileName: "one.py",
      });
      assert.equal(
        first.outcome?.auditEvents.map(({ event, line }) => [event, line]),
        [["os.system", 2]],
      );
      const second = await run("result = 1", { audit, fileName: "two.py" });
      assert.equal([second.outcome?.auditEvents, second.values.result], [[], 1]);
      const third = await run("\n\nos.system('b')", { audit, fileName: "three.py" });
      assert.equal(
        third.outcome?.auditEvents.map(({ detail, line }) => [detail, line]),
        [["b", 3]],
      );
      assert.is(third.outcome?.exception?.type, "PermissionError");
    }));

  for (const { that, code, after } of kept)
    test(`goes on after a cell that ${that}`, () =>
      session(async ({ run }) => {
        assert.is((await run(code, { limits })).report.isKept, true);
        const next = await run(after, { limits });
        assert.is(next.outcome?.exception?.traceback ?? "", "");
        assert.equal([next.values.result, next.report.isKept], [true, true]);
      }));

  for (const { that, code, told } of forced)
    test(`ends with a cell that ${that}`, () =>
      session(async ({ run, supervisor }) => {
        await run("x = 1");
        const { report } = await run(code, { limits });
        assert.equal(
          Object.fromEntries(Object.keys(told).map((key) => [key, report[key as keyof typeof report]])),
          told,
        );
        assert.is(report.isKept, false);
        assert.is(await supervisor.exited, 0);
      }));

  test("counts the CPU time of a cell, and ends the one that has used it up", () =>
    session(async ({ run }) => {
      const busy = "import time\nuntil = time.process_time() + 0.3\nwhile time.process_time() < until: pass";
      const cpuTimeMs = 1000;
      for (let cell = 0; cell < 4; cell++) {
        const { report } = await run(busy, { limits: { cpuTimeMs } });
        assert.ok(report.isKept && report.userCpuMs + report.systemCpuMs >= 250, JSON.stringify(report));
      }
      const { report } = await run("while True: pass", { limits: { cpuTimeMs } });
      assert.equal([report.cause, report.isKept], ["cpu-timeout", false]);
      assert.ok(report.userCpuMs + report.systemCpuMs >= cpuTimeMs);
    }));

  test("tells the peak of memory of each cell, not of those before", () =>
    session(async ({ run }) => {
      const large = await run("x = bytearray(200_000_000)\ndel x");
      const small = await run("pass");
      assert.ok(large.report.maxRssBytes > 200_000_000, `${large.report.maxRssBytes}`);
      assert.ok(small.report.maxRssBytes < 150_000_000, `${small.report.maxRssBytes}`);
    }));

  test("ends the processes that a cell leaves, and lets its threads go on", () =>
    session(async ({ run, supervisor: { root } }) => {
      const code = [
        "import subprocess, sys, threading, time",
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
        "ticks = []",
        "def tick():",
        "    while True:",
        "        ticks.append(1)",
        "        time.sleep(0.01)",
        "threading.Thread(target=tick).start()",
        "open('pid', 'w').write(str(child.pid))",
      ].join("\n");
      assert.is((await run(code)).report.isKept, true);
      const pid = readFileSync(join(root, "pid"), "utf8");
      // Its parent may never ask for it.
      assert.ok(!existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
      const { values } = await run(
        "before = len(ticks)\ntime.sleep(0.3)\nresult = [len(ticks) > before, child.wait()]",
      );
      assert.equal(values.result, [true, -9]);
    }));

  test("gives what threads write between cells to the next, at most what a pipe holds until then", () =>
    session(async ({ run }) => {
      const code = [
        "import threading, time",
        "def late():",
        "    time.sleep(0.2)",
        "    for _ in range(100_000): print('late', flush=True)",
        "thread = threading.Thread(target=late, daemon=True)",
        "thread.start()",
      ].join("\n");
      const first = await run(code);
      assert.is(first.stdout, "");
      await delay(600);
      const second = await run("result = thread.is_alive()");
      assert.is(second.values.result, true);
      assert.match(second.stdout, /^late\nlate\n/);
      const third = await run("thread.join()", { limits: { stdoutBytes: 10_000 } });
      assert.equal(
        [third.report.cause, third.report.limit, third.report.isKept],
        ["output-limit", "stdout", false],
      );
    }));

  test.run();
}
