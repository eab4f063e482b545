"""Sees how a process ends as soon as that is settled. The kernel takes its memory apart before it tells its parent, which is milliseconds
where libraries are mapped.

What is believed here is the kernel's own: a process that is exiting and has no memory any more runs no code again, and its exit status stands.
"""
import os
import time

import brigbox_hardening as hardening
import brigbox_processes as processes

# Linux, include/linux/sched.h: the process is in the kernel's exit, from which there is no way back; it runs what it was forked as.
_EXITING, _NEVER_EXECUTED = 0x4, 0x40
# Fields of /proc/PID/stat, counted from the state, which is the third in proc(5).
_FLAGS, _FAULTS, _USER_TICKS, _SYSTEM_TICKS, _THREADS, _MEMORY, _STATUS = 6, 7, 11, 12, 17, 20, 49
# What those used that it waited for: faults, small and large, and ticks. One that shares its parent's memory may need no fault.
_WAITED = (8, 10, 13, 14)
# A process that has been let go and is not on its way out by then is left to end in its own time, seconds.
_PATIENCE = 0.01
# Between two looks, since it may need this very processor to leave.
_PAUSE = 0.00005
# A process that does nothing but leave takes no page, or few.
_MOST_FAULTS = 4
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


def see_off(pid, let_go, end_others):
    """The departure of a child that waits for `let_go`, all its work done. None where it does not leave at once, or not alone: then only
    its parent's wait tells the truth. `end_others` kills whatever else runs, once the child runs no more."""
    faults = _faults(processes.stat(pid))
    # Only a process that still has its memory tells the peak of it.
    peak = processes.peak_rss_kib(pid)
    let_go()
    fields = _await_exit(pid) if faults is not None and peak > 0 else None
    clock = _clock(pid)
    if fields is None or clock is None or not _is_told(pid):
        return None
    # Another program, or memory taken after the look, has a peak of its own.
    if not int(fields[_FLAGS]) & _NEVER_EXECUTED or _faults(fields) - faults > _MOST_FAULTS:
        return None
    # What it waited for counts too, and only the parent's wait tells how much that was.
    if any(int(fields[at]) > 0 for at in _WAITED):
        return None
    # One that lives could start another behind the back of whoever lists them. The dead have used something, too.
    end_others()
    if processes.others(pid, with_dead=True):
        return None
    return Departure(int(fields[_STATUS]), _share(clock, fields), peak)


def _is_told(pid):
    """Whether the kernel tells the status of this process, which has no memory any more: of one that let nobody look at it 0 is shown.
    The same right opens the link to its program, which went with the memory."""
    try:
        os.readlink("/proc/%d/exe" % pid)
    except FileNotFoundError:
        return True
    except OSError:
        pass
    return False


def _faults(fields):
    return None if fields is None else int(fields[_FAULTS])


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
