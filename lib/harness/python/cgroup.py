"""What the kernel counted for this container, on cgroup v1 and v2. None where it cannot be read."""
import os

_OOM_FILES = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


def oom_kills():
    """How many processes the memory killer has ended here."""
    for path in _OOM_FILES:
        for line in _lines(path):
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    return None


def cpu_ms():
    """CPU time of all processes here, milliseconds."""
    for line in _lines("/sys/fs/cgroup/cpu.stat"):
        name, _, value = line.partition(" ")
        if name == "usage_usec":
            return int(value) / 1e3
    for path in ("/sys/fs/cgroup/cpuacct/cpuacct.usage", "/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage"):
        for line in _lines(path):
            return int(line) / 1e6
    return None


def _lines(path):
    # Outside of a container these files count the whole machine.
    if os.getpid() != 1:
        return []
    try:
        with open(path) as file:
            return file.read(65536).splitlines()
    except (OSError, ValueError):
        return []
