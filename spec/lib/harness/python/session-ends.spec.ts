import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { type CellTrials, withCells } from "../../../support/cell-trials.ts";
import { eventually } from "../../../support/eventually.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import { encodeTrial } from "../../../support/supervisor.ts";

const hangUp = 3;
const noChild = 67;

for (const { path, version } of findPythons()) {
  const test = suite(`a session between its cells and at its end, Python ${version}`);
  const session = (body: (cells: CellTrials) => Promise<void>): Promise<void> =>
    withCells({ python: path }, body);

  test("is not thrown by handlers that raise while no cell runs", () =>
    session(async ({ run }) => {
      await run(
        "import signal\nsignal.signal(signal.SIGALRM, lambda *_: 1 / 0)\nsignal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)",
      );
      await delay(500);
      const { values, report } = await run("signal.setitimer(signal.ITIMER_REAL, 0)\nresult = 1");
      assert.ok(report.isKept);
      assert.ok(values.result === 1 || values.result === undefined);
      assert.is((await run("signal.setitimer(signal.ITIMER_REAL, 0)\nresult = 2")).values.result, 2);
    }));

  test("does not let a copy of the interpreter speak for it", () =>
    session(async ({ run }) => {
      const { values, stdout, report } = await run(
        "import os\npid = os.fork()\nif pid == 0:\n    print('copy', flush=True)\nelse:\n    os.waitpid(pid, 0)\nresult = 'copy' if pid == 0 else 'own'",
      );
      assert.equal([values.result, stdout, report.isKept], ["own", "copy\n", true]);
      assert.is((await run("result = 1")).values.result, 1);
    }));

  test("a false word that a cell is over ends no later one", () =>
    session(async ({ run }) => {
      // Of the descriptors that the child has, the last one made is the one on which it says so.
      const forge = [
        "import os, threading, time",
        "pipes = [number for number in range(3, 50) if os.path.exists('/proc/self/fd/%d' % number)]",
        "last = max(number for number in pipes if os.readlink('/proc/self/fd/%d' % number)[:4] == 'pipe')",
        "def speak():",
        "    time.sleep(0.1)",
        "    os.write(last, b'DDD')",
        "thread = threading.Thread(target=speak)",
        "thread.start()",
      ].join("\n");
      assert.is((await run(forge)).report.isKept, true);
      await delay(300);
      const { values } = await run("time.sleep(0.1)\nresult = thread.is_alive()");
      assert.is(values.result, false);
    }));

  test("ends where the interpreter ends between two cells", () =>
    session(async ({ run, supervisor }) => {
      await run("import os, threading\nthreading.Timer(0.1, os._exit, [1]).start()");
      assert.is(await supervisor.exited, noChild);
      assert.match(supervisor.complaints(), /ended between two cells/);
    }));

  test("ends with all that it started where stdin ends, between cells and in one", async () => {
    for (const code of ["", "import time\nopen('up', 'w').close()\ntime.sleep(60)"])
      await session(async ({ run, supervisor }) => {
        const { values } = await run("import os\nresult = os.getpid()");
        if (code !== "") {
          supervisor.process.stdin.write(encodeTrial(code));
          await eventually(() => existsSync(join(supervisor.root, "up")));
        }
        supervisor.process.stdin.end();
        assert.is(await supervisor.exited, hangUp);
        await eventually(() => !existsSync(`/proc/${values.result}`));
      });
  });

  test("ends where a job is cut, or something follows it while it runs", async () => {
    for (const bytes of [
      encodeTrial("result = 1", { inputs: [new Uint8Array(100)] }).subarray(0, -50),
      Buffer.concat([encodeTrial("import time; time.sleep(60)"), Buffer.from("x")]),
    ])
      await session(async ({ run, supervisor }) => {
        await run("pass");
        supervisor.process.stdin.write(bytes);
        if (bytes.at(-1) !== 120) supervisor.process.stdin.end();
        assert.is(await supervisor.exited, hangUp);
      });
  });

  test("makes its folders anew where a cell removed them", () =>
    session(async ({ run, supervisor: { root } }) => {
      await run("import shutil\nshutil.rmtree('in')\nshutil.rmtree('out')");
      const { values } = await run("result = open('in/a').read()", { files: { a: "A" } });
      assert.is(values.result, "A");
      mkdirSync(join(root, "out", "x"));
      writeFileSync(join(root, "out", "x", "y"), "z");
      assert.equal([...(await run("pass")).artifacts.keys()], ["x/y"]);
    }));

  test.run();
}
