"""What /proc says of processes that have not ended, and so have no rusage yet."""
import os

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User's and system's CPU seconds of a process and of those that it waited for, in steps of a tick, mostly 10 ms."""
    fields = stat(pid)
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


def has_table():
    """Whether this system shows its processes in /proc."""
    return os.path.exists("/proc/self/stat")


def descendants(ancestor):
    """What this process started, and what that started, and so on, as far as it has not ended."""
    children = {}
    for pid in everyone():
        fields = stat(pid)
        if fields is not None and fields[0] not in "ZXx":
            children.setdefault(int(fields[1]), []).append(pid)
    found, generation = [], [ancestor]
    while generation:
        generation = [pid for parent in generation for pid in children.get(parent, ())]
        found += generation
    return found


def count_tasks(user):
    """Processes and threads of a user; 0 where that cannot be seen."""
    return sum(_tasks(pid, user) for pid in everyone())


def _tasks(pid, user):
    try:
        folder = "/proc/%d" % pid
        return len(os.listdir(folder + "/task")) if os.stat(folder).st_uid == user else 0
    except OSError:
        return 0


def everyone():
    """The ids of all processes that are to be seen; none where they cannot be listed."""
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def others(child, with_dead=False):
    """Processes that are neither the child nor this one; outside of a container, as in a trial, those of the child's session.

    The dead ones are left out unless asked for, since whoever started them may never wait for them.
    """
    own = (os.getpid(), child)
    session = child if own[0] != 1 else None
    return [pid for pid in everyone() if pid not in own and _counts(stat(pid), session, with_dead)]


def _counts(fields, session, with_dead):
    return fields is not None and (with_dead or fields[0] not in "ZXx") and session in (None, int(fields[3]))


def stat(pid):
    """The fields of /proc/PID/stat from the state on, None where there is no such process: the program's name before it may hold spaces and brackets."""
    return _read("/proc/%d/stat" % pid).rpartition(")")[2].split() or None


def _read(path):
    try:
        # A third of what `open` costs.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return os.read(descriptor, 65536).decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)
