import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import type { AuditEvent, ChildOutcome } from "../../../../lib/harness/protocol.ts";
import { entriesOf, namesOf, pricesCsv, readAuditProgram } from "../../../support/audit.ts";
import { findPythons } from "../../../support/pythons.ts";
import { suite } from "../../../support/suite.ts";
import { type Trial, type TrialOptions, tryCode } from "../../../support/supervisor.ts";

const sources = fileURLToPath(new URL("../../../../lib/harness/python", import.meta.url));

function eventsOf(outcome: ChildOutcome | null): readonly AuditEvent[] {
  assert.ok(outcome, "the code's process told its outcome");
  return outcome.auditEvents;
}

/** Which of the fixture's attempts did not go as wanted. */
function odd(trial: Trial, wanted: (attempt: string) => string): Record<string, unknown> {
  const attempts = Object.entries(entriesOf(trial.values));
  assert.ok(attempts.length > 80, trial.outcome?.exception?.traceback);
  return Object.fromEntries(attempts.filter(([attempt, came]) => came !== wanted(attempt)));
}

const eventOf = (attempt: string): string => attempt.split(",")[0] ?? "";

for (const { path, version } of findPythons()) {
  const test = suite(`the audit hook, Python ${version}`);
  const attempt = (code: string, options: TrialOptions = {}): Promise<Trial> =>
    tryCode(code, { python: path, audit: "deny", ...options });

  test("each forbidden act is stopped by an error that names it, and told", async () => {
    const trial = await attempt(readAuditProgram("attempts.py"));
    assert.equal(odd(trial, eventOf), {});
    const events = eventsOf(trial.outcome);
    assert.ok(events.every(({ denied, line }) => denied && line !== null));
    const told = new Set(events.map(({ event }) => event));
    for (const name of Object.keys(entriesOf(trial.values))) assert.ok(told.has(eventOf(name)), name);
  });

  test("where it only reports, each goes through and is told, those beyond the hundredth together", async () => {
    const trial = await attempt(readAuditProgram("attempts.py"), { audit: "report" });
    assert.equal(
      odd(trial, () => "through"),
      {},
    );
    const events = eventsOf(trial.outcome);
    assert.is(events.length, 101);
    assert.ok(events.every(({ denied }) => !denied));
    const { event, count, line } = events.at(-1) ?? {};
    assert.equal([event, line], ["more", null]);
    assert.ok((count ?? 0) > 1);
  });

  test("where it is off there is none: each goes through and nothing is told", async () => {
    const trial = await attempt(readAuditProgram("attempts.py"), { audit: "off" });
    assert.equal(
      odd(trial, () => "through"),
      {},
    );
    assert.equal(eventsOf(trial.outcome), []);
  });

  test("a mode that it does not know stops as well", async () => {
    const { outcome } = await attempt("import os; os.system('true')", { audit: "reprot" as "report" });
    assert.is(outcome?.exception?.type, "PermissionError");
  });

  test("ordinary work with the standard library is not seen", async () => {
    const { outcome, values } = await attempt(readAuditProgram("ordinary.py"), { limits: { openFiles: 64 } });
    assert.is(outcome?.status, "ok", outcome?.exception?.traceback);
    assert.equal(outcome?.auditEvents, []);
    assert.is((values.result as unknown[])[1], "ordinary");
  });

  test("code cannot get rid of it by any cheap way", async () => {
    const trial = await attempt(readAuditProgram("disarm.py"));
    const ways = Object.entries(entriesOf(trial.values));
    assert.ok(ways.length > 8, trial.outcome?.exception?.traceback);
    for (const [way, came] of ways) assert.is(came, "stopped", way);
  });

  test("what libraries, threads, finalizers and exit handlers call for the code is still the code's", async () => {
    const { outcome, stdout, stderr } = await attempt(readAuditProgram("unfriendly-callbacks.py"));
    const systems = eventsOf(outcome).filter(({ event }) => event === "os.system");
    assert.is(
      systems.reduce((sum, { count }) => sum + count, 0),
      7,
      stderr,
    );
    const others = namesOf(eventsOf(outcome)).filter((name) => /^(compile|sys)/.test(name));
    assert.ok(others.includes("compile") && others.includes("sys._getframe"));
    assert.is(stdout, "");
  });

  test("an error that it raised shows the code's lines and not the hook's", async () => {
    const code =
      "import os\ntry:\n    os.system('true')\nexcept OSError as e:\n    raise ValueError from e\n";
    const { outcome } = await attempt(code);
    const { type, traceback, line } = outcome?.exception ?? {};
    assert.equal([type, line], ["ValueError", 5]);
    assert.match(traceback ?? "", /line 3, in <module>\n {4}os\.system\('true'\)/);
    assert.match(traceback ?? "", "PermissionError: the audit hook stopped os.system: true");
    assert.not.match(traceback ?? "", "brigbox");
  });

  test("events come back where the code ends with an error, and where it exits", async () => {
    for (const end of ["1/0", "raise SystemExit(3)", "raise KeyboardInterrupt"]) {
      const code = `try:\n    open('/etc/passwd')\nexcept PermissionError:\n    ${end}`;
      const { outcome } = await attempt(code);
      const [event, ...others] = eventsOf(outcome);
      const expected = { event: "open", detail: "/etc/passwd", denied: true, line: 2, count: 1 };
      assert.equal([event, others], [expected, []], end);
    }
  });

  test("the same event is counted, not repeated", async () => {
    const code =
      "import os\nfor n in range(500):\n    try: os.kill(0, 0)\n    except PermissionError: pass\nfor n in range(300):\n    try: open('/etc/%d' % n)\n    except PermissionError: pass";
    const events = eventsOf((await attempt(code)).outcome);
    assert.equal(events[0], { event: "os.kill", detail: "0 0", denied: true, line: 3, count: 500 });
    assert.is(events.length, 101);
    assert.is(events.at(-1)?.count, 201);
  });

  test("texts are short, of ASCII, and without arguments, addresses' secrets or environment", async () => {
    const code = `
import contextlib, os, sys, urllib.request
for act in (
    lambda: os.system("/bin/secret-tool --password secret1"),
    lambda: os.posix_spawn("/bin/true", ["true", "secret2"], {"KEY": "secret3"}),
    lambda: urllib.request.Request("https://user:secret4@example.org/a?token=secret5").full_url and sys.audit("urllib.Request", "https://user:secret4@example.org/a?token=secret5", None, {}, "GET"),
    lambda: open("/etc/\\u00e4\\u200b\\n" + "x" * 5000),
    lambda: sys.audit("own." + "y" * 5000),
    lambda: exec("secret6 = 1"),
):
    with contextlib.suppress(PermissionError):
        act()
`;
    const events = eventsOf((await attempt(code)).outcome);
    const names = namesOf(events).join("\n");
    assert.not.match(names, /secret\d/);
    assert.match(names, "os.system /bin/secret-tool\n");
    assert.match(names, "urllib.Request example.org\n");
    assert.match(names, /open \/etc\/\\xe4\\u200b\?x{50}/);
    assert.ok(events.every(({ event, detail }) => event.length <= 100 && /^[ -~]{0,230}$/.test(detail)));
  });

  test("an event that cannot be judged is stopped", async () => {
    const code = "import sys\nsys.audit('open')";
    assert.match((await attempt(code)).outcome?.exception?.type ?? "", /Error$/);
    assert.is((await attempt("import sys\nsys.audit('a.b', 1)")).outcome?.exception?.type, "PermissionError");
  });

  test("values still come back, whose encoding is compiled only then", async () => {
    const { values, outcome } = await attempt("import decimal\nresult = [1, b'x', decimal.Decimal('1.5')]");
    assert.is(outcome?.status, "ok", outcome?.exception?.traceback);
    assert.is((values.result as unknown[]).length, 3);
    assert.equal(outcome?.auditEvents, []);
  });

  test("modules of the code itself, in its own folder, can be imported and are the code", async () => {
    const files = { "helper.py": "import os\ndef act(): os.listdir('/etc')\n" };
    const code = "import sys; sys.path.append('in')\nimport helper\nhelper.act()";
    const { outcome } = await attempt(code, { files });
    assert.equal(outcome?.exception?.message, "the audit hook stopped os.listdir: /etc");
  });

  test("every event of its library is decided", () => {
    const { stdout, stderr } = spawnSync(path, ["-I", "-c", listUndecided, sources], { encoding: "utf8" });
    assert.is(stdout.trim(), "decided", stderr);
  });

  test.run();
}

/** Reads the events that the standard library raises from its sources, and looks each up in the tables. */
const listUndecided = `
import importlib.util, os, re, sys
spec = importlib.util.spec_from_file_location("rules", sys.argv[1] + "/audit_rules.py")
rules = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(rules)
names = set()
for folder, folders, files in os.walk(os.path.dirname(os.__file__)):
    folders[:] = [name for name in folders if name not in ("test", "tests", "idlelib", "site-packages", "dist-packages")]
    for file in files:
        if file.endswith(".py"):
            with open(os.path.join(folder, file), encoding="utf-8", errors="replace") as source:
                names.update(re.findall(r"""sys\\.audit\\(\\s*["']([\\w./]+)""", source.read()))
decided = rules.FREE | rules.NEVER | rules.LIBRARY_ONLY | rules.IMPORT_ONLY | set(rules.PATHS) | {"pickle.find_class"}
left = sorted(name for name in names - decided if not name.startswith(("ctypes.", "test")))
print(left if left or len(names) < 30 else "decided")
`;

/** Only where numpy and pandas are. */
for (const { path, version } of findPythons()) {
  if (spawnSync(path, ["-I", "-c", "import numpy, pandas"]).status !== 0) continue;
  const test = suite(`the audit hook with numpy and pandas, Python ${version}`);
  const attempt = (code: string): Promise<Trial> =>
    tryCode(code, { python: path, audit: "deny", files: { "prices.csv": pricesCsv() } });

  test("ordinary work with frames and arrays is not seen", async () => {
    const { outcome, artifacts } = await attempt(readAuditProgram("frames.py"));
    assert.is(outcome?.status, "ok", outcome?.exception?.traceback);
    assert.equal(outcome?.auditEvents, []);
    assert.ok(artifacts.has("prices.csv") && artifacts.has("prices.pkl"));
  });

  for (const [that, line, event] of [
    ["pandas reads a system file", "pd.read_csv('/etc/passwd')", "open /etc/passwd"],
    [
      "pandas writes elsewhere",
      "pd.Series([1]).to_csv('/brigbox-nowhere')",
      "open /brigbox-nowhere for writing",
    ],
    ["pandas fetches an address", "pd.read_csv('http://127.0.0.1:9/x')", "urllib.Request 127.0.0.1:9"],
    ["pandas calls back", "pd.Series([1]).apply(lambda _: os.system('true'))", "os.system true"],
    ["pandas calls a function of C", "pd.Series(['true']).apply(os.system)", "os.system true"],
    ["a query calls", "pd.DataFrame({'a': [1]}).query('@os.system(\"true\") == 0')", "os.system true"],
    [
      "pandas unpickles",
      "pd.read_pickle(io.BytesIO(b'cposix\\nsystem\\n(S\"true\"\\ntR.'))",
      "pickle.find_class posix.system",
    ],
    [
      "numpy unpickles",
      "np.load(io.BytesIO(b'cbuiltins\\neval\\n(S\"1\"\\ntR.'), allow_pickle=True)",
      "pickle.find_class builtins.eval",
    ],
    ["numpy reads a system file", "np.fromfile('/etc/passwd')", "open /etc/passwd"],
    [
      "numpy loads a library of C",
      "np.ctypeslib.load_library(np.random.mtrand.__file__, '/')",
      "ctypes.dlopen",
    ],
    ["numpy's ctypes loads one", "np.ctypeslib.ctypes.CDLL(None)", "ctypes.dlopen"],
    [
      "pandas calls back into ctypes",
      "pd.Series([None], dtype=object).apply(np.ctypeslib.ctypes.CDLL)",
      "ctypes.dlopen",
    ],
    ["numpy memory is read by address", "np.ctypeslib.ctypes.string_at(id(1), 1)", "ctypes.string_at"],
  ] as const) {
    test(`${that}: stopped`, async () => {
      const { outcome } = await attempt(`import io, os\nimport numpy as np, pandas as pd\n${line}\n`);
      assert.is(namesOf(eventsOf(outcome)).join(), event, outcome?.exception?.traceback);
      assert.equal([outcome?.auditEvents[0]?.line, outcome?.status], [3, "error"]);
    });
  }

  test.run();
}
