import * as assert from "uvu/assert";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import { readProgram, type Trial, tryCode } from "../../../support/supervisor.ts";

/** Code that works against whoever watches it, and still has its result returned. */
const harmless: readonly { readonly that: string; readonly code: string }[] = [
  { that: "clears sys.modules", code: "import sys; sys.modules.clear()" },
  {
    that: "clears the finders of modules",
    code: "import sys; sys.meta_path.clear(); sys.path_hooks.clear(); sys.path.clear()",
  },
  {
    that: "removes the builtins",
    code: "import builtins\nfor name in ('print', 'len', 'isinstance', 'open', '__import__'): setattr(builtins, name, None)",
  },
  {
    that: "breaks os",
    code: "import os\nfor name in ('write', '_exit', 'getpid', 'read', 'fork'): setattr(os, name, None)",
  },
  {
    that: "breaks traceback",
    code: "import traceback; traceback.format_exception = None",
  },
  { that: "removes the signal module", code: "import sys, signal; del sys.modules['signal'], signal" },
  { that: "lowers the recursion limit", code: "import sys; sys.setrecursionlimit(30)" },
  { that: "traces", code: readProgram("hostile-trace.py") },
  { that: "replaces stdout", code: "import sys; sys.stdout = sys.stderr = 5" },
  { that: "replaces the main module", code: "import sys; sys.modules['__main__'] = None" },
  { that: "replaces its excepthook", code: "import sys; sys.excepthook = sys.unraisablehook = None" },
  { that: "disables the collector", code: "import gc; gc.disable(); gc.set_threshold(0)" },
  { that: "signals its parent", code: readProgram("signal-parent.py") },
  { that: "sets its parent's limits", code: readProgram("limit-parent.py") },
  { that: "has its parent scheduled last", code: readProgram("slow-parent.py") },
];

for (const { path, version } of findPythons()) {
  const test = suite(`code against its supervisor, Python ${version}`);
  const attempt = (code: string): Promise<Trial> => tryCode(code, { python: path });

  for (const { that, code } of harmless) {
    test(`code that ${that} gets its result all the same`, async () => {
      const { values, outcome, report } = await attempt(`result = {"a": [1, 2**60]}\n${code}`);
      assert.is(outcome?.status, "ok", outcome?.exception?.traceback);
      assert.equal({ ...(values.result as object) }, { a: [1, 2n ** 60n] });
      assert.is(report.exitCode, 0);
    });

    test(`code that ${that} and fails has its error reported`, async () => {
      const { outcome, report } = await attempt(`${code}\nraise ValueError("own")`);
      assert.equal([outcome?.exception?.type, outcome?.exception?.message], ["ValueError", "own"]);
      assert.is(report.exitCode, 1);
    });
  }

  test("code finds no descriptor of the frame stream, and can spoil nothing but its own outcome", async () => {
    const { stdout, report, outcome } = await attempt(readProgram("forge-frames.py")).catch(
      (error: Error) => {
        // Its outcome is garbage now; every frame around it still has to be sound.
        assert.match(error.message, /outcome|offset|out of range/);
        return { stdout: "begun\n", report: null, outcome: null };
      },
    );
    assert.is(stdout, "begun\n");
    assert.is(report?.exitCode ?? 0, 0);
    assert.is(outcome, null);
  });

  test("code that closes every descriptor ends in an error", async () => {
    const { outcome, report, stderr } = await attempt("import os; result = 1; os.closerange(3, 256)");
    assert.is(outcome, null);
    assert.is(report.exitCode, 70);
    assert.match(stderr, /could not go on: OSError: .*Bad file descriptor/);
  });

  test("code that closes its output too is still watched to its end", async () => {
    const { outcome, report } = await attempt(
      "import os, time; os.closerange(0, 256); time.sleep(0.5); os._exit(9)",
    );
    assert.equal([outcome, report.exitCode], [null, 9]);
    // The clock starts when the supervisor hears that the child took its job, which on a busy machine is a while later.
    assert.ok(report.wallMs >= 250);
  });

  test("code that walks up the stack and through the collector's objects finds no way to speak as the supervisor", async () => {
    const { values, report } = await attempt(readProgram("hunt-harness.py"));
    assert.is(values.result, "only /dev/null and pipes");
    assert.is(report.exitCode, 0);
  });

  test.run();
}
