import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/errors.ts";
import { minifySeccomp, readPythonSeccomp } from "../../../lib/policy/seccomp.ts";
import { suite } from "../../support/suite.ts";

const test = suite("seccomp profiles");

interface Group {
  readonly names: readonly string[];
  readonly action: string;
  readonly args?: readonly object[];
  readonly errnoRet?: number;
}

const profile = JSON.parse(readPythonSeccomp()) as {
  readonly defaultAction: string;
  readonly syscalls: readonly Group[];
};
const allowed = profile.syscalls.filter(({ action }) => action === "SCMP_ACT_ALLOW");

test("the profile for Python allows by name, and nothing else", () => {
  assert.is(profile.defaultAction, "SCMP_ACT_ERRNO");
  assert.not.match(readPythonSeccomp(), /comment|\n/);
});

/** What the Engine's default allows, or would allow with a capability, and no Python needs. */
const forbidden = [
  ..."ptrace process_vm_readv process_vm_writev keyctl add_key request_key io_uring_setup io_uring_enter".split(
    " ",
  ),
  ..."io_uring_register userfaultfd perf_event_open bpf memfd_create memfd_secret execveat unshare setns".split(
    " ",
  ),
  ..."mount umount2 open_tree move_mount fsopen fsmount pivot_root chroot personality kexec_load".split(" "),
  ..."kexec_file_load init_module finit_module delete_module clock_settime settimeofday adjtimex".split(" "),
  ..."quotactl acct name_to_handle_at open_by_handle_at pidfd_getfd seccomp setuid capset".split(" "),
];

for (const name of forbidden) {
  test(`${name} is not among them`, () => assert.not.ok(allowed.some(({ names }) => names.includes(name))));
}

for (const name of ["socket", "socketpair", "clone", "prlimit64", "mknod", "mknodat"]) {
  test(`${name} is allowed with some arguments only`, () => {
    const groups = allowed.filter(({ names }) => names.includes(name));
    assert.ok(groups.length > 0 && groups.every(({ args = [] }) => args.length > 0));
  });
}

test("clone3 seems unknown to the kernel, so that the C library falls back", () => {
  const group = profile.syscalls.find(({ names }) => names.includes("clone3"));
  assert.equal([group?.action, group?.errnoRet], ["SCMP_ACT_ERRNO", 38]);
});

const bad: readonly (readonly [string, string, RegExp])[] = [
  ["no JSON", "{", /x\.json: the seccomp profile is not JSON/],
  ["a text", '"a"', /is no JSON object/],
  ["no rules", '{"defaultAction":"SCMP_ACT_ERRNO"}', /has a defaultAction and a list of syscalls/],
  [
    "a profile that allows the rest",
    '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}',
    /allows every system call/,
  ],
];

for (const [name, text, message] of bad) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => minifySeccomp(text, "x.json"),
      (error: unknown) => error instanceof ConfigError && message.test(error.message),
    );
  });
}

test.run();
