import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { loadSeccompProfile, minifySeccomp, readPythonSeccomp } from "../../../lib/policy/seccomp.ts";
import { readDenials, readDeniedNames, readSyscallNumbers } from "../../support/seccomp/tables.ts";
import { suite } from "../../support/suite.ts";

const test = suite("seccomp profiles");
const folder = mkdtempSync(join(tmpdir(), "brigbox-seccomp-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Group {
  readonly names: readonly string[];
  readonly action: string;
  readonly args?: readonly { readonly index: number; readonly op: string }[];
  readonly errnoRet?: number;
}

const profile = JSON.parse(readPythonSeccomp()) as {
  readonly defaultAction: string;
  readonly archMap: readonly {
    readonly architecture: string;
    readonly subArchitectures: readonly string[];
  }[];
  readonly syscalls: readonly Group[];
};
const allowed = profile.syscalls.filter(({ action }) => action === "SCMP_ACT_ALLOW");
const allowedNames = new Set(allowed.flatMap(({ names }) => names));
const numbers = { x86_64: readSyscallNumbers("x86_64"), aarch64: readSyscallNumbers("aarch64") };

test("the profile for Python allows by name, and nothing else", () => {
  assert.is(profile.defaultAction, "SCMP_ACT_ERRNO");
  assert.not.match(readPythonSeccomp(), /comment|\n/);
});

test("it knows two machines, and lets no second kind of programs run on them", () => {
  assert.equal(profile.archMap, [
    { architecture: "SCMP_ARCH_X86_64", subArchitectures: [] },
    { architecture: "SCMP_ARCH_AARCH64", subArchitectures: [] },
  ]);
});

test("every call that the kernel has is either allowed or denied for a reason", () => {
  const decided = [...allowedNames, ...readDeniedNames()].sort();
  const known = [...new Set([...numbers.x86_64.keys(), ...numbers.aarch64.keys()])].sort();
  assert.equal(decided, known);
  for (const { why, names } of readDenials()) assert.ok(why.length > 10 && names.length > 0, why);
});

/** Calls that arm64 never had, and what its C library makes in their place. */
const successors: Readonly<Record<string, string>> = {
  ...{ open: "openat", stat: "newfstatat", access: "faccessat", getdents: "getdents64", creat: "openat" },
  ...{ fork: "clone", vfork: "clone", pipe: "pipe2", dup2: "dup3", eventfd: "eventfd2", pause: "ppoll" },
  ...{ poll: "ppoll", select: "pselect6", epoll_wait: "epoll_pwait", epoll_create: "epoll_create1" },
  ...{ mkdir: "mkdirat", rmdir: "unlinkat", unlink: "unlinkat", rename: "renameat", mknod: "mknodat" },
  ...{ link: "linkat", symlink: "symlinkat", readlink: "readlinkat", chmod: "fchmodat", chown: "fchownat" },
  ...{ lchown: "fchownat", lstat: "newfstatat", utime: "utimensat", utimes: "utimensat" },
  ...{ futimesat: "utimensat", alarm: "setitimer", time: "gettimeofday", getpgrp: "getpgid" },
};

test("for each allowed call that arm64 does not have, its successor is allowed", () => {
  const lacking = [...allowedNames].filter((name) => !numbers.aarch64.has(name) && name !== "arch_prctl");
  assert.equal(lacking.sort(), Object.keys(successors).sort());
  for (const newer of Object.values(successors))
    assert.ok(allowedNames.has(newer) && numbers.aarch64.has(newer), newer);
});

for (const name of ["socket", "socketpair", "clone", "prlimit64", "mknod", "mknodat", "ioctl"]) {
  test(`${name} is allowed with some arguments only`, () => {
    const groups = allowed.filter(({ names }) => names.includes(name));
    assert.ok(groups.length > 0 && groups.every(({ args = [] }) => args.length === 1));
  });
}

test("clone3 seems unknown to the kernel, so that the C library falls back", () => {
  const group = profile.syscalls.find(({ names }) => names.includes("clone3"));
  assert.equal([group?.action, group?.errnoRet], ["SCMP_ACT_ERRNO", 38]);
});

const refuse = '"defaultAction":"SCMP_ACT_ERRNO"';
const bad: readonly (readonly [string, string, RegExp])[] = [
  ["no JSON", "{", /^x\.json: the seccomp profile is not JSON$/],
  ["a text", '"a"', /^x\.json: the seccomp profile is no JSON object$/],
  ["a list", "[]", /is no JSON object$/],
  ["no default", '{"syscalls":[]}', /has no defaultAction; "SCMP_ACT_ERRNO" is a safe one$/],
  ["a default that allows", '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}', /defaultAction must refuse/],
  ["a default that logs", '{"defaultAction":"SCMP_ACT_LOG","syscalls":[]}', /defaultAction must refuse/],
  ["a default that nobody knows", '{"defaultAction":"ERRNO","syscalls":[]}', /defaultAction must refuse/],
  ["no rules", `{${refuse}}`, /has no list "syscalls"$/],
  ["a rule that is none", `{${refuse},"syscalls":[null]}`, /^x\.json: syscalls\[0\] is no JSON object$/],
  ["a rule without names", `{${refuse},"syscalls":[{"action":"SCMP_ACT_ALLOW"}]}`, /\[0\] needs "names"/],
  [
    "a rule with odd names",
    `{${refuse},"syscalls":[{"names":[1],"action":"SCMP_ACT_ALLOW"}]}`,
    /needs "names"/,
  ],
  ["a rule without an action", `{${refuse},"syscalls":[{"names":["read"]}]}`, /\[0\] needs an "action"/],
  ["a rule with an odd action", `{${refuse},"syscalls":[{"names":["read"],"action":"ALLOW"}]}`, /"action"/],
];

for (const [name, text, message] of bad) {
  test(`${name} is refused`, () => refuses(() => minifySeccomp(text, "x.json"), message));
}

test("a profile of one's own is read from its file and made short", () => {
  const path = join(folder, "own.json");
  const syscalls = [{ name: "read", action: "SCMP_ACT_ALLOW", comment: "of old" }];
  writeFileSync(path, JSON.stringify({ defaultAction: "SCMP_ACT_KILL_PROCESS", syscalls }, null, 2));
  assert.is(
    loadSeccompProfile(path),
    '{"defaultAction":"SCMP_ACT_KILL_PROCESS","syscalls":[{"name":"read","action":"SCMP_ACT_ALLOW"}]}',
  );
});

test("a file that cannot be read is named, with the reason, in one line", () => {
  refuses(() => loadSeccompProfile(join(folder, "none.json")), /none\.json: .* cannot be read \(ENOENT\)$/);
  refuses(() => loadSeccompProfile(folder), /cannot be read \(EISDIR\)$/);
});

test("a file of any size is not read", () => {
  const path = join(folder, "large.json");
  writeFileSync(path, " ".repeat(1024 * 1024 + 1));
  refuses(() => loadSeccompProfile(path), /large\.json: a seccomp profile is at most 1048576 bytes long$/);
});

function refuses(action: () => unknown, message: RegExp): void {
  assert.throws(action, (error: unknown) => {
    return error instanceof ConfigError && message.test(error.message) && !error.message.includes("\n");
  });
}

test.run();
