"""Attacks on the sandbox from inside of it. Each one tries to do what it must not be able to do, and says how that ended.

An attack that raises OSError was stopped; one that returns None had no effect; one that returns a text got through, and the text says how far.
"""
import ctypes
import errno
import os
import platform
import signal
import socket
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)

# From the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
NUMBERS = {
    "x86_64": {
        "ptrace": 101, "personality": 135, "mount": 165, "add_key": 248, "keyctl": 250, "unshare": 272,
        "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
        "memfd_create": 319, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "clone3": 435,
        "clock_settime": 227, "finit_module": 313, "kexec_load": 246, "prlimit64": 302,
    },
    "aarch64": {
        "ptrace": 117, "personality": 92, "mount": 40, "add_key": 217, "keyctl": 219, "unshare": 97,
        "perf_event_open": 241, "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
        "memfd_create": 279, "bpf": 280, "userfaultfd": 282, "io_uring_setup": 425, "clone3": 435,
        "clock_settime": 112, "finit_module": 273, "kexec_load": 104, "prlimit64": 261,
    },
}.get(platform.machine(), {})

# Where the kernel answers with one of these, it was not let into the call at all.
BARRED = {errno.EPERM, errno.EACCES, errno.ENOSYS}


def reach(name, *arguments):
    """Makes a system call, and tells whether the kernel worked on it: a complaint about arguments means that it did."""
    number = NUMBERS.get(name)
    if number is None:
        raise LookupError("no number of %s is known for %s" % (name, platform.machine()))
    ctypes.set_errno(0)
    answer = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(value) for value in arguments])
    problem = ctypes.get_errno()
    if answer == -1 and problem in BARRED:
        raise OSError(problem, os.strerror(problem))
    return "%s is answered with %s" % (name, answer if answer != -1 else errno.errorcode.get(problem, problem))


def connect_out():
    socket.create_connection(("192.0.2.1", 443), timeout=2)
    return "connected"


def resolve_name():
    return "resolved to %s" % socket.gethostbyname("example.com")


def open_family(name, family, kind=socket.SOCK_DGRAM, protocol=0):
    def attempt():
        socket.socket(family, kind, protocol).close()
        return "opened a socket of %s" % name

    return attempt


def see_interfaces():
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    return "sees the interfaces %s" % ", ".join(others) if others else None


def write_to(path):
    def attempt():
        with open(path, "ab") as file:
            file.write(b"x")
            file.flush()
        return "wrote to %s" % path

    return attempt


def write_python():
    return write_to(os.path.join(os.path.dirname(os.__file__), "brigbox_probe"))()


def run_dropped_program():
    with open("/tmp/probe.sh", "w") as file:
        file.write("#!/bin/sh\nexit 0\n")
    os.chmod("/tmp/probe.sh", 0o755)
    os.execv("/tmp/probe.sh", ["/tmp/probe.sh"])


def run_from_memory():
    reach("memfd_create", ctypes.addressof(ctypes.create_string_buffer(b"probe")), 0)
    return "made a file in memory that can be executed"


def make_device():
    os.mknod("/tmp/probe-device", 0o600 | 0o020000, os.makedev(1, 1))
    return "made /dev/mem"


def become_root():
    os.setuid(0)
    return "became root"


def status_field(name):
    with open("/proc/self/status") as file:
        return next(line.split()[1] for line in file if line.startswith(name + ":"))


def hold_capabilities():
    sets = {name: status_field(name) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb", "CapInh")}
    held = ["%s %s" % item for item in sets.items() if int(item[1], 16)]
    return "holds %s" % ", ".join(held) if held else None


def gain_privileges():
    return None if status_field("NoNewPrivs") == "1" else "may gain privileges by executing a program"


def run_unfiltered():
    return None if status_field("Seccomp") == "2" else "runs without a filter of system calls"


def read_supervisor():
    with open("/proc/1/mem", "rb") as file:
        file.seek(0x400000)
        file.read(1)
    return "read the supervisor's memory"


def write_supervisor_stream():
    descriptors = os.listdir("/proc/1/fd")
    with open("/proc/1/fd/1", "wb") as file:
        file.write(b"X" + struct.pack(">I", 2) + b"{}")
    return "wrote into the supervisor's stream (%d descriptors)" % len(descriptors)


def inherit_descriptors():
    links = [link_of(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
    links = [link for link in links if link and not link.startswith("/proc/")]
    # One pipe takes the results of the code, another one what this attack says.
    foreign = [link for link in links if not link.startswith("pipe:")]
    return "holds %s" % ", ".join(foreign or links) if foreign or len(links) > 2 else None


def link_of(name):
    try:
        return os.readlink("/proc/self/fd/" + name)
    except OSError:
        return None


def signal_supervisor():
    for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(1, number)
        except PermissionError:
            pass
    time.sleep(0.2)
    with open("/proc/1/stat") as file:
        state = file.read().rsplit(")", 1)[1].split()[0]
    return "stopped the supervisor" if state in "TtZX" else None


def limit_supervisor():
    limits = ctypes.create_string_buffer(struct.pack("QQ", 1, 1))
    return reach("prlimit64", 1, 0, ctypes.addressof(limits), 0)


def slow_supervisor():
    """Each of these keeps what it was, where it is let through: what the other attacks find must not come late."""
    changes = {
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, 1, os.getpriority(os.PRIO_PROCESS, 1)),
        "processors": lambda: os.sched_setaffinity(1, os.sched_getaffinity(1)),
        "scheduler": lambda: os.sched_setscheduler(1, os.SCHED_OTHER, os.sched_param(0)),
    }
    made = []
    for name, change in changes.items():
        try:
            change()
            made.append(name)
        except PermissionError:
            pass
    return "set its %s" % ", ".join(made) if made else None


def fork_bomb():
    children = []
    try:
        while len(children) < 40_000:
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
    except OSError:
        return None
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
    return "started %d processes" % len(children)


def fill(folder):
    def attempt():
        path = os.path.join(folder, "probe-filler")
        written = 0
        try:
            with open(path, "wb", buffering=0) as file:
                while written < 1 << 40:
                    written += file.write(bytes(1 << 20))
        except (OSError, MemoryError):
            return None
        finally:
            if os.path.exists(path):
                os.remove(path)
        return "wrote %d bytes below %s" % (written, folder)

    return attempt


def exhaust_inodes():
    made = 0
    try:
        while made < 2_000_000:
            os.close(os.open("/tmp/probe-%d" % made, os.O_CREAT | os.O_WRONLY))
            made += 1
    except OSError:
        return None
    finally:
        for number in range(made):
            os.remove("/tmp/probe-%d" % number)
    return "made %d files" % made


def exhaust_descriptors():
    opened = []
    try:
        while len(opened) < 1_000_000:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return None
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return "opened %d files" % len(opened)


ATTACKS = {
    "network-connect": connect_out,
    "network-dns": resolve_name,
    "network-interfaces": see_interfaces,
    "socket-raw": open_family("AF_INET, raw", socket.AF_INET, socket.SOCK_RAW, 1),
    "socket-packet": open_family("AF_PACKET", 17, socket.SOCK_RAW),
    "socket-netlink": open_family("AF_NETLINK", 16, socket.SOCK_RAW),
    "socket-vsock": open_family("AF_VSOCK", 40, socket.SOCK_STREAM),
    "write-root": write_to("/probe"),
    "write-etc": write_to("/etc/passwd"),
    "write-python": write_python,
    "write-proc": write_to("/proc/sys/kernel/core_pattern"),
    "write-sys": write_to("/sys/power/state"),
    "device-memory": write_to("/dev/mem"),
    "device-make": make_device,
    "exec-tmp": run_dropped_program,
    "exec-memfd": run_from_memory,
    "mount": lambda: reach("mount", 0, 0, 0, 0, 0),
    "unshare-user": lambda: reach("unshare", 0x10000000),
    "setns": lambda: reach("setns", -1, 0),
    "keyring": lambda: reach("keyctl", 0, -3, 0),
    "io-uring": lambda: reach("io_uring_setup", 1, 0),
    "bpf": lambda: reach("bpf", 0, 0, 0),
    "perf": lambda: reach("perf_event_open", 0, 0, -1, -1, 0),
    "userfaultfd": lambda: reach("userfaultfd", 0),
    "ptrace": lambda: reach("ptrace", 16, 1, 0, 0),
    "read-process-memory": lambda: reach("process_vm_readv", 1, 0, 0, 0, 0, 0),
    "open-by-handle": lambda: reach("open_by_handle_at", -1, 0, 0),
    "load-module": lambda: reach("finit_module", -1, 0, 0),
    "set-clock": lambda: reach("clock_settime", 0, 0),
    "become-root": become_root,
    "capabilities": hold_capabilities,
    "new-privileges": gain_privileges,
    "seccomp-missing": run_unfiltered,
    "supervisor-memory": read_supervisor,
    "supervisor-stream": write_supervisor_stream,
    "supervisor-signals": signal_supervisor,
    "supervisor-limits": limit_supervisor,
    "supervisor-priority": slow_supervisor,
    "descriptors-inherited": inherit_descriptors,
    "fork-bomb": fork_bomb,
    "tmpfs-bomb": fill("/tmp"),
    "shm-bomb": fill("/dev/shm"),
    "inode-bomb": exhaust_inodes,
    "descriptor-bomb": exhaust_descriptors,
}
