import * as assert from "uvu/assert";
import type { PythonException } from "../../../../lib/harness/protocol.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import { readProgram, type Trial, type TrialOptions, tryCode } from "../../../support/supervisor.ts";

/** A program that must end badly, and how that must look. */
interface Case extends Partial<PythonException> {
  readonly that: string;
  readonly code: string;
  readonly trace?: RegExp;
  /** Exit code of its process. @default 1 */
  readonly exitCode?: number;
  /** The second number of the first Python that has it. */
  readonly since?: number;
}

const unreadable = "(its message cannot be read)";

const cases: readonly Case[] = [
  {
    that: "an exception in a function shows the code's lines alone",
    code: readProgram("deep-error.py"),
    type: "KeyError",
    message: "'missing'",
    line: 2,
    trace:
      /^Traceback \(most recent call last\):\n {2}File "main\.py", line 6, in <module>\n {4}outer\(\)\n.*File "main\.py", line 2, in inner\n {4}return \{\}\["missing"\]\n.*KeyError: 'missing'\n$/s,
  },
  {
    that: "a cause is shown with its own lines",
    code: readProgram("chained-error.py"),
    type: "RuntimeError",
    line: 7,
    trace: /ValueError: first\n\nThe above exception was the direct cause.*line 7.*RuntimeError: second\n$/s,
  },
  {
    that: "an exception group shows its members",
    code: "raise ExceptionGroup('both', [ValueError('a'), TypeError('b')])",
    since: 11,
    type: "ExceptionGroup",
    trace: /ExceptionGroup: both \(2 sub-exceptions\).*ValueError: a.*TypeError: b/s,
  },
  {
    that: "a library's exception has its module",
    code: "import decimal; decimal.Decimal('x')",
    type: "decimal.InvalidOperation",
    line: 1,
  },
  {
    that: "an own exception has none",
    code: "class Odd(Exception): pass\nraise Odd('x')",
    type: "Odd",
    line: 2,
  },
  {
    that: "a class may be named like a builtin",
    code: "class KeyError(Exception): pass\nraise KeyError('x')",
    type: "KeyError",
    message: "x",
  },
  { that: "a message that raises", code: readProgram("message-raises.py"), type: "Odd", message: unreadable },
  {
    that: "a message that is no text",
    code: "class Odd(Exception):\n  def __str__(self): return 5\nraise Odd",
    type: "Odd",
    message: unreadable,
  },
  {
    that: "an exception that says it is false",
    code: "class Odd(Exception):\n  def __bool__(self): return False\nraise Odd",
    type: "Odd",
    line: 3,
  },
  { that: "a class without a readable name", code: readProgram("nameless-class.py"), message: "x" },
  {
    that: "a syntax error has its line",
    code: "a = 1\nb = (\nc = 3\n)\nd = d d\n",
    type: "SyntaxError",
    trace: /File "main\.py", line \d/,
  },
  { that: "a bad indentation has its line", code: "if True:\npass\n", type: "IndentationError", line: 2 },
  {
    that: "a syntax error with a mad line",
    code: "raise SyntaxError('x', ('main.py', 10**30, 1, 'y'))",
    type: "SyntaxError",
    line: 1,
  },
  { that: "endless recursion", code: "def f(): f()\nf()", type: "RecursionError", line: 1 },
  { that: "exhausted memory", code: "raise MemoryError('x')", type: "MemoryError", message: "x" },
  {
    that: "a keyboard interrupt of its own",
    code: "raise KeyboardInterrupt",
    type: "KeyboardInterrupt",
    line: 1,
  },
  {
    that: "SIGINT",
    code: "import os, time\nos.kill(os.getpid(), 2)\ntime.sleep(5)",
    type: "KeyboardInterrupt",
  },
  {
    that: "sys.exit with a code",
    code: "import sys\nsys.exit(3)",
    type: "SystemExit",
    message: "3",
    exitCode: 3,
  },
  {
    that: "sys.exit with a text",
    code: "import sys\nsys.exit('no data')",
    type: "SystemExit",
    message: "no data",
  },
  { that: "sys.exit with 256", code: "raise SystemExit(256)", type: "SystemExit", exitCode: 1 },
  { that: "sys.exit with -1", code: "raise SystemExit(-1)", type: "SystemExit", exitCode: 255 },
  { that: "an exit code that cannot be read", code: readProgram("unreadable-exit.py"), type: "Odd" },
  {
    that: "a value that cannot be returned",
    code: "result = [object()]",
    type: "ValueEncodingError",
    message: "result[0] cannot be returned: builtins.object is not a kind of value that Brigbox can carry",
    line: null,
  },
  {
    that: "the same after sys.exit()",
    code: "result = object()\nraise SystemExit",
    type: "ValueEncodingError",
    trace: /^(?!.*SystemExit)/s,
  },
];

function check({ outcome, report, stderr }: Trial, wanted: Case): void {
  const exception = outcome?.exception;
  assert.is(outcome?.status, "error", stderr);
  assert.ok(exception);
  for (const key of ["type", "message", "line"] as const)
    if (wanted[key] !== undefined) assert.is(exception[key], wanted[key], exception.traceback);
  if (wanted.trace) assert.match(exception.traceback, wanted.trace);
  assert.not.match(exception.traceback, /brigbox_(child|run|outcome|supervisor)|<string>/);
  assert.is(report.exitCode, wanted.exitCode ?? 1);
}

for (const { path, version, minor } of findPythons()) {
  const test = suite(`how code ends badly, Python ${version}`);
  const attempt = (code: string, options: TrialOptions = {}) => tryCode(code, { ...options, python: path });

  for (const each of cases) {
    if (minor >= (each.since ?? 0)) test(each.that, async () => check(await attempt(each.code), each));
  }

  test("a null byte in the code is an error in the code", async () => {
    const { outcome } = await attempt("a = 1\0");
    assert.match(outcome?.exception?.type ?? "", /^(ValueError|SyntaxError)$/);
    assert.match(outcome?.exception?.message ?? "", /null bytes/);
  });

  test("a message of a megabyte is cut in its middle", async () => {
    const { outcome } = await attempt("raise ValueError('a' * 2**20 + 'end')");
    assert.ok((outcome?.exception?.message.length ?? 0) < 5000);
    assert.match(outcome?.exception?.message ?? "", /^a+\n\.\.\. \(\d+ characters left out\) \.\.\.\na+end$/);
    assert.ok((outcome?.exception?.traceback.length ?? 0) < 40_000);
  });

  test("a traceback of wide letters is no result beyond its cap", async () => {
    const { outcome, report } = await attempt("raise ValueError('\\U0001f600' * 2**20)", {
      limits: { resultBytes: 1024 },
    });
    assert.is(report.cause, null);
    assert.is(outcome?.exception?.type, "ValueError");
  });

  test("half a surrogate pair in a message comes through", async () => {
    const { outcome } = await attempt("raise ValueError('\\udc80')");
    assert.is(outcome?.exception?.message, "\udc80");
  });

  test("a result over its cap is a limit, not an exception", async () => {
    const over = await attempt("result = bytes(1024)", { limits: { resultBytes: 1024 } });
    assert.equal(
      [over.outcome?.status, over.outcome?.exception, over.report.cause],
      ["result-limit", null, null],
    );
    const fits = await attempt("result = bytes(1024)", { limits: { resultBytes: 2048 } });
    assert.is(fits.outcome?.status, "ok");
  });

  test("inputs that cannot be read are told as such", async () => {
    const { outcome } = await attempt("result = 1", { inputs: [Buffer.from("\x05\0\0\0nope!")] });
    assert.is(outcome?.status, "error");
    assert.is(outcome?.exception?.line, null);
  });

  test.run();
}
