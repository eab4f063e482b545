import type { RunStatus } from "../../verdict.ts";

/** What an attack is, for people. */
export interface AttackInfo {
  /** Stable name, for example `network-dns`. */
  readonly id: string;
  /** What it tries, for example `resolve a name`. */
  readonly title: string;
}

/** An attack whose success shows in how its run ends. */
export interface RunAttack extends AttackInfo {
  readonly code: string;
  /** How it must end; anything else is a hole. */
  readonly expected: RunStatus;
  /** Wall time that it gets, milliseconds. */
  readonly timeoutMs: number;
}

/** The attacks of `attacks.py`, in its order; all of them run in one container. */
export const probedAttacks: readonly AttackInfo[] = [
  { id: "network-connect", title: "connect to another machine" },
  { id: "network-dns", title: "resolve a name" },
  { id: "network-interfaces", title: "find a network interface" },
  { id: "socket-raw", title: "open a raw socket" },
  { id: "socket-packet", title: "open a packet socket" },
  { id: "socket-netlink", title: "talk to the kernel over netlink" },
  { id: "socket-vsock", title: "talk to the hypervisor over vsock" },
  { id: "write-root", title: "write to /" },
  { id: "write-etc", title: "write to /etc" },
  { id: "write-python", title: "write to Python's library" },
  { id: "write-proc", title: "write to /proc/sys" },
  { id: "write-sys", title: "write to /sys" },
  { id: "device-memory", title: "write to /dev/mem" },
  { id: "device-make", title: "make a device" },
  { id: "exec-tmp", title: "execute a file of its own" },
  { id: "exec-memfd", title: "make an executable file in memory" },
  { id: "mount", title: "mount a file system" },
  { id: "unshare-user", title: "make a user namespace" },
  { id: "setns", title: "enter another namespace" },
  { id: "keyring", title: "use the kernel's keyring" },
  { id: "io-uring", title: "use io_uring" },
  { id: "bpf", title: "use bpf" },
  { id: "perf", title: "use performance counters" },
  { id: "userfaultfd", title: "use userfaultfd" },
  { id: "ptrace", title: "trace the supervisor" },
  { id: "read-process-memory", title: "read another process's memory" },
  { id: "open-by-handle", title: "open a file by its handle" },
  { id: "load-module", title: "load a kernel module" },
  { id: "set-clock", title: "set the clock" },
  { id: "become-root", title: "become root" },
  { id: "capabilities", title: "hold a capability" },
  { id: "new-privileges", title: "gain privileges by a program" },
  { id: "seccomp-missing", title: "run without a seccomp filter" },
  { id: "supervisor-memory", title: "read the supervisor's memory" },
  { id: "supervisor-stream", title: "forge frames of the supervisor" },
  { id: "supervisor-signals", title: "stop or kill the supervisor" },
  { id: "supervisor-limits", title: "set limits of the supervisor" },
  { id: "supervisor-priority", title: "have the supervisor scheduled last" },
  { id: "descriptors-inherited", title: "inherit a descriptor" },
  { id: "fork-bomb", title: "fork without end" },
  { id: "tmpfs-bomb", title: "fill /tmp" },
  { id: "shm-bomb", title: "fill /dev/shm" },
  { id: "inode-bomb", title: "make files without end" },
  { id: "descriptor-bomb", title: "open files without end" },
];

const ignoreSignals = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n";

/** Attacks that get a container each. */
export const runAttacks: readonly RunAttack[] = [
  {
    id: "memory-bomb",
    title: "take memory without end",
    code: "pieces = []\nwhile True:\n    pieces.append(bytearray(b'x') * (16 * 1024 * 1024))\n",
    expected: "oom",
    timeoutMs: 60_000,
  },
  {
    id: "output-flood",
    title: "print without end",
    code: "while True:\n    print('x' * 10_000)\n",
    expected: "output-limit",
    timeoutMs: 60_000,
  },
  {
    id: "endless-loop",
    title: "run for ever, deaf to SIGTERM",
    code: `${ignoreSignals}while True:\n    pass\n`,
    expected: "timeout",
    timeoutMs: 500,
  },
  {
    id: "daemon",
    title: "leave a process behind",
    code: `${ignoreSignals}import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n    os._exit(0)\nresult = 1\n`,
    expected: "ok",
    timeoutMs: 10_000,
  },
  {
    id: "forged-report",
    title: "print a forged report",
    code: `import os, struct\nreport = b'{"cause":null,"limit":null,"exitCode":0}'\nos.write(1, b"X" + struct.pack(">I", len(report)) + report)\nraise SystemExit(3)\n`,
    expected: "error",
    timeoutMs: 10_000,
  },
];
