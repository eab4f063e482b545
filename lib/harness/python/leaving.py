"""Sees how a process ends as soon as that is settled. The kernel takes its memory apart before it tells its parent, which is milliseconds
where libraries are mapped.

What is believed here is the kernel's own: a process that is exiting and has no memory any more runs no code again, and its exit status stands.
"""
import os
import time

import brigbox_hardening as hardening
import brigbox_processes as processes

# Linux, include/linux/sched.h: the process is in the kernel's exit, from which there is no way back.
_EXITING = 0x4
# Fields of /proc/PID/stat, counted from the state, which is the third in proc(5).
_FLAGS, _WAITED_FAULTS, _USER_TICKS, _SYSTEM_TICKS, _THREADS, _MEMORY, _STATUS = 6, 8, 11, 12, 17, 20, 49
# A process that has been let go and is not on its way out by then is left to end in its own time, seconds.
_PATIENCE = 0.01
# Between two looks, since it may need this very processor to leave.
_PAUSE = 0.00005
_TRIAL_CODE = 3


class Departure:
    """How a process ended, and what it used until then: user's and system's CPU seconds, and its peak of resident memory, KiB."""

    def __init__(self, status, cpu_seconds, peak_rss_kib):
        self.status = status
        self.cpu_seconds = cpu_seconds
        self.peak_rss_kib = peak_rss_kib


def can_be_seen():
    """Whether this kernel shows all that is needed, tried on a process that ends in a known way."""
    pid = os.fork()
    if pid == 0:
        # Like the code's process. Of one that is not, later kernels tell the status to nobody.
        hardening.set_dumpable(1)
        os._exit(_TRIAL_CODE)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    fields = processes.stat(pid)
    is_seen = _is_gone(fields) and int(fields[_STATUS]) == _TRIAL_CODE << 8 and _clock(pid) is not None
    os.waitpid(pid, 0)
    return is_seen


def see_off(pid, let_go):
    """The departure of a child that waits for `let_go`, all its work done. None where it does not leave at once, or not alone: then only
    its parent's wait tells the truth."""
    # Only a process that still has its memory tells the peak of it.
    peak = processes.peak_rss_kib(pid)
    is_open = _is_open(pid)
    let_go()
    fields = _await_exit(pid) if is_open and peak > 0 else None
    clock = _clock(pid)
    if fields is None or clock is None:
        return None
    # What it waited for counts too, and only the parent's wait tells how much that was.
    if int(fields[_WAITED_FAULTS]) > 0 or processes.others(pid):
        return None
    return Departure(int(fields[_STATUS]), _share(clock, fields), peak)


def _is_open(pid):
    """Whether the process lets others of its user look at it: one that does not looks as if its status were 0."""
    try:
        return os.stat("/proc/%d/stat" % pid).st_uid == os.getuid()
    except OSError:
        return False


def _await_exit(pid):
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        fields = processes.stat(pid)
        if _is_gone(fields):
            return fields
        time.sleep(_PAUSE)
    return None


def _is_gone(fields):
    """Whether its last thread is in the kernel's exit and has let go of its memory, after its status was set."""
    if fields is None or len(fields) <= _STATUS:
        return False
    return bool(int(fields[_FLAGS]) & _EXITING) and fields[_MEMORY] == "0" and fields[_THREADS] == "1"


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
