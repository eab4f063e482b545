"""Watches the child: relays what it writes as frames, keeps its limits, and sees it end with all that it started."""
import _signal as signal
import os
import select
import time

import brigbox_cgroup as cgroup
import brigbox_exits as exits
import brigbox_wire as wire

READ_SIZE = 64 * 1024
CPU_INTERVAL = 0.1
LONGEST_WAIT = 60
# How long what the child left behind may take to die and to let go of its pipes.
PATIENCE = 2
# Seconds. Most short code is over by then, and the news that it began would go through three processes at the same time as its first steps.
HUSH = 0.01
# A storm of dying processes must not keep the deadline from being looked at.
REAP_BATCH = 100
KINDS = (b"O", b"E", b"V")
LIMIT_NAMES = ("stdout", "stderr", "result")


class Relay:
    """The streams of one child, and how it ended."""

    wait_options = os.WNOHANG

    def __init__(self, outbox, bell, child, sources, limits, started, used_before, meter):
        self.outbox = outbox
        self.meter = meter
        self.hushed_until = None
        self.bell = bell
        self.child = child
        self.open = sources
        self.caps = (limits["stdoutBytes"], limits["stderrBytes"], limits["resultBytes"] + wire.MAX_OUTCOME_TEXT)
        self.counts = [0, 0, 0]
        self.cause = self.limit = self.status = self.ended = None
        # What the child used before the code was there is not the code's.
        self.user_seconds, self.system_seconds = [-seconds for seconds in used_before]
        self.max_rss_kib = 0
        self.started = started
        self.deadline = started + limits["timeoutMs"] / 1000
        self.patience = None
        self.has_children = self.has_more_dead = True
        # True where it is known that there is no artifact.
        self.is_empty_handed = False
        self.cpu_limit_ms = limits["cpuTimeMs"]
        self.cpu_before_ms = self._cpu_ms() if self.cpu_limit_ms is not None else None
        for source in sources:
            os.set_blocking(source, False)

    def watch(self):
        """Returns when the child and all that it started are gone and their output is read."""
        while not self._is_over():
            self._turn()
        for source in list(self.open):
            self._close(source)

    def send_soon(self, kind, payload):
        """Queues a frame that goes with the next one, or in a moment."""
        self.outbox.add(kind, payload)
        self.hushed_until = time.monotonic() + HUSH

    def send(self, kind, payload):
        """Queues a frame. Once the child is gone it waits, with an eye on the host, while too much is queued."""
        self.hushed_until = None
        self.outbox.add(kind, payload)
        self._write()
        while self.outbox.is_full() and self.ended is not None:
            self._poll()

    def flush(self):
        """Returns when the host has taken all that was queued."""
        while not self.outbox.is_empty():
            self._poll()

    def _turn(self):
        for descriptor, _ in self._poll():
            if descriptor in self.open:
                self._relay(descriptor)
            elif descriptor == self.bell:
                _read(self.bell)
        self.meter.sample()
        if self.has_children:
            self._reap()
        self._check_limits()

    def _is_over(self):
        if self.status is None:
            return False
        if not self.open and not self.has_children:
            return True
        now = time.monotonic()
        if self.patience is None or self.outbox.is_full():
            self.patience = now + PATIENCE
        return now > self.patience

    def _poll(self):
        poll = select.poll()
        self._register(poll)
        if not self.outbox.is_empty() and not self._is_hushed():
            poll.register(self.outbox.descriptor, select.POLLOUT)
        events = poll.poll(self._wait_ms())
        for descriptor, _ in events:
            if descriptor == 0:
                self._on_stdin()
            elif descriptor == self.outbox.descriptor:
                self._write()
        return events

    def _register(self, poll):
        poll.register(0, select.POLLIN)
        if self.has_children:
            poll.register(self.bell, select.POLLIN)
        if not self.outbox.is_full():
            for source in self.open:
                poll.register(source, select.POLLIN)

    def _is_hushed(self):
        return self.hushed_until is not None and time.monotonic() < self.hushed_until

    def _wait_ms(self):
        if self.has_more_dead:
            return 0
        if self.status is not None or self.cause is not None:
            return 100
        wait = min(max(0, self.deadline - time.monotonic()), LONGEST_WAIT)
        if self._is_hushed():
            wait = min(wait, HUSH)
        if self.cpu_before_ms is not None:
            wait = min(wait, CPU_INTERVAL)
        if self.meter.is_sampling:
            wait = min(wait, self.meter.pause())
        return int(wait * 1000) + 1

    def _on_stdin(self):
        """It ended, or says what it must not."""
        self._hang_up()

    def _hang_up(self):
        """Whoever asked is gone, and nobody will read more of this."""
        self._kill()
        exits.leave(exits.HANG_UP)

    def _write(self):
        try:
            self.outbox.write()
        except OSError:
            self._hang_up()

    def _relay(self, source):
        """False where there is nothing to read, now or ever."""
        index = self.open[source]
        piece = _read(source)
        if piece is None:
            return False
        if not piece:
            self._close(source)
            return False
        room = self.caps[index] - self.counts[index]
        self.counts[index] += len(piece)
        if room > 0:
            self.send(KINDS[index], piece[:room])
        if len(piece) > room:
            self._end("output-limit", LIMIT_NAMES[index])
        return True

    def _close(self, source):
        del self.open[source]
        os.close(source)

    def _check_limits(self):
        if self.status is not None or self.cause is not None:
            return
        if time.monotonic() >= self.deadline:
            self._end("timeout")
        elif self.cpu_before_ms is not None:
            used_ms = (self._cpu_ms() or 0) - self.cpu_before_ms
            if used_ms >= self.cpu_limit_ms:
                self._end("cpu-timeout")

    def _cpu_ms(self):
        """CPU time of all processes so far, None where that cannot be read."""
        return cgroup.cpu_ms()

    def _end(self, cause, limit=None):
        if self.cause is None:
            self.cause, self.limit = cause, limit
        self._kill()

    def _kill(self):
        """All processes of the container but this one; outside of a container, as in a trial, only the child's session."""
        if os.getpid() == 1:
            kill_quietly(os.kill, -1)
            return
        kill_quietly(os.killpg, self.child)
        if self.status is None:
            # It may not have got as far as a session of its own.
            kill_quietly(os.kill, self.child)

    def _reap(self):
        self.has_more_dead = False
        for _ in range(REAP_BATCH):
            try:
                pid, status, usage = os.wait4(-1, self.wait_options)
            except ChildProcessError:
                self.has_children = False
                return
            if pid == 0:
                return
            if os.WIFSTOPPED(status):
                self._on_stopped(pid, usage)
            else:
                self._count_dead(pid, status, usage)
        self.has_more_dead = True

    def _on_stopped(self, pid, usage):
        """Only told of where `wait_options` ask for it."""

    def linger(self):
        """Called when all is said."""

    def _count_dead(self, pid, status, usage):
        if pid == self.child:
            self._count_end(status, usage)
        else:
            self._count_usage(usage)
        if self.status is not None:
            # What the child left running holds its pipes open, and would run on unseen.
            self._kill()

    def _count_end(self, status, usage):
        self._count_usage(usage)
        self.user_seconds, self.system_seconds = max(0, self.user_seconds), max(0, self.system_seconds)
        self.status, self.ended = status, time.monotonic()

    def _count_usage(self, usage):
        self.user_seconds += usage.ru_utime
        self.system_seconds += usage.ru_stime
        self.max_rss_kib = max(self.max_rss_kib, usage.ru_maxrss)


def kill_quietly(kill, target, number=signal.SIGKILL):
    """Sends a signal to what may be gone already."""
    try:
        kill(target, number)
    except (ProcessLookupError, PermissionError):
        pass


def _read(descriptor):
    """Bytes, no bytes at the end, None where there is nothing yet."""
    try:
        return os.read(descriptor, READ_SIZE)
    except BlockingIOError:
        return None
