import * as assert from "uvu/assert";
import { createExecutor, type Executor } from "../../lib/executor.ts";
import type { AuditMode } from "../../lib/policy/policy.ts";
import type { RunResult } from "../../lib/verdict.ts";
import { entriesOf, namesOf, pricesCsv, readAuditProgram } from "../support/audit.ts";
import { countContainers } from "../support/containers-of.ts";
import { suite } from "../support/suite.ts";

const test = suite("the audit hook in a container");
const executors = new Map<AuditMode, Executor>(
  (["deny", "report", "off"] as const).map((audit) => [
    audit,
    createExecutor({ policy: { validator: "off", audit, cpus: 1 } }),
  ]),
);

test.after(async () => {
  for (const executor of executors.values()) await executor.close();
});

/** Runs, and sees for itself that the container is gone. */
async function run(audit: AuditMode, code: string): Promise<RunResult> {
  const executor = executors.get(audit);
  assert.ok(executor);
  const result = await executor.run(code, { files: { "prices.csv": pricesCsv() } });
  assert.is(result.cleanup?.isConfirmed, true);
  assert.is(await countContainers(result.runId), 0);
  return result;
}

test("each forbidden act is stopped, and told with the line that it came from", async () => {
  const { status, values, auditEvents, exception } = await run("deny", readAuditProgram("attempts.py"));
  assert.is(status, "ok", exception?.traceback);
  const attempts = Object.entries(entriesOf(values));
  assert.ok(attempts.length > 80);
  for (const [attempt, came] of attempts) assert.is(came, attempt.split(",")[0], attempt);
  assert.ok(auditEvents.every(({ denied, line }) => denied && line !== null));
});

for (const [audit, count] of [
  ["report", 101],
  ["off", 0],
] as const) {
  test(`with "${audit}" nothing is stopped by it, and ${count} events are told`, async () => {
    const { values, auditEvents, exception } = await run(audit, readAuditProgram("attempts.py"));
    const attempts = Object.entries(entriesOf(values));
    assert.ok(attempts.length > 80, exception?.traceback);
    for (const [attempt, came] of attempts) assert.is(came, "through", attempt);
    assert.is(auditEvents.length, count);
    assert.ok(auditEvents.every(({ denied }) => !denied));
  });
}

for (const program of ["ordinary.py", "frames.py"]) {
  test(`ordinary work is not seen: ${program}`, async () => {
    const { status, auditEvents, exception } = await run("deny", readAuditProgram(program));
    assert.is(status, "ok", exception?.traceback);
    assert.equal(auditEvents, []);
  });
}

test("code cannot get rid of it by any cheap way", async () => {
  const { values, exception } = await run("deny", readAuditProgram("disarm.py"));
  const ways = Object.entries(entriesOf(values));
  assert.ok(ways.length > 8, exception?.traceback);
  for (const [way, came] of ways) assert.is(came, "stopped", way);
});

test("the error that it raises is the code's, and its event is in the result", async () => {
  const { status, exception, auditEvents } = await run("deny", "import os\n\nos.system('echo PWNED')\n");
  assert.equal([status, exception?.type, exception?.line], ["error", "PermissionError", 3]);
  assert.is(exception?.message, "the audit hook stopped os.system: echo");
  assert.equal(namesOf(auditEvents), ["os.system echo"]);
});

test("events are lost where the process dies by a signal", async () => {
  const code =
    "import contextlib, os, signal\nwith contextlib.suppress(OSError): os.system('true')\nsignal.raise_signal(signal.SIGKILL)";
  const { status, evidence, auditEvents } = await run("deny", code);
  assert.equal([status, evidence.signal, auditEvents], ["error", 9, []]);
});

test("a run may make the hook stricter, and no run weaker", async () => {
  const executor = executors.get("report");
  assert.ok(executor);
  const { auditEvents } = await executor.run("import os\nos.system('true')", { audit: "deny" });
  assert.equal(
    auditEvents.map(({ denied }) => denied),
    [true],
  );
  assert.throws(() => executor.start("pass", { audit: "off" }), /^audit: a run may only be stricter/);
});

test.run();
