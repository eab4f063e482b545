"""What /proc says of processes that have not ended, and so have no rusage yet."""
import os

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User's and system's CPU seconds of a process and of those that it waited for, in steps of a tick, mostly 10 ms."""
    fields = _stat(pid)
    if fields is None:
        return [0, 0]
    user, system, waited_user, waited_system = (int(field) / _TICKS for field in fields[11:15])
    return [user + waited_user, system + waited_system]


def forget_peak(pid):
    """Lets the peak of a process's resident memory begin anew. Where the kernel will not, it stays that of its whole life."""
    try:
        with open("/proc/%d/clear_refs" % pid, "w") as file:
            file.write("5")
    except OSError:
        pass


def peak_rss_kib(pid):
    for line in _read("/proc/%d/status" % pid).splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0])
    return 0


def others(child):
    """Processes that are neither the child nor this one; outside of a container, as in a trial, those of the child's session.

    The dead ones are left out, since whoever started them may never ask for them.
    """
    own = (os.getpid(), child)
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if pid not in own and _lives(_stat(pid), child if own[0] != 1 else None)]


def _lives(fields, session):
    return fields is not None and fields[0] not in "ZXx" and session in (None, int(fields[3]))


def _stat(pid):
    """From the state on: the program's name before it may hold spaces and brackets."""
    return _read("/proc/%d/stat" % pid).rpartition(")")[2].split() or None


def _read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read(65536)
    except OSError:
        return ""
