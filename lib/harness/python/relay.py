"""Watches the child: relays what it writes as frames, keeps its limits, and sees it end with all that it started."""
import _signal as signal
import os
import select
import time

import brigbox_cgroup as cgroup
import brigbox_wire as wire

HIGH_WATER = 1024 * 1024
READ_SIZE = 64 * 1024
CPU_INTERVAL = 0.1
KINDS = (b"O", b"E", b"V")
LIMIT_NAMES = ("stdout", "stderr", "result")
EXIT_HANG_UP = 3


class Relay:
    """The streams of one child, and how it ended."""

    def __init__(self, frames, child, sources, limits, started):
        self.frames = frames
        self.child = child
        self.open = dict(zip(sources, range(3)))
        self.caps = (limits["stdoutBytes"], limits["stderrBytes"], limits["resultBytes"])
        self.counts = [0, 0, 0]
        self.cause = self.limit = self.status = self.ended = None
        self.user_seconds = self.system_seconds = self.max_rss_kib = 0
        self.deadline = started + limits["timeoutMs"] / 1000
        self.cpu_limit_ms = limits["cpuTimeMs"]
        self.cpu_before_ms = cgroup.cpu_ms() if self.cpu_limit_ms is not None else None
        self.queue = []
        self.queued = 0
        os.set_blocking(frames, False)
        for source in sources:
            os.set_blocking(source, False)
        self.bell = _ring_on_child_exit()

    def watch(self):
        """Returns when the child and all that it started are gone and their output is read."""
        while self.status is None or self.open:
            for descriptor, _ in self._poll():
                if descriptor in self.open:
                    self._relay(descriptor)
                elif descriptor == self.bell:
                    _read(self.bell)
            self._reap()
            self._check_limits()

    def send(self, kind, payload):
        """Queues a frame. Waits, with an eye on the host, while too much is queued."""
        header = wire.frame_header(kind, len(payload))
        self.queue += (header, payload)
        self.queued += len(header) + len(payload)
        self._write()
        while self.queued > HIGH_WATER and self.ended is not None:
            self._poll()

    def flush(self):
        """Returns when the host has taken all that was queued."""
        while self.queue:
            self._poll()

    def _poll(self):
        poll = select.poll()
        poll.register(0, select.POLLIN)
        poll.register(self.bell, select.POLLIN)
        if self.queue:
            poll.register(self.frames, select.POLLOUT)
        # A host that reads slowly slows the code down; it must not make us hoard its output.
        if self.queued < HIGH_WATER:
            for source in self.open:
                poll.register(source, select.POLLIN)
        events = poll.poll(self._wait_ms())
        for descriptor, _ in events:
            if descriptor == 0:
                self._hang_up()
            elif descriptor == self.frames:
                self._write()
        return events

    def _wait_ms(self):
        if self.status is not None:
            return 1000
        wait = max(0, self.deadline - time.monotonic()) if self.cause is None else 1
        if self.cpu_limit_ms is not None:
            wait = min(wait, CPU_INTERVAL)
        return int(wait * 1000) + 1

    def _hang_up(self):
        """Stdin ended, or says what it must not: whoever asked is gone, and nobody will read more of this."""
        self._kill()
        os._exit(EXIT_HANG_UP)

    def _write(self):
        try:
            while self.queue:
                count = os.writev(self.frames, self.queue[:64])
                self.queued -= count
                self._drop_written(count)
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up()

    def _drop_written(self, count):
        done = 0
        for piece in self.queue:
            if len(piece) > count:
                break
            count -= len(piece)
            done += 1
        del self.queue[:done]
        if count:
            self.queue[0] = memoryview(self.queue[0])[count:]

    def _relay(self, source):
        index = self.open[source]
        piece = _read(source)
        if piece is None:
            return
        if not piece:
            os.close(source)
            del self.open[source]
            return
        room = self.caps[index] - self.counts[index]
        self.counts[index] += len(piece)
        if room > 0:
            self.send(KINDS[index], piece[:room])
        if len(piece) > room:
            self.limit = self.limit or LIMIT_NAMES[index]
            self._end("output-limit")

    def _check_limits(self):
        if self.status is not None or self.cause is not None:
            return
        if time.monotonic() >= self.deadline:
            self._end("timeout")
        elif self.cpu_limit_ms is not None and self.cpu_before_ms is not None:
            if cgroup.cpu_ms() - self.cpu_before_ms >= self.cpu_limit_ms:
                self._end("cpu-timeout")

    def _end(self, cause):
        if self.cause is None:
            self.cause = cause
        self._kill()

    def _kill(self):
        """All processes of the container but this one; outside of a container, as in tests, only the child's session."""
        try:
            if os.getpid() == 1:
                os.kill(-1, signal.SIGKILL)
            else:
                os.killpg(self.child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def _reap(self):
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.user_seconds += usage.ru_utime
            self.system_seconds += usage.ru_stime
            self.max_rss_kib = max(self.max_rss_kib, usage.ru_maxrss)
            if pid == self.child:
                self.status = status
                self.ended = time.monotonic()
            if self.status is not None:
                # What the child left running holds its pipes open, and would run on unseen.
                self._kill()


def _ring_on_child_exit():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reader


def _read(descriptor):
    """Bytes, no bytes at the end, None where there is nothing yet."""
    try:
        return os.read(descriptor, READ_SIZE)
    except BlockingIOError:
        return None
