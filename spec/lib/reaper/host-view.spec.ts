import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Writable } from "node:stream";
import * as assert from "uvu/assert";
import { currentOwner, readStartTime } from "../../../lib/ownership.ts";
import { createHostView } from "../../../lib/reaper/host-view.ts";
import { eventually } from "../../support/eventually.ts";
import { suite } from "../../support/suite.ts";

const test = suite("what this host knows of its processes");

test("this process runs, and is the owner that it says it is", () => {
  const { startTime, host, scope } = currentOwner();
  const view = createHostView();
  assert.equal(view.lookUp(process.pid), { kind: "running", startTime });
  assert.equal([view.host, view.scope], [host, scope]);
});

test("a child runs until it was killed, and is gone then", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const { lookUp } = createHostView();
  assert.equal(lookUp(pid), { kind: "running", startTime: readStartTime(pid) });
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  assert.equal(lookUp(pid), { kind: "gone" });
});

test("a dead process that nobody collects is gone", async () => {
  // The shell turns into a program that does not know of the child it has. The child ends only after that: a shell may still collect it.
  const parent = spawn("sh", ["-c", "cat <&3 & echo $!; exec 3<&-; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore", "pipe"],
  });
  try {
    assert.ok(parent.stdout);
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    await eventually(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8").trim() === "sleep");
    (parent.stdio[3] as Writable).end();
    const { lookUp } = createHostView();
    await eventually(() => lookUp(pid).kind === "gone");
    assert.ok(readStartTime(pid) !== null, "its remains are still there");
  } finally {
    parent.kill("SIGKILL");
  }
});

test("an id that no process can have is gone", () => {
  assert.equal(createHostView().lookUp(2 ** 31 - 1), { kind: "gone" });
});

test("an id that the system refuses to look at is not taken for a dead process", () => {
  assert.equal(createHostView().lookUp(2 ** 40), { kind: "hidden" });
});

test("the kernel started before this process did", () => {
  const { bootedAtMs, now } = createHostView();
  assert.ok(bootedAtMs < now() - process.uptime() * 1000 + 1000);
  assert.ok(bootedAtMs > Date.UTC(2000, 0));
});

test.run();
