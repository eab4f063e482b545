"""One job: forks the child that will run the code, gives it the job, watches it, and reports how it ended."""
import _signal as signal
import gc
import os
import select
import time

import brigbox_exits as exits
import brigbox_job as jobs
import brigbox_meter as meters
import brigbox_wire as wire
from brigbox_outbox import Outbox
from brigbox_relay import Relay

# What the child says before the code runs: that it is ready for a job, that it has taken it, or why it could not.
REHEARSED, TAKEN, REFUSED = b"R", b"T", b"F"
_TIMES_SIZE = 16
_MAX_REFUSAL = 4096


class Child:
    """The process that will run the code, before it has its job."""

    def __init__(self, pid, bell, sources, orders, answers, farewell):
        self.pid = pid
        self.bell = bell
        self.sources = sources
        self.orders = orders
        self.answers = answers
        # Where the child says how it will leave before it stops; None where its end is only waited for.
        self._farewell = farewell

    def await_rehearsal(self):
        """Returns once the child has done all that can be done without a job."""
        if self._hear() != REHEARSED:
            exits.give_up(exits.NO_CHILD, "the code's process ended before it was given a job")

    def give(self, text):
        """Gives the job away."""
        try:
            jobs.write_header(self.orders, text)
        except OSError:
            exits.give_up(exits.NO_CHILD, "the code's process ended before it could be given its job")

    def await_taking(self):
        """Returns the CPU seconds, user's and system's, that the child had used until it took its job."""
        answer = self._hear()
        if answer == REFUSED:
            self._give_up()
        times = os.read(self.answers, _TIMES_SIZE) if answer == TAKEN else b""
        os.close(self.orders)
        return [int.from_bytes(times[start : start + 8], "big") / 1e6 for start in (0, 8)]

    def says_farewell(self):
        return self._farewell is not None

    def hear_farewell(self):
        """The exit code with which it says that it will leave; None where it has not said so."""
        try:
            return next(iter(os.read(self._farewell, 1)), None)
        except BlockingIOError:
            return None

    def baseline(self):
        """What was there right before the code, once the child is over; None where it did not get that far."""
        return meters.hear_baseline(self.answers)

    def _hear(self):
        """The next letter of the child, empty where it ended. Stdin is the child's to read for now, so here only its end counts."""
        poll = select.poll()
        poll.register(self.answers, select.POLLIN)
        poll.register(0, 0)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == self.answers:
                    return os.read(self.answers, 1)
                exits.leave(exits.HANG_UP)

    def _give_up(self):
        code = os.read(self.answers, 1)[0]
        exits.give_up(code, os.read(self.answers, _MAX_REFUSAL).decode("utf-8", "replace"))


def fork_child(root, is_ahead, is_session=False, has_farewell=False):
    """The child. It gets ready by itself, and waits for its job.

    Where it has a farewell it says at its end with which code it will leave, stops, and is let go or killed.
    """
    # The child's collections need not look at what was there before it, nor copy the pages on which that stands.
    gc.freeze()
    try:
        bell = _ring_on_child_exit()
        pipes = [os.pipe() for _ in range(3)]
        orders, answers = os.pipe(), os.pipe()
        farewell = _make_farewell() if has_farewell else (None, None)
        pid = os.fork()
    except OSError as error:
        exits.give_up(exits.NO_CHILD, "cannot start the code's process: %s" % error)
    if pid == 0:
        ends = ([write_end for _, write_end in pipes], orders[0], answers[1])
        if is_session:
            _become_child("brigbox_cell", *ends, root, is_ahead)
        _become_child("brigbox_child", *ends, root, is_ahead, farewell[1])
    for descriptor in [write_end for _, write_end in pipes] + [orders[0], answers[1], farewell[1]]:
        if descriptor is not None:
            os.close(descriptor)
    return Child(pid, bell, [read_end for read_end, _ in pipes], orders[1], answers[0], farewell[0])


def _make_farewell():
    """A pipe that nobody waits for, however full or empty it is."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _ring_on_child_exit():
    """A descriptor that becomes readable when a child ends. Made before the fork, so that no end is missed."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reader


def _become_child(entry, *arguments):
    # Kept here, since the code may replace what it finds in the module.
    write, leave = os.write, os._exit
    try:
        __import__(entry).run(*arguments)
    except BaseException as error:  # noqa: B902 - two supervisors must never read on
        text = "brigbox: the code's process could not go on: %s: %s\n" % (type(error).__name__, error)
        write(2, text.encode("utf-8", "backslashreplace")[:1024])
    finally:
        leave(exits.BROKEN_CHILD)


def run(child, limits, frames, root, is_direct, meter):
    """Sees to a child that was given its job. Never returns."""
    used_before = child.await_taking()
    try:
        sources = dict(zip(child.sources, range(3)))
        watched = (Outbox(frames), child.bell, child.pid, sources, limits, time.monotonic(), used_before, meter)
        _supervise(_make_relay(watched, child, root, is_direct), child, limits, root)
    except BaseException as error:  # noqa: B902 - the end of PID 1 is the end of all that it started
        exits.give_up(exits.BROKEN, "the supervision failed: %s: %s" % (type(error).__name__, error))


def _make_relay(watched, child, root, is_direct):
    if is_direct:
        from brigbox_direct import DirectRelay

        return DirectRelay(*watched)
    if child.says_farewell():
        from brigbox_farewell_relay import FarewellRelay

        return FarewellRelay(*watched, child.hear_farewell, root + "/out")
    return Relay(*watched)


def _supervise(relay, child, limits, root):
    relay.send_soon(b"S", b"{}")
    relay.watch()
    measured = relay.meter.measure(child.baseline(), relay.max_rss_kib * 1024)
    dropped = [] if relay.is_empty_handed else _collect(relay, limits, root)
    relay.send(b"X", wire.dumps(report(relay, limits, measured, dropped)).encode())
    relay.flush()
    relay.linger()
    exits.leave(0)


def _collect(relay, limits, root):
    import brigbox_artifacts

    return brigbox_artifacts.collect(root + "/out", limits, relay.send, relay.deadline)


def report(relay, limits, measured, dropped):
    """How it ended. A process that goes on, as a session's does, has no status yet."""
    status = relay.status
    return {
        **measured,
        "isKept": status is None,
        "cause": relay.cause or _cause_by_rusage(relay, limits),
        "limit": relay.limit,
        "exitCode": os.WEXITSTATUS(status) if status is not None and os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else None,
        "wallMs": (relay.ended - relay.started) * 1000,
        "userCpuMs": relay.user_seconds * 1000,
        "systemCpuMs": relay.system_seconds * 1000,
        "maxRssBytes": relay.max_rss_kib * 1024,
        "stdoutBytes": relay.counts[0],
        "stderrBytes": relay.counts[1],
        "droppedArtifacts": dropped,
    }


def _cause_by_rusage(relay, limits):
    """The kernel's own CPU limit ends a process by SIGXCPU, or by SIGKILL a second later where that was caught. It counts by the clock's
    ticks, which differ from what it tells afterwards by some per cent."""
    if limits["cpuTimeMs"] is None or relay.status is None or not os.WIFSIGNALED(relay.status):
        return None
    used_ms = (relay.user_seconds + relay.system_seconds) * 1000
    least_share = {24: 0.8, 9: 0.98}.get(os.WTERMSIG(relay.status))
    return "cpu-timeout" if least_share is not None and used_ms >= limits["cpuTimeMs"] * least_share else None
