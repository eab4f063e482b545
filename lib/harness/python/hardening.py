"""Keeps the code, which runs under the same user, away from the supervisor: its memory, its descriptors, its frames."""
import os

_SET_DUMPABLE = 4
_GET_DUMPABLE = 3
_SET_PARENT_DEATH_SIGNAL = 1


def set_dumpable(value):
    """Sets whether /proc/self belongs to this user, which is what opens it to other processes. True where that was read back."""
    prctl = find_prctl()
    if prctl is None:
        return False
    prctl(_SET_DUMPABLE, value)
    return prctl(_GET_DUMPABLE) == value


def find_prctl():
    """The C function, which takes integers and bytes; None where this Python cannot call it."""
    # The ctypes package costs five times what its C part costs, at every start.
    try:
        import _ctypes

        address = _ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl")
    except (ImportError, AttributeError, OSError):
        return None
    return lambda option, value=0, pointer=0: _ctypes.call_function(address, (option, value, pointer, 0, 0))


def end_with_supervisor():
    """In a container the kernel sees to it; elsewhere, as in a trial, nothing else would."""
    prctl = find_prctl()
    if prctl is not None:
        prctl(_SET_PARENT_DEATH_SIGNAL, 9)


def prefer_as_victim():
    """Makes the memory killer choose this process and its children before the supervisor."""
    # The file belongs to root while the process is not dumpable, as it is after the fork.
    set_dumpable(1)
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass


def cpu_seconds():
    """User's and system's, of this process, as its parent's wait will tell them: `os.times` counts in ticks of 10 ms."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    return [usage.ru_utime, usage.ru_stime]


def limit_resources(limits, used_seconds):
    """RLIMITs of the code's process and all that it starts. The kernel counts the CPU time that the process used before, too."""
    import resource

    lower(resource, resource.RLIMIT_CORE, 0, 0)
    lower(resource, resource.RLIMIT_FSIZE, limits["fileBytes"], limits["fileBytes"])
    lower(resource, resource.RLIMIT_NOFILE, limits["openFiles"], limits["openFiles"])
    if limits["cpuTimeMs"] is not None:
        seconds = max(1, int(-(-(limits["cpuTimeMs"] / 1000 + used_seconds) // 1)))
        lower(resource, resource.RLIMIT_CPU, seconds, seconds + 1)


def lower(resource, which, soft, hard):
    """Sets a limit. A limit can only be lowered without privileges, and one that is lower already is fine."""
    _, ceiling = resource.getrlimit(which)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def close_other_descriptors(keep):
    """Closes all descriptors but the standard ones and those of `keep`."""
    previous = 2
    for descriptor in sorted(keep):
        os.closerange(previous + 1, descriptor)
        previous = descriptor
    os.closerange(previous + 1, max(previous + 2, os.sysconf("SC_OPEN_MAX")))
