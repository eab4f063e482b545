import * as assert from "uvu/assert";
import { createExecutor, type Executor } from "../../lib/executor.ts";
import { suite } from "../support/suite.ts";
import { readProgram } from "../support/supervisor.ts";

/** What only PID 1 of a container can show. */
const test = suite("the supervisor as PID 1");
let executor: Executor;

test.before(() => {
  executor = createExecutor({ policy: { timeoutMs: 20_000, validator: "off", audit: "off" } });
});
test.after(() => executor.close());

test("no signal of the code moves the supervisor", async () => {
  const { status, values, message } = await executor.run(readProgram("signal-all.py"));
  assert.is(status, "ok", message);
  assert.is(values.result, "still here");
});

test("the code cannot set the supervisor's limits, nor how it is scheduled", async () => {
  for (const name of ["limit-parent", "slow-parent"]) {
    const { status, message, stderr } = await executor.run(readProgram(`${name}.py`));
    assert.is(status, "ok", `${name}: ${message}${stderr}`);
  }
});

test("the code cannot read or write what is the supervisor's in /proc", async () => {
  const { values } = await executor.run(readProgram("read-parent.py"));
  const found = values.result as Record<string, string>;
  for (const name of ["mem", "environ", "fd", "maps", "oom_score_adj", "fd/1", "fd/3", "cwd"])
    assert.match(found[name] ?? "", /^(PermissionError|FileNotFoundError)$/, name);
});

test("processes that left the code's session are killed with it and hold up nothing", async () => {
  const { status, usage, stdout } = await executor.run(readProgram("daemons.py"));
  assert.is(status, "ok");
  assert.is(stdout, "end\n");
  assert.ok((usage.wallMs ?? Infinity) < 10_000);
});

test("orphans of the code are reaped while it runs", async () => {
  const { status, values } = await executor.run(readProgram("orphans.py"));
  assert.is(status, "ok");
  assert.is(values.result, 0);
});

test("the deadline ends daemons too", async () => {
  const code = `${readProgram("daemons.py")}\nwhile True: pass`;
  const { status, stdout, usage } = await executor.run(code, { timeoutMs: 1000 });
  assert.is(status, "timeout");
  assert.is(stdout, "end\n");
  assert.ok((usage.wallMs ?? Infinity) < 5000);
});

test("the CPU time of all processes counts together", async () => {
  const { status } = await executor.run(readProgram("busy-forks.py"), { cpuTimeMs: 600 });
  assert.is(status, "cpu-timeout");
});

test("code that writes garbage to every descriptor fails as code, not as a sandbox", async () => {
  const { status, stdout } = await executor.run(readProgram("forge-frames.py"));
  assert.is(status, "error");
  assert.is(stdout, "begun\n");
});

test("the supervisor starts where nothing can be preloaded yet pandas is there for the code", async () => {
  const { status, values } = await executor.run("import pandas; result = list(pandas.Series([1]))");
  assert.is(status, "ok");
  assert.equal(values.result, [1]);
});

test.run();
