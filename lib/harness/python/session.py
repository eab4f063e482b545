"""A session: one child that keeps its interpreter from cell to cell, each cell a job of its own.

What ends a cell by force ends the interpreter, and then the container too: a new one is the only one of which nothing has to be believed.
"""
import os
import select

import brigbox_artifacts as artifacts
import brigbox_exits as exits
import brigbox_run as runs
import brigbox_wire as wire
from brigbox_cell_relay import CellRelay
from brigbox_outbox import Outbox


def serve(child, read_job, frames, root):
    """Runs cells until one ends the interpreter, or stdin ends. Never returns."""
    outbox = Outbox(frames)
    sources = dict(zip(child.sources, range(3)))
    try:
        is_kept = True
        while is_kept:
            _await_job(child)
            is_kept = _serve_cell(child, read_job(), outbox, sources, root)
    except BaseException as error:  # noqa: B902 - the end of PID 1 is the end of all that it started
        exits.give_up(exits.BROKEN, "the supervision failed: %s: %s" % (type(error).__name__, error))
    os._exit(0)


def _await_job(child):
    """Returns once there is something on stdin. What threads write meanwhile stays in the pipes, and is the next cell's."""
    poll = select.poll()
    poll.register(0, select.POLLIN)
    poll.register(child.bell, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll()]
        if child.bell in ready:
            os.read(child.bell, 4096)
            _reap(child)
        if 0 in ready:
            return


def _reap(child):
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            pid = child.pid
        if pid == child.pid:
            exits.give_up(exits.NO_CHILD, "the interpreter ended between two cells")
        if pid == 0:
            return


def _serve_cell(child, job, outbox, sources, root):
    """Returns whether the interpreter goes on."""
    _, _, limits = job
    relay = CellRelay(outbox, child, sources, job)
    relay.send(b"S", b"{}")
    is_kept = relay.watch_cell()
    measured = relay.meter.measure(relay.before, relay.max_rss_kib * 1024)
    dropped = artifacts.collect(root + "/out", limits, relay.send, relay.deadline)
    if is_kept:
        artifacts.remove_all(root + "/out", relay.deadline)
    relay.send(b"X", wire.dumps(runs.report(relay, limits, measured, dropped)).encode())
    relay.flush()
    return is_kept
