"""Watches one cell of a session: passes its job on, relays what it writes, keeps its limits, and sees whether its interpreter goes on."""
import os
import select
import time

import brigbox_cgroup as cgroup
import brigbox_meter as meters
import brigbox_processes as processes
from brigbox_relay import PATIENCE, Relay, kill_quietly

FEED_SIZE = 256 * 1024
# What the child says once it has told the outcome of a cell.
DONE = b"D"
# A pipe holds at most a megabyte; what threads write beyond that is the next cell's.
DRAIN_READS = 64
PAUSE = 0.005


class CellRelay(Relay):
    """The streams of one cell. The child's stdin is not the container's, so the job's bytes go through here."""

    def __init__(self, outbox, child, sources, job):
        text, header, limits = job
        # What the child used until now is not this cell's.
        used = processes.cpu_seconds(child.pid)
        super().__init__(outbox, child.bell, child.pid, sources, limits, time.monotonic(), used, meters.Meter())
        self.orders, self.answers = child.orders, child.answers
        self.feed = [len(text).to_bytes(4, "big"), text]
        self.unread = header["inputBytes"] + sum(file["bytes"] for file in header["files"])
        self.is_done = False
        for descriptor in (self.orders, self.answers):
            os.set_blocking(descriptor, False)
        processes.forget_peak(child.pid)
        self.before = meters.read_baseline(child.pid)
        # What comes with the cell is there before its code.
        self.before.include(self.unread)
        # Whatever was said between the cells is about none of them.
        while _read_or_nothing(self.answers):
            pass

    def watch_cell(self):
        """Returns whether the interpreter waits for another cell; where not, all that it started is gone and read."""
        while not (self.is_done or self.cause is not None or self.status is not None):
            self._turn()
        if self._is_kept():
            return True
        self._kill()
        self.watch()
        return False

    def _is_kept(self):
        if self.cause is None and self.status is None:
            self._drain()
        if self.cause is not None or self.status is not None or self.unread or self.feed or not self._end_others():
            return False
        self.ended = time.monotonic()
        used = processes.cpu_seconds(self.child)
        self.user_seconds, self.system_seconds = max(0, self.user_seconds + used[0]), max(0, self.system_seconds + used[1])
        self.max_rss_kib = max(self.max_rss_kib, processes.peak_rss_kib(self.child))
        return True

    def _drain(self):
        """What the cell wrote before it was over may still be in the pipes."""
        for source in list(self.open):
            for _ in range(DRAIN_READS):
                if not self._relay(source):
                    break

    def _end_others(self):
        """Ends what the cell left running. False where it starts new processes faster than they can be ended."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            left = processes.others(self.child)
            if not left:
                self._reap()
                return self.status is None
            for pid in left:
                kill_quietly(os.kill, pid)
            self._reap()
            time.sleep(PAUSE)
        return False

    def _register(self, poll):
        if self.ended is not None:
            # All is read that is this cell's, and only the host is waited for.
            poll.register(0, select.POLLIN)
            return
        super()._register(poll)
        if self.unread and self.feed:
            poll.register(0, 0)
        if self.feed:
            poll.register(self.orders, select.POLLOUT)
        if self.answers is not None:
            poll.register(self.answers, select.POLLIN)

    def _poll(self):
        events = super()._poll()
        for descriptor, _ in events:
            if descriptor == self.orders:
                self._pass_on()
            elif descriptor == self.answers:
                self._hear()
        return events

    def _wait_ms(self):
        return 100 if self.ended is not None else super()._wait_ms()

    def _on_stdin(self):
        piece = b"" if self.feed or not self.unread else os.read(0, min(self.unread, FEED_SIZE))
        if not piece:
            self._hang_up()
        self.unread -= len(piece)
        # Once the child is gone the rest of the job is for nobody.
        if self.cause is None and self.status is None and self.orders is not None:
            self.feed = [piece]

    def _pass_on(self):
        try:
            while self.feed:
                count = os.write(self.orders, self.feed[0])
                self.feed[0] = memoryview(self.feed[0])[count:]
                if not self.feed[0]:
                    del self.feed[0]
        except BlockingIOError:
            pass
        except OSError:
            # The child let go of its end, which is the end of it.
            self.feed, self.orders = [], None

    def _hear(self):
        said = _read_or_nothing(self.answers)
        if said == b"":
            self.answers = None
        elif said is not None and DONE in said:
            self.is_done = True

    def _end(self, cause, limit=None):
        super()._end(cause, limit)
        self.feed = []

    def _cpu_ms(self):
        """In a session no rlimit counts the time, so where there is no cgroup the child's own must do."""
        counted = cgroup.cpu_ms()
        return sum(processes.cpu_seconds(self.child)) * 1000 if counted is None else counted


def _read_or_nothing(descriptor):
    """Bytes, none at the end, None where there is nothing yet."""
    try:
        return os.read(descriptor, 4096)
    except BlockingIOError:
        return None
