"""Tells how a process ends while it is stopped at its end, all its work done. The kernel tells the parent of an end only after it has taken
the memory apart, which is milliseconds where libraries are mapped; of a stop it tells at once, with what was used until then.

The exit code is what the process says it will leave with, which is as good as one that it leaves with. All else is the kernel's word.
"""
import _signal as signal
import os
import time

import brigbox_cgroup as cgroup
import brigbox_processes as processes

# A child and this process.
_BOTH = 2
# Linux counts the dead that nobody waited for among a container's tasks since then.
_COUNTS_DEAD = (5, 2)
# The kernel tells of a stop some microseconds before it is one. Seconds.
_LAST_STEPS = 0.001


class Stop:
    """A child that stopped, with what was used until then by it and by those that it waited for."""

    def __init__(self, pid, usage):
        self.pid = pid
        self.usage = usage
        self.clock = _clock(pid)


def can_be_seen():
    """Whether this kernel shows all that is needed, tried on a process that stops. Asked before any code is there."""
    pid = os.fork()
    if pid == 0:
        try:
            # As the code's process has one, by which others are known where there is no container.
            os.setsid()
            signal.raise_signal(signal.SIGSTOP)
        finally:
            os._exit(0)
    _, status, usage = os.wait4(pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        return False
    try:
        stop = Stop(pid, usage)
        time.sleep(_LAST_STEPS)
        return usage.ru_maxrss > 0 and is_still_and_alone(stop)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def is_still_and_alone(stop):
    """Whether a child has done nothing since it stopped, and none but it and this process is there, the dead included: they have used
    something, too."""
    clock = _clock(stop.pid)
    if clock is None or stop.clock is None or clock - stop.clock > _LAST_STEPS:
        return False
    # One that is awake, or wakes meanwhile, could start somebody behind the back of whoever counts them.
    return _is_stopped(stop.pid) and _is_alone(stop.pid) and _clock(stop.pid) == clock


def has_company():
    """Whether the kernel tells of others."""
    return cgroup.tasks() not in (None, _BOTH)


def _is_stopped(pid):
    return (processes.stat(pid) or [None])[0] == "T"


def _clock(pid):
    """CPU seconds of a process so far. The clock's number is made as clock_getcpuclockid(3) makes it on Linux."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return None


def _is_alone(pid):
    tasks = cgroup.tasks()
    if tasks is not None and (tasks != _BOTH or _ARE_DEAD_COUNTED):
        return tasks == _BOTH
    return pid in processes.everyone() and not processes.others(pid, with_dead=True)


def _release():
    """The kernel's, as far as it is numbers."""
    return tuple(int(part) if part.isdigit() else 0 for part in os.uname().release.split(".")[:2])


_ARE_DEAD_COUNTED = _release() >= _COUNTS_DEAD
