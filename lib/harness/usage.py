"""What the code's processes used, from the cgroup where it can be read, else from /proc and wait."""
import os
import time
from resource import RUSAGE_CHILDREN, getrusage

CGROUP = "/sys/fs/cgroup"
MILLISECONDS_PER_TICK = 1000 / os.sysconf("SC_CLK_TCK")


def read_text(path):
    """None where there is no such file, or no leave to read it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(descriptor, 65536).decode("ascii", "replace")
    except OSError:
        return None
    finally:
        os.close(descriptor)


def find_number(text, key):
    """The number after `key` in lines of `key number`; None where there is none."""
    for line in (text or "").splitlines():
        words = line.split()
        if len(words) == 2 and words[0] == key and words[1].isdigit():
            return int(words[1])
    return None


def read_oom_kills():
    """Processes of this cgroup that the memory killer ended so far."""
    for path in ("/memory/memory.oom_control", "/memory.events"):
        count = find_number(read_text(CGROUP + path), "oom_kill")
        if count is not None:
            return count
    return None


def read_cgroup_cpu_ms():
    """CPU time of the whole container so far; None where the cgroup cannot be read."""
    nanoseconds = (read_text(CGROUP + "/cpuacct/cpuacct.usage") or "").strip()
    if nanoseconds.isdigit():
        return int(nanoseconds) / 1e6
    microseconds = find_number(read_text(CGROUP + "/cpu.stat"), "usage_usec")
    return None if microseconds is None else microseconds / 1e3


def children_cpu_ms():
    """User and system time of the processes that were reaped."""
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime * 1000, usage.ru_stime * 1000


def live_cpu_ms():
    """CPU time of the other live processes in sight, with that of the children they reaped themselves."""
    total, own = 0, str(os.getpid())
    for name in os.listdir("/proc"):
        if name.isdigit() and name != own:
            # The command's name stands in brackets and may hold anything, so only what follows the last one counts.
            fields = (read_text("/proc/%s/stat" % name) or "").rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15])
    return total * MILLISECONDS_PER_TICK


class CpuMeter:
    """CPU time that the code's processes used together since the meter was made."""

    def __init__(self):
        self.cgroup_start = read_cgroup_cpu_ms()
        self.own_start = time.process_time()

    def read_ms(self):
        now = read_cgroup_cpu_ms() if self.cgroup_start is not None else None
        if now is None:
            return sum(children_cpu_ms()) + live_cpu_ms()
        own = (time.process_time() - self.own_start) * 1000
        return now - self.cgroup_start - own
