import { spawn } from "node:child_process";
import { once } from "node:events";
import * as assert from "uvu/assert";
import { askPs, descendantsIn, findStrays, listProcesses } from "../../../lib/direct/process-table.ts";
import { findProgram } from "../../../lib/host/processes.ts";
import { readStartTime } from "../../../lib/ownership.ts";
import { suite } from "../../support/suite.ts";

const test = suite("the processes of this machine");

test("descendants are found over any number of generations", () => {
  const parents: readonly (readonly [pid: number, parent: number])[] = [
    [1, 0],
    [10, 1],
    [11, 10],
    [12, 11],
    [13, 11],
    [20, 1],
  ];
  const table = parents.map(([pid, parent]) => ({ pid, parent }));
  assert.equal([...descendantsIn(table, 10)].sort(), [11, 12, 13]);
  assert.equal([descendantsIn(table, 13), descendantsIn(table, 99)], [[], []]);
});

test("what this process started is below it, in /proc and by ps alike", async () => {
  const child = spawn("sh", ["-c", "sleep 600 & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  const [text] = await once(child.stdout, "data");
  const pids = [child.pid ?? 0, Number(text)];
  try {
    const ways = findProgram("ps") === null ? [listProcesses] : [listProcesses, askPs];
    for (const list of ways) {
      const found = descendantsIn(await list(), process.pid);
      for (const pid of pids) assert.ok(found.includes(pid), `${list.name} sees ${pid}`);
    }
  } finally {
    for (const pid of pids) process.kill(pid, "SIGKILL");
  }
});

test("a run's processes are known by their environment or their folder, and no others", async () => {
  const env = { PATH: process.env.PATH ?? "", BRIGBOX_RUN: "brigbox-of-this-spec" };
  const [marked, inside, other] = [
    spawn("sleep", ["600"], { env }),
    spawn("sleep", ["600"], { cwd: "/usr/bin" }),
    spawn("sleep", ["600"], { env: { ...env, BRIGBOX_RUN: "brigbox-of-this-spec-2" } }),
  ];
  try {
    await Promise.all([marked, inside, other].map((child) => once(child, "spawn")));
    const [startTime, runName] = [readStartTime(marked.pid ?? 0), "brigbox-of-this-spec"];
    const strays = await findStrays({ runName, folder: "/usr/bin", startTime });
    assert.ok(strays.includes(marked.pid ?? 0) && strays.includes(inside.pid ?? 0));
    assert.not(strays.includes(other.pid ?? 0));
    const earlier = { runName, folder: "/usr/bin", startTime: String(Number(startTime) + 1e6) };
    assert.not((await findStrays(earlier)).includes(inside.pid ?? 0), "who was there before the run");
    assert.not((await findStrays({ runName, folder: "/usr/b", startTime })).includes(inside.pid ?? 0));
  } finally {
    for (const child of [marked, inside, other]) child.kill("SIGKILL");
  }
});

test.run();
