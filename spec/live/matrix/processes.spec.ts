import * as assert from "uvu/assert";
import type { RunOptions } from "../../../lib/run/run-handle.ts";
import type { RunStatus } from "../../../lib/verdict.ts";
import { inBothWays, readHostile, resultOf, runHostile } from "../../support/matrix.ts";

inBothWays("acceptance matrix: processes and time", (test, jail, createJail) => {
  test("a fork bomb ends in EAGAIN at the limit, and the next run does not feel it", async () => {
    const { errno, children } = resultOf(await runHostile(jail, readHostile("fork-bomb")));
    assert.is(errno, "EAGAIN");
    assert.ok((children as number) <= 62, String(children));
    assert.is((await runHostile(jail, "result = 1")).status, "ok");
  });

  test("with a higher limit the same bomb grows as far as that", async () => {
    const wide = createJail({ maxProcesses: 200, memoryBytes: 1024 ** 3 });
    try {
      const { children } = resultOf(await runHostile(wide, readHostile("fork-bomb")));
      assert.ok((children as number) > 150 && (children as number) < 200, String(children));
    } finally {
      await wide.close();
    }
  });

  test("a fork bomb whose every process forks on ends with the deadline", async () => {
    const { status } = await runHostile(jail, readHostile("fork-bomb-growing"), { timeoutMs: 1500 });
    assert.is(status, "timeout");
  });

  test("a thread bomb is capped, and a pool of threads works after it", async () => {
    const { threads, squares } = resultOf(await runHostile(jail, readHostile("thread-bomb")));
    assert.ok((threads as number) < 64 && (threads as number) > 10, String(threads));
    assert.equal(squares, [0, 1, 4, 9]);
  });

  test("of children at exactly the limit all start but one", async () => {
    const code = readHostile("subprocesses-at-limit", { LIMIT: 32 });
    const { started, refused } = resultOf(await runHostile(jail, code, { maxProcesses: 32 }));
    assert.equal([started, refused], [30, 1]);
  });

  test("children of children that nobody waits for are reaped", async () => {
    const { processes, zombies } = resultOf(await runHostile(jail, readHostile("zombies")));
    assert.is(zombies, 0);
    assert.ok((processes as number) < 6, String(processes));
  });

  test("what a dead process used counts, though nobody asked for it, or it lived in its parent's memory", async () => {
    for (const name of ["unasked-zombie", "shared-memory-child"]) {
      const { status, usage, values } = await runHostile(jail, readHostile(name));
      assert.is(status, "ok");
      const told = (usage.userCpuMs ?? 0) + (usage.systemCpuMs ?? 0);
      assert.ok(told >= 0.8 * Number(values.result), `${name}: ${told} of ${values.result}`);
    }
  });

  const limitMs = 1000;
  const runaways = [
    "busy-loop",
    "sleep-forever",
    "ignore-signals",
    "hold-gil",
    "stop-itself",
    "child-tree",
    "starve-supervisor",
  ];

  for (const name of runaways) {
    test(`${name} ends within 0.3 s of its limit`, async () => {
      const { status, usage } = await runHostile(jail, readHostile(name), { timeoutMs: limitMs });
      assert.is(status, "timeout");
      const late = (usage.wallMs ?? Number.POSITIVE_INFINITY) - limitMs;
      assert.ok(late >= 0 && late < 300, `${late} ms late`);
    });
  }

  test("what was printed before the deadline is there", async () => {
    const { stdout } = await runHostile(jail, readHostile("hold-gil"), { timeoutMs: 500 });
    assert.is(stdout, "holding\n");
  });

  test("handlers at the exit that never end do not outlive the deadline", async () => {
    const { status } = await runHostile(jail, readHostile("exit-handlers"), { timeoutMs: 1000 });
    assert.ok(status === "timeout" || status === "ok", status);
  });

  const ends: readonly (readonly [
    name: string,
    status: RunStatus,
    evidence: object,
    options?: RunOptions,
  ])[] = [
    ["exit-hard", "error", { exitCode: 7, signal: null }],
    ["segfault", "error", { exitCode: null, signal: 11 }],
    ["abort", "error", { exitCode: null, signal: 6 }],
    ["busy-loop", "cpu-timeout", { limit: null }, { cpuTimeMs: 500, timeoutMs: 20_000 }],
  ];

  for (const [name, status, evidence, options] of ends) {
    test(`${name} is ${status}, with ${JSON.stringify(evidence)}`, async () => {
      const result = await runHostile(jail, readHostile(name), options);
      assert.is(result.status, status, result.message);
      for (const [key, value] of Object.entries(evidence))
        assert.is(result.evidence[key as "exitCode"], value, key);
    });
  }

  test("endless recursion ends with the code's process: by the stack's end, or by the memory's since Python 3.11", async () => {
    const { status, evidence } = await runHostile(jail, readHostile("deep-recursion"));
    assert.ok((status === "error" && evidence.signal === 11) || status === "oom", status);
  });

  test("a run that is cancelled in the middle of a process tree leaves nothing", async () => {
    const handle = jail.start(readHostile("child-tree"));
    setTimeout(() => handle.cancel(new Error("enough")), 800);
    assert.is((await handle.result).status, "cancelled");
    assert.is((await handle.cleaned).isConfirmed, true);
  });
});
