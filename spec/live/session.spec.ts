import * as assert from "uvu/assert";
import { killContainer } from "../../engine-api/mod.ts";
import type { CellOptions } from "../../lib/session/options.ts";
import { createFrame } from "../../lib/values/frame.ts";
import type { RunStatus } from "../../lib/verdict.ts";
import { withSession } from "../support/live-session.ts";
import { suite } from "../support/suite.ts";

const test = suite("a session on a real Engine");

test("keeps globals, imports and files from cell to cell, with values both ways", () =>
  withSession({ policy: {}, preload: ["pandas"] }, async ({ session, containers }) => {
    const prices = createFrame({ columns: { close: new Float64Array([1, 2, 4]) } });
    const first = await session.run("import pandas as pd\nreturns = prices.pct_change().dropna()", {
      inputs: { prices },
    });
    assert.equal([first.status, first.values, first.isolation], ["ok", {}, "session"]);
    const second = await session.run("print('mean')\nresult = float(returns['close'].mean())");
    assert.equal([second.values.result, second.stdout], [1, "mean\n"]);
    assert.equal(
      [first.session, second.session].map((place) => place?.isFresh),
      [true, false],
    );
    assert.is(first.evidence.containerId, second.evidence.containerId);
    assert.equal(
      [second.evidence.start, second.cleanup, second.session?.stateLost],
      ["session", null, false],
    );
    assert.is((await containers()).length, 1);
  }));

test("files come in and stay; what a cell writes comes back once", () =>
  withSession({}, async ({ session }) => {
    await session.run("pass", { files: { "a.txt": "A" } });
    const second = await session.run(
      "open('/tmp/out/b.txt', 'w').write(open('/tmp/in/a.txt').read() + 'B')\nopen('/tmp/own', 'w').write('x')",
    );
    assert.equal(
      second.artifacts.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
      [["b.txt", "AB"]],
    );
    const third = await session.run(
      "import os\nresult = sorted(os.listdir('/tmp') + os.listdir('/tmp/out'))",
    );
    assert.equal([third.artifacts, third.values.result], [[], ["in", "out", "own"]]);
  }));

test("each cell is validated and watched, and an error of the code costs nothing", () =>
  withSession({ policy: {} }, async ({ session }) => {
    await session.run("x = 1");
    const refused = await session.run("import os");
    assert.equal([refused.status, refused.violations.length], ["rejected", 1]);
    const failed = await session.run("y = 1 / 0");
    assert.equal([failed.status, failed.exception?.line], ["error", 1]);
    assert.match(
      failed.exception?.traceback ?? "",
      /File "cell-3.py", line 1, in <module>\n {4}y = 1 \/ 0\n/,
    );
    assert.is((await session.run("result = x")).values.result, 1);
  }));

const forced: readonly {
  readonly name: string;
  readonly code: string;
  readonly options?: CellOptions;
  readonly status: RunStatus;
}[] = [
  { name: "runs too long", code: "while True: pass", options: { timeoutMs: 500 }, status: "timeout" },
  { name: "uses too much CPU", code: "while True: pass", options: { cpuTimeMs: 300 }, status: "cpu-timeout" },
  {
    name: "prints too much",
    code: "while True: print('x' * 100)",
    options: { stdoutBytes: 1000 },
    status: "output-limit",
  },
  {
    name: "takes too much memory",
    code: "x = bytearray(2**30)\nfor i in range(0, 2**30, 4096): x[i] = 1",
    status: "oom",
  },
  { name: "leaves its process", code: "import os\nos._exit(0)", status: "error" },
  { name: "kills its process", code: "import os\nos.kill(os.getpid(), 9)", status: "error" },
  {
    name: "forks without end",
    code: "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    options: { timeoutMs: 1500 },
    status: "timeout",
  },
];

test(
  "what ends a cell by force ends its container, which is told, and the next cell starts with nothing",
  () =>
    withSession({}, async ({ session, containers }) => {
      for (const { name, code, options, status } of forced) {
        await session.run("x = 1\nopen('/tmp/mark', 'w').close()");
        const result = await session.run(code, options);
        assert.equal(
          [result.status, result.session?.stateLost],
          [status, true],
          `${name}: ${result.message}`,
        );
        assert.equal([result.cleanup?.isConfirmed, (await containers()).length], [true, 0], name);
        const next = await session.run("import os\nresult = ['x' in globals(), os.path.exists('/tmp/mark')]");
        assert.equal([next.values.result, next.session?.isFresh], [[false, false], true], name);
        assert.is((await containers()).length, 1, name);
      }
    }),
  { timeoutMs: 120_000 },
);

test("a cell is cancelled while it runs, with what it printed until then, and while it waits", () =>
  withSession({}, async ({ session }) => {
    const running = session.start("import time\nprint('up', flush=True)\ntime.sleep(600)");
    const queued = session.start("result = 1");
    const third = session.start("result = 3");
    queued.cancel();
    assert.equal([(await queued.result).status, (await queued.result).isolation], ["cancelled", "none"]);
    for await (const _ of running.output) break;
    running.cancel();
    const { status, stdout, session: place } = await running.result;
    assert.equal([status, stdout, place?.stateLost], ["cancelled", "up\n", true]);
    assert.is((await running.cleaned).isConfirmed, true);
    assert.equal([(await third.result).values.result, (await third.result).session?.isFresh], [3, true]);
  }));

test("a container that somebody kills is replaced: between cells, and with the cell's end told in one", () =>
  withSession({}, async ({ session, client }) => {
    const { evidence } = await session.run("x = 1");
    await killContainer(client, evidence.containerId ?? "");
    const next = await session.run("result = 'x' in globals()");
    assert.equal([next.values.result, next.session?.isFresh], [false, true]);
    const running = session.start("import time\nprint('up', flush=True)\ntime.sleep(600)");
    for await (const _ of running.output) break;
    await killContainer(client, next.evidence.containerId ?? "");
    const { status, session: place } = await running.result;
    assert.equal([status, place?.stateLost], ["killed", true]);
    assert.is((await session.run("result = 1")).session?.isFresh, true);
  }));

test("a reset leaves nothing of what was", () =>
  withSession({}, async ({ session }) => {
    const first = await session.run(
      "x = 1\nfor folder in ('/tmp', '/dev/shm'): open(folder + '/mark', 'w').close()",
    );
    await session.reset();
    const next = await session.run(
      "import os\nresult = ['x' in globals()] + [os.path.exists(folder + '/mark') for folder in ('/tmp', '/dev/shm')]",
    );
    assert.equal([next.values.result, next.session?.isFresh], [[false, false, false], true]);
    assert.is.not(first.evidence.containerId, next.evidence.containerId);
  }));

test("ends what a cell leaves running, but for its threads", () =>
  withSession({}, async ({ session, client }) => {
    const { evidence, status } = await session.run(
      [
        "import os, threading, time, atexit",
        "for _ in range(5):",
        "    if os.fork() == 0:",
        "        os.setsid()",
        "        if os.fork() == 0: time.sleep(600)",
        "        os._exit(0)",
        "ticks = []",
        "def tick():",
        "    while True: ticks.append(1); time.sleep(0.01)",
        "threading.Thread(target=tick).start()",
        "atexit.register(print, 'bye')",
      ].join("\n"),
    );
    assert.is(status, "ok");
    const id = evidence.containerId ?? "";
    const { Processes } = await client.request("GET /containers/{id}/top", { path: { id } });
    assert.is(Processes?.filter((columns) => !columns.join(" ").includes("<defunct>")).length, 2);
    const next = await session.run("n = len(ticks)\ntime.sleep(0.2)\nresult = len(ticks) > n");
    assert.equal([next.values.result, next.stdout], [true, ""]);
  }));

test("two sessions see nothing of each other", () =>
  withSession({}, async ({ executor, session }) => {
    const other = await executor.session();
    await session.run("x = 1\nopen('/tmp/mark', 'w').close()");
    const { values, evidence } = await other.run(
      "import os\nresult = ['x' in globals(), os.path.exists('/tmp/mark'), len([p for p in os.listdir('/proc') if p.isdigit()])]",
    );
    assert.equal(values.result, [false, false, 2]);
    assert.is.not(evidence.containerId, (await session.run("pass")).evidence.containerId);
    assert.is(executor.stats().sessions, 2);
    await other.close();
    assert.is(executor.stats().sessions, 1);
  }));

test.run();
