"""Sees how a process is about to end while it sleeps, all its work done, until it may. The kernel tells the parent of an end only after
it has taken the memory apart, which is milliseconds where libraries are mapped.

The exit code is what the process says it will leave with, which is as good as one that it leaves with. All else is the kernel's word.
"""
import os
import time

import brigbox_cgroup as cgroup
import brigbox_processes as processes

# Linux, include/linux/sched.h: the process runs what it was forked as.
_NEVER_EXECUTED = 0x40
# Fields of /proc/PID/stat, counted from the state, which is the third in proc(5).
_STATE, _FLAGS, _USER_TICKS, _SYSTEM_TICKS, _THREADS = 0, 6, 11, 12, 17
_ASLEEP = "S"
# What those used that it waited for: faults, small and large, and ticks. One that shares its parent's memory may need no fault.
_WAITED = (8, 10, 13, 14)
# One that is not asleep by then is left to end in its own time, seconds.
_PATIENCE = 0.005
# Between two looks, since it may need this very processor to get there.
_PAUSE = 0.00005
# How many tasks the kernel counts where there are but two: None where it does not show that here. Asked before any code is there.
_TASKS = None if cgroup.tasks() is None else 2


class Departure:
    """How a process is to end, and what it used until then: user's and system's CPU seconds, and its peak of resident memory, KiB."""

    def __init__(self, exit_code, cpu_seconds, peak_rss_kib):
        # As its parent's wait would tell it.
        self.status = exit_code << 8
        self.cpu_seconds = cpu_seconds
        self.peak_rss_kib = peak_rss_kib


def can_be_seen():
    """Whether this kernel shows all that is needed, tried on a process that waits."""
    held, holds = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(holds)
        os.read(held, 1)
        os._exit(0)
    os.close(held)
    fields = _await_sleep(pid)
    is_seen = fields is not None and _clock(pid) is not None and processes.peak_rss_kib(pid) > 0 and pid in processes.everyone()
    os.close(holds)
    os.waitpid(pid, 0)
    return is_seen


def see_off(pid, exit_code):
    """The departure of a child that says how it will leave, and sleeps. None where it does not sleep, or is not alone: then only its
    parent's wait tells the truth."""
    fields = _await_sleep(pid)
    spent, peak = _clock(pid), processes.peak_rss_kib(pid)
    if fields is None or spent is None or peak == 0:
        return None
    # Another program has a peak of its own, and a thread goes on.
    if not int(fields[_FLAGS]) & _NEVER_EXECUTED or fields[_THREADS] != "1":
        return None
    # What it waited for counts too, and only the parent's wait tells how much that was.
    if any(int(fields[at]) > 0 for at in _WAITED):
        return None
    # The dead have used something, too. This one's clock stood still meanwhile, so it has started nobody behind the back of whoever
    # lists them; others could do so for one another, and the kernel counts all of them at one time.
    if pid not in processes.everyone() or processes.others(pid, with_dead=True):
        return None
    if cgroup.tasks() != _TASKS or _clock(pid) != spent:
        return None
    return Departure(exit_code, _share(spent, fields), peak)


def _await_sleep(pid):
    until = time.monotonic() + _PATIENCE
    while True:
        fields = processes.stat(pid)
        if fields is None or len(fields) <= _THREADS or fields[_STATE] in "ZXx":
            return None
        if fields[_STATE] == _ASLEEP:
            return fields
        if time.monotonic() >= until:
            return None
        time.sleep(_PAUSE)


def _clock(pid):
    """CPU seconds of a process so far. The clock's number is made as clock_getcpuclockid(3) makes it on Linux."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return None


def _share(seconds, fields):
    """Into user's and system's, by the ticks that the kernel counted, as it does itself for those who wait."""
    user, system = int(fields[_USER_TICKS]), int(fields[_SYSTEM_TICKS])
    in_system = seconds * system / (user + system) if user + system > 0 else 0
    return [seconds - in_system, in_system]
