import * as assert from "uvu/assert";
import { inBothWays, readHostile, runHostile } from "../../support/matrix.ts";

inBothWays("acceptance matrix: input and output", (test, jail, createJail) => {
  const MiB = 1024 ** 2;

  for (const [name, stream] of [
    ["flood", "stdout"],
    ["flood-stderr", "stderr"],
  ] as const) {
    test(`a flood on ${stream} is output-limit, the cap is what comes back, and the host's memory stays flat`, async () => {
      const before = process.memoryUsage().rss;
      const result = await runHostile(jail, readHostile(name));
      assert.equal([result.status, result.evidence.limit], ["output-limit", stream]);
      assert.is(result[stream].length, MiB);
      const grown = process.memoryUsage().rss - before;
      assert.ok(grown < 150 * MiB, `${Math.round(grown / MiB)} MiB`);
    });
  }

  test("the two streams are counted each by itself", async () => {
    const code = "import sys\nprint('o' * 900)\nprint('e' * 900, file=sys.stderr)";
    const { status } = await runHostile(jail, code, { stdoutBytes: 1000, stderrBytes: 1000 });
    assert.is(status, "ok");
  });

  test("one line of 10 MB without an end comes whole where it may", async () => {
    const wide = createJail({ stdoutBytes: 20 * MiB });
    try {
      const { status, stdout } = await runHostile(wide, readHostile("long-line"));
      assert.equal([status, stdout.length], ["ok", 10 * MiB]);
    } finally {
      await wide.close();
    }
  });

  test("half a surrogate is an error of the code", async () => {
    const { status, exception } = await runHostile(jail, readHostile("surrogate"));
    assert.equal([status, exception?.type], ["error", "UnicodeEncodeError"]);
  });

  test("bytes that are no text come as text that shows it", async () => {
    const { status, stdout } = await runHostile(jail, readHostile("nul-output"));
    assert.equal([status, stdout], ["ok", "a\0b\ufffd\ufffdc\n"]);
  });

  test("NUL in the source is a syntax error, or refused, and never a crash of ours", async () => {
    const { status, exception } = await runHostile(jail, "x = 1\n\0y = 2\n");
    assert.is(status, "error");
    assert.match(exception?.type ?? "", /^(SyntaxError|ValueError)$/);
  });

  test("lines of both streams come in the order in which each was written", async () => {
    const { stdout, stderr } = await runHostile(jail, readHostile("interleaved"));
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    assert.is(stdout, numbers.map((number) => `out ${number}\n`).join(""));
    assert.is(stderr, numbers.map((number) => `err ${number}\n`).join(""));
  });

  test("a reader who takes nothing holds up nothing, and can cancel", async () => {
    const handle = jail.start("import time\nfor _ in range(1000):\n    print('x' * 1000)\ntime.sleep(60)\n");
    const iterator = handle.output[Symbol.asyncIterator]();
    await iterator.next();
    setTimeout(() => handle.cancel(), 500);
    assert.is((await handle.result).status, "cancelled");
    assert.is((await handle.cleaned).isConfirmed, true);
  });

  test("input() is at its end, and hangs nothing", async () => {
    const { status, exception } = await runHostile(jail, readHostile("read-stdin"));
    assert.equal([status, exception?.type], ["error", "EOFError"]);
  });

  test("what is read from the standard input's descriptor is empty, and nothing of the protocol", async () => {
    const { values } = await runHostile(jail, readHostile("read-stdin-raw"));
    assert.equal(values.result, new Uint8Array());
  });

  test("40 MB go in, and a sum comes back", async () => {
    const data = new Uint8Array(40 * MiB).fill(1);
    const wide = createJail({ memoryBytes: 1024 * MiB });
    try {
      const { values } = await runHostile(wide, "result = len(data) + data[-1]", { inputs: { data } });
      assert.is(values.result, 40 * MiB + 1);
    } finally {
      await wide.close();
    }
  });
});
