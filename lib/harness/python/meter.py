"""What a job adds to what was there before its code began."""
import os
import time

import brigbox_cgroup as cgroup

# How often memory is looked at where the kernel's own peak is of no use, seconds; more often at first, for what is short has short peaks.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.002, 0.05
# Below this an older peak hides too little to look for.
SLACK = 4 * 1024 * 1024
_PAGE = os.sysconf("SC_PAGE_SIZE")
_FIELDS = 6


class Baseline:
    """What was there right before the code."""

    def __init__(self, numbers):
        self.memory, self.peak, self.cache, self.throttled_us, self.throttled_periods, self.resident = numbers

    def include(self, size):
        """So many bytes are about to come that are not the code's."""
        self.memory = None if self.memory is None else self.memory + size
        self.resident = None if self.resident is None else self.resident + size


def read_baseline(pid="self"):
    """For the process that is about to run the code. None in the place of what cannot be read."""
    memory, peak, cache = cgroup.memory_bytes(), cgroup.memory_peak_bytes(), cgroup.file_cache_bytes()
    return Baseline([memory, peak, cache, *cgroup.throttled(), _resident_bytes(pid)])


def prepare_baseline():
    """Called by the child while it waits: what the baseline is read from stays open until it is told."""
    cgroup.keep_open()
    read_baseline()


def tell_baseline(answers):
    """Called by the child as the last thing before the code, so that no delay of the supervisor counts. The supervisor reads it later."""
    told = read_baseline()
    cgroup.close_kept()
    numbers = (told.memory, told.peak, told.cache, told.throttled_us, told.throttled_periods, told.resident)
    os.write(answers, b"".join((-1 if number is None else number).to_bytes(8, "big", signed=True) for number in numbers))
    # While that lies in the pipe, whoever holds an end of it could put something else there.
    os.close(answers)


def hear_baseline(answers):
    """What the child told; None where it ended before."""
    os.set_blocking(answers, False)
    try:
        told = os.read(answers, _FIELDS * 8)
    except BlockingIOError:
        return None
    if len(told) < _FIELDS * 8:
        return None
    numbers = [int.from_bytes(told[at : at + 8], "big", signed=True) for at in range(0, len(told), 8)]
    return Baseline([None if number < 0 else number for number in numbers])


class Meter:
    """Looks at the container while a job runs, and says afterwards what the job took. Made before the job begins."""

    def __init__(self):
        cgroup.keep_open()
        self.kills_before = cgroup.oom_kills()
        self.most_seen = 0
        self.begin()
        memory, peak = cgroup.memory_bytes(), cgroup.memory_peak_bytes()
        self.is_sampling = memory is not None and (peak is None or peak - memory > SLACK)

    def begin(self):
        """The job begins."""
        self.started = self.seen_at = time.monotonic()

    def pause(self):
        """For how long there is nothing to look at, seconds."""
        return min(max((self.seen_at - self.started) / 20, SHORTEST_PAUSE), LONGEST_PAUSE)

    def sample(self):
        """To be called often; looks when it is time."""
        if self.is_sampling and time.monotonic() - self.seen_at >= self.pause():
            self.most_seen = max(self.most_seen, cgroup.memory_bytes() or 0)
            self.seen_at = time.monotonic()

    def measure(self, before, own_peak):
        """The report's part of it. `own_peak` is the largest resident set of one process, bytes, 0 where nothing tells it."""
        kills, peak, (throttled_us, throttled_periods) = cgroup.oom_kills(), cgroup.memory_peak_bytes(), cgroup.throttled()
        return {
            "oomKills": _difference(kills, self.kills_before),
            "peakMemoryBytes": None if before is None else self._added_memory(before, peak, own_peak),
            "containerPeakBytes": peak,
            "pids": cgroup.peak_pids(),
            "throttledMs": None if before is None else _to_ms(_difference(throttled_us, before.throttled_us)),
            "throttledPeriods": None if before is None else _difference(throttled_periods, before.throttled_periods),
        }

    def _added_memory(self, before, peak, own_peak):
        own = None if before.resident is None or own_peak == 0 else max(0, own_peak - before.resident)
        if before.memory is None:
            return own
        # What the kernel keeps of files that were read is no need of the code's.
        start = before.memory + (_difference(cgroup.file_cache_bytes(), before.cache) or 0)
        if before.peak is not None and peak is not None and peak > before.peak:
            return max(0, peak - start)
        # The peak is an older one, or is not told: what was seen is the least that it can have been.
        added = max(own or 0, self.most_seen - start, (cgroup.memory_bytes() or 0) - start)
        return added if before.peak is None else min(added, max(0, before.peak - before.memory))


def _difference(after, before):
    return None if after is None or before is None else after - before


def _to_ms(us):
    return None if us is None else us / 1000


def _resident_bytes(pid):
    try:
        descriptor = os.open("/proc/%s/statm" % pid, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return int(os.read(descriptor, 256).split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return None
    finally:
        os.close(descriptor)
