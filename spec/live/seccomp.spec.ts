import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { runLoose } from "../support/loose.ts";
import { createJail, resultOf, runHostile } from "../support/matrix.ts";
import { readDeniedNames, readSyscallNumbers } from "../support/seccomp/tables.ts";
import { suite } from "../support/suite.ts";

const test = suite("the seccomp profile for Python");
const jail = createJail();
test.after(() => jail.close());

type Ends = Readonly<Record<string, string>>;

const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
const unfiltered = { SecurityOpt: ["seccomp=unconfined"] };

function readProgram(name: string): string {
  return readFileSync(new URL(`../fixtures/seccomp/${name}.py`, import.meta.url), "utf8");
}

/** The program that makes these calls; a name is whatever the answer is to be found under. */
function tryCalls(calls: Iterable<readonly [string, number]>): string {
  const table = JSON.stringify(Object.fromEntries(calls));
  return readProgram("denied-calls").replace("CALLS = {}", `CALLS = ${table}`);
}

const isRefusal = (end: string | undefined): boolean => end === "EPERM" || end === "ENOSYS";

/** The kernel answers these before it asks any filter, and only its own traps can make them do something. */
const beyondFilters: readonly string[] = ["uprobe", "uretprobe"];

const numbers = readSyscallNumbers(machine);
const denied = readDeniedNames().flatMap((name) => {
  const number = numbers.get(name);
  return number === undefined || beyondFilters.includes(name) ? [] : [[name, number] as const];
});

test("every call that is denied is answered with EPERM or ENOSYS", async () => {
  const ends = resultOf(await runHostile(jail, tryCalls(denied))) as Ends;
  assert.is(Object.keys(ends).length, denied.length);
  assert.ok(denied.length > 130, `${denied.length} calls`);
  assert.equal(
    Object.entries(ends).filter(([, end]) => !isRefusal(end)),
    [],
  );
  assert.is(ends.clone3, "ENOSYS", "else the C library does not fall back to clone");
});

test("without the profile, the kernel would have worked on many of them", async () => {
  const ends = (await runLoose(tryCalls(denied), { hostConfig: unfiltered })) as Ends;
  const reached = denied.map(([name]) => name).filter((name) => !isRefusal(ends[name]));
  for (const name of ["keyctl", "memfd_create", "execveat", "shmget", "splice", "setresuid", "unshare"])
    assert.ok(reached.includes(name), `${name} is ${ends[name]}`);
  assert.ok(reached.length >= 60, reached.join(" "));
});

test("numbers that no call of the table has are refused too, for kernels that are yet to come", async () => {
  const known = new Set(numbers.values());
  const unknown = Array.from({ length: 640 }, (_, number) => number).filter((number) => !known.has(number));
  const calls = unknown.map((number) => [String(number), number] as const);
  const ends = resultOf(await runHostile(jail, tryCalls(calls))) as Ends;
  assert.equal(
    unknown.filter((number) => !isRefusal(ends[number])),
    [],
  );
});

/** Without the supervisor, whose own filter refuses some of it too: what is seen is the profile alone. */
async function runBare(
  program: string,
  hostConfig: Readonly<{ SecurityOpt?: string[] }> = {},
): Promise<Readonly<Record<string, Ends>>> {
  return (await runLoose(readProgram(program), { hostConfig })) as Readonly<Record<string, Ends>>;
}

/** The arguments with which a call does what it says; with any other ones of the program it is refused. */
const allowedArguments: Readonly<Record<string, readonly string[]>> = {
  clone: ["none"],
  socket: ["1"],
  socketpair: ["1"],
  prlimit64: ["self"],
  mknod: ["pipe"],
  fcntl: ["F_GETFD", "F_SETFD", "F_GETFL", "F_SETFL", "F_DUPFD_CLOEXEC", "F_GETPIPE_SZ"],
};

test("calls that it allows with some arguments are refused with the others", async () => {
  const found = await runBare("call-arguments");
  for (const [call, allowed] of Object.entries(allowedArguments)) {
    const ends = Object.entries(found[call] ?? {});
    assert.ok(ends.length > allowed.length, call);
    for (const [argument, end] of ends)
      assert.is(end, allowed.includes(argument) ? "done" : "EPERM", `${call} with ${argument}`);
  }
});

test("of the requests to a descriptor only those are let through that Python makes", async () => {
  const { ioctl } = await runBare("call-arguments");
  assert.equal(ioctl, {
    ...{ TCGETS: "ENOTTY", TIOCGWINSZ: "ENOTTY", FIONREAD: "done", FIONBIO: "done" },
    ...{ TIOCSTI: "EPERM", TIOCSETD: "EPERM", TIOCLINUX: "EPERM", TIOCSPTLCK: "EPERM", TIOCGPTN: "EPERM" },
    ...{ SIOCGIFCONF: "EPERM", SIOCGIFHWADDR: "EPERM" },
  });
});

test("without the profile, those other arguments are open", async () => {
  const { clone, socket, prlimit64, mknod, ioctl, fcntl } = await runBare("call-arguments", unfiltered);
  assert.equal([clone?.CLONE_NEWUSER, socket?.["2"], socket?.["16"]], ["done", "done", "done"]);
  assert.equal([prlimit64?.supervisor, mknod?.socket], ["done", "done"]);
  assert.equal([fcntl?.F_SETSIG, fcntl?.["F_SETSIG in high company"]], ["done", "done"]);
  assert.equal([ioctl?.TIOCSTI, ioctl?.SIOCGIFCONF], ["ENOTTY", "done"]);
});

if (machine === "x86_64") {
  test("the doors of 32-bit and x32 programs are shut, of which the first is open without the profile", async () => {
    const shut = await runBare("foreign-calls");
    assert.equal(shut, { "x86-64": "answered", i386: "ended by SIGSYS", x32: "ended by SIGSYS" });
    const open = await runBare("foreign-calls", unfiltered);
    assert.is(open.i386, "answered", "a kernel without 32-bit programs shows nothing here");
  });
}

test(
  "what Python with numpy and pandas ordinarily does is done under it",
  async () => {
    const code = readFileSync(new URL("../support/seccomp/workloads.py", import.meta.url), "utf8");
    const ends = resultOf(await runHostile(jail, code)) as Ends;
    assert.ok(Object.keys(ends).length >= 15);
    for (const [work, end] of Object.entries(ends)) assert.is(end, "ok", work);
  },
  { timeoutMs: 120_000 },
);

test.run();
