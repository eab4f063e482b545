"""What the kernel counted for this container, on cgroup v1 and v2. None where it cannot be read."""
import os

# Outside of a container these files count the whole machine. Asked when PID 1 imports this, so that it holds in its child too.
_IS_CONTAINER = os.getpid() == 1
_ROOT = "/sys/fs/cgroup/"
_IS_V2 = os.path.exists(_ROOT + "cgroup.controllers")
_MAX_FILE = 16 * 1024

_MEMORY = "memory.current" if _IS_V2 else "memory/memory.usage_in_bytes"
_MEMORY_PEAK = "memory.peak" if _IS_V2 else "memory/memory.max_usage_in_bytes"
_MEMORY_STAT = "memory.stat" if _IS_V2 else "memory/memory.stat"
_OOM = "memory.events" if _IS_V2 else "memory/memory.oom_control"
_CPU_STAT = "cpu.stat" if _IS_V2 else "cpu/cpu.stat"
_PIDS = "pids.current" if _IS_V2 else "pids/pids.current"
_PIDS_PEAK = "pids.peak" if _IS_V2 else "pids/pids.peak"


# What was opened for good, None where nothing is.
_kept = None


def keep_open():
    """From now on what is read stays open, which halves what the next time costs."""
    global _kept
    if _kept is None:
        _kept = {}


def close_kept():
    global _kept
    for descriptor in (_kept or {}).values():
        os.close(descriptor)
    _kept = None


def oom_kills():
    """How many processes the memory killer has ended here."""
    return _field(_read(_OOM), b"oom_kill")


def cpu_ms():
    """CPU time of all processes here, milliseconds."""
    if _IS_V2:
        used = _field(_read(_CPU_STAT), b"usage_usec")
        return None if used is None else used / 1e3
    used = _number("cpuacct/cpuacct.usage")
    return None if used is None else used / 1e6


def memory_bytes():
    """All that is charged to the container now, files in memory and what the kernel keeps for it included."""
    return _number(_MEMORY)


def memory_peak_bytes():
    """The most that ever was. Linux tells it since 5.19 on cgroup v2."""
    return _number(_MEMORY_PEAK)


def file_cache_bytes():
    """What is kept of files that were read, and let go of when memory is needed. Files in /tmp are none of it: they have no other place."""
    text = _read(_MEMORY_STAT)
    kept, shared = _field(text, b"file" if _IS_V2 else b"cache"), _field(text, b"shmem")
    return None if kept is None or shared is None else kept - shared


def throttled():
    """For how long the container had to wait for its share of the processor, microseconds, and in how many periods."""
    text = _read(_CPU_STAT)
    periods, waited = _field(text, b"nr_throttled"), _field(text, b"throttled_usec" if _IS_V2 else b"throttled_time")
    return (None if waited is None else waited if _IS_V2 else waited // 1000), periods


def tasks():
    """How many processes and threads there are now, all counted at one time. Linux counts the dead that nobody waited for since 5.2."""
    return _number(_PIDS)


def peak_pids():
    """The most processes and threads at one time. Linux tells it since 6.1."""
    return _number(_PIDS_PEAK)


def _number(path):
    text = _read(path)
    return int(text) if text.strip().isdigit() else None


def _field(text, name):
    """The number behind a name at the beginning of a line."""
    start = text.find(b"\n%b " % name)
    if start < 0:
        return None
    value = text[start + len(name) + 2 :].partition(b"\n")[0]
    return int(value) if value.isdigit() else None


def _read(path):
    """Bytes, with a line's end before the first one too."""
    if not _IS_CONTAINER:
        return b""
    descriptor = None if _kept is None else _kept.get(path)
    try:
        if descriptor is None:
            # A third of what `open` costs.
            descriptor = os.open(_ROOT + path, os.O_RDONLY | os.O_CLOEXEC)
        return b"\n" + os.pread(descriptor, _MAX_FILE, 0)
    except OSError:
        return b""
    finally:
        if _kept is not None and descriptor is not None:
            _kept[path] = descriptor
        elif descriptor is not None:
            os.close(descriptor)
