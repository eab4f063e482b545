import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import type { RunHandle } from "../../../lib/run/run-handle.ts";
import { canRunDirectly, directSuite, ownTemporary, processesWith } from "../../support/direct.ts";
import { eventually } from "../../support/eventually.ts";
import { isAlive } from "../../support/is-alive.ts";
import { readProgram } from "../../support/supervisor.ts";

const victim = fileURLToPath(new URL("../../support/direct-victim.ts", import.meta.url));
const { test, executor, run, assertNothingLeft } = directSuite("processes of a run without a container");

async function firstNumbers({ output }: RunHandle, count: number): Promise<readonly number[]> {
  let text = "";
  for await (const { bytes } of output) {
    text += Buffer.from(bytes).toString();
    const lines = text.split("\n");
    if (lines.length > count) return lines.slice(0, count).map(Number);
  }
  return [];
}

if (await canRunDirectly()) {
  for (const name of ["leave-children.py", "daemons.py", "hide.py"]) {
    test(`what ${name} leaves running is ended at the end of the code`, async () => {
      const { status, values } = await run(readProgram(name));
      assert.is(status, "ok");
      if (values.result !== undefined) assert.not(isAlive(Number(values.result)));
    });

    test(`what ${name} leaves running is ended at the deadline`, async () => {
      const code = `${readProgram(name)}\nimport time\ntime.sleep(600)`;
      const { status, stdout } = await run(code, { timeoutMs: 700 });
      assert.is(status, "timeout");
      if (name === "hide.py") assert.not(isAlive(Number(stdout)));
    });
  }

  test("code that starts processes without end has an end itself", async () => {
    // Each is there for a moment only, so that the machine has no more of them than two.
    const code = "import os\nwhile True:\n    if os.fork() == 0: os._exit(0)\n    os.wait()";
    assert.is((await run(code, { timeoutMs: 500 })).status, "timeout");
    const chain = "import os\nwhile True:\n    if os.fork() != 0: os._exit(0)";
    assert.ok((await run(chain, { timeoutMs: 500 })).status !== "ok");
  });

  test("code that stops its supervisor does not hold up the host", async () => {
    const code = `${readProgram("hide.py")}\nimport time\nprint(os.getppid(), flush=True)\ntime.sleep(0.2)\nos.kill(os.getppid(), 19)\ntime.sleep(600)`;
    const handle = executor().start(code);
    const [hidden = 0, supervisor = 0] = await firstNumbers(handle, 2);
    await eventually(() => / T /.test(readFileSync(`/proc/${supervisor}/stat`, "utf8")));
    handle.cancel();
    assert.is((await handle.result).status, "cancelled");
    const { isConfirmed, strategy } = await handle.cleaned;
    assert.equal([isConfirmed, strategy], [true, "kill-remove"]);
    assert.not(isAlive(hidden));
    assertNothingLeft(handle.runId);
  });

  test("what code leaves that kills its supervisor is known by its environment or its folder", async () => {
    for (const leave of ["os.chdir('/')", "os.execve('/bin/sleep', ['sleep', '3600'], {})"]) {
      const code = `
import os, time
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(writer, str(os.getpid()).encode())
        os.closerange(0, 256)
        ${leave}
        time.sleep(3600)
    os._exit(0)
os.wait()
print(int(os.read(reader, 20)), flush=True)
time.sleep(0.2)
os.kill(os.getppid(), 9)
time.sleep(600)
`;
      const result = await run(code);
      assert.is(result.status, "killed");
      assert.not(isAlive(Number(result.stdout)), leave);
    }
  });

  test("folders that the code closed, or made deeper than any path, are gone too", async () => {
    const closed = "import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a', 0)\nresult = 1";
    assert.is((await run(closed)).status, "ok");
    const deep = "import os\nfor _ in range(3000):\n    os.mkdir('deep-folder')\n    os.chdir('deep-folder')";
    assert.is((await run(`${deep}\nos.kill(os.getppid(), 9)\nimport time\ntime.sleep(9)`)).status, "killed");
  });

  test("nothing of this process's environment reaches the code, nor its terminal's signals", async () => {
    process.env.BRIGBOX_SPEC_SECRET = "s3cret";
    const code = `
import os
found = []
for path in ("/proc/self/environ", "/proc/%d/environ" % os.getppid(), "/proc/%d/cmdline" % os.getppid()):
    try:
        found.append(open(path).read())
    except OSError:
        pass
result = {"found": "".join(found) + repr(dict(os.environ)), "group": os.getpgid(os.getppid()), "parent": os.getppid()}
`;
    try {
      const { found, group, parent } = (await run(code)).values.result as Record<string, unknown>;
      assert.not.match(String(found), /s3cret/);
      assert.is(group, parent, "the supervisor leads a group of its own");
    } finally {
      delete process.env.BRIGBOX_SPEC_SECRET;
    }
  });

  test("a process that is root lends that to no code", async () => {
    const { values } = await run(
      "import os\nresult = [os.getuid(), os.geteuid(), os.getgid(), os.getgroups()]",
    );
    const own = process.getuid?.() ?? 0;
    if (own === 0) assert.equal(values.result, [65534, 65534, 65534, []]);
    else assert.equal((values.result as readonly unknown[]).slice(0, 2), [own, own]);
  });

  for (const name of ["hide.py", "flood.py"]) {
    test(`a host that is killed while ${name} runs leaves neither processes nor folder`, async () => {
      using place = ownTemporary();
      const runs = (): readonly string[] =>
        place.names().filter((entry) => /^brigbox-[0-9a-f]{20}$/.test(entry));
      writeFileSync(join(place.path, "code.py"), `${readProgram(name)}\nimport time\ntime.sleep(600)`);
      const host = spawn(process.execPath, ["--import", "tsx", victim, join(place.path, "code.py")], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const [piece] = await once(host.stdout, "data");
      const [folder = ""] = runs();
      assert.match(folder, "brigbox-");
      host.kill("SIGKILL");
      await eventually(() => runs().length === 0 && processesWith(folder).length === 0);
      if (name === "hide.py") assert.not(isAlive(Number(piece)));
    });
  }
}

test.run();
