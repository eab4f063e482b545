import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { runLoose } from "../support/loose.ts";
import { createJail, readHostile, resultOf, runHostile } from "../support/matrix.ts";
import { suite } from "../support/suite.ts";

const test = suite("the seccomp profile for Python");
const jail = createJail();
test.after(() => jail.close());

type Ends = Readonly<Record<string, string>>;

const unfiltered = { SecurityOpt: ["seccomp=unconfined"] };

test("every call that it leaves out is answered with EPERM or ENOSYS", async () => {
  const ends = resultOf(await runHostile(jail, readHostile("left-out-calls"))) as Ends;
  assert.ok(Object.keys(ends).length > 100);
  const others = Object.entries(ends).filter(([, end]) => end !== "EPERM" && end !== "ENOSYS");
  assert.equal(others, []);
  assert.is(ends.clone3, "ENOSYS", "else the C library does not fall back to clone");
});

test("without it, the kernel would have worked on many of them", async () => {
  const ends = (await runLoose(readHostile("left-out-calls"), { hostConfig: unfiltered })) as Ends;
  const reached = Object.entries(ends).filter(([, end]) => end !== "EPERM" && end !== "ENOSYS");
  const names = reached.map(([name]) => name);
  for (const name of ["keyctl", "memfd_create", "execveat", "shmget", "splice", "setresuid"])
    assert.ok(names.includes(name), `${name} is ${ends[name]}`);
  assert.ok(names.length >= 30, names.join(" "));
});

test("calls that it allows with some arguments are refused with the others", async () => {
  const found = resultOf(await runHostile(jail, readHostile("call-arguments")));
  assert.is(found.clone, "cloned");
  for (const [name, end] of Object.entries(found["clone-name-spaces"] as Ends)) assert.is(end, "EPERM", name);
  for (const kind of ["sockets", "socket-pairs"]) {
    for (const [family, end] of Object.entries(found[kind] as Ends))
      assert.is(end, family === "1" ? "done" : "EPERM", `${kind} of family ${family}`);
  }
  assert.equal([found["limits-of-self"], found["limits-of-supervisor"]], ["done", "EPERM"]);
  assert.equal([found["make-pipe"], found["make-device"]], ["done", "EPERM"]);
  assert.not.equal(found.x32, "done");
});

test("without it, other families of sockets and the limits of others are open", async () => {
  const found = (await runLoose(readHostile("call-arguments"), { hostConfig: unfiltered })) as Record<
    string,
    Ends
  >;
  assert.is(found.sockets?.["2"], "done");
  assert.is(found.sockets?.["16"], "done");
  assert.is(found["limits-of-supervisor"], "done");
});

test(
  "what Python with numpy and pandas ordinarily does is done under it",
  async () => {
    const code = readFileSync(new URL("../support/seccomp/workloads.py", import.meta.url), "utf8");
    const ends = resultOf(await runHostile(jail, code)) as Ends;
    for (const [work, end] of Object.entries(ends)) assert.is(end, "ok", work);
  },
  { timeoutMs: 120_000 },
);

test.run();
