"""One job: forks the child that runs the code, watches it, and reports how it ended."""
import _signal as signal
import gc
import os
import time

import brigbox_cgroup as cgroup
import brigbox_exits as exits
import brigbox_wire as wire
from brigbox_relay import Relay


def run(job, inputs, frames, root):
    """Never returns."""
    kills_before = cgroup.oom_kills()
    # The child's collections need not look at what was there before it, nor copy the pages on which that stands.
    gc.freeze()
    started = time.monotonic()
    try:
        bell = _ring_on_child_exit()
        pipes = [os.pipe() for _ in range(3)]
        child = os.fork()
    except OSError as error:
        exits.give_up(exits.NO_CHILD, "cannot start the code's process: %s" % error)
    if child == 0:
        _become_child(job, inputs, pipes, root)
    inputs.clear()
    for _, write_end in pipes:
        os.close(write_end)
    try:
        relay = Relay(frames, bell, child, [read_end for read_end, _ in pipes], job["limits"], started)
        _supervise(relay, job["limits"], root, kills_before)
    except BaseException as error:  # noqa: B902 - the end of PID 1 is the end of all that it started
        exits.give_up(exits.BROKEN, "the supervision failed: %s: %s" % (type(error).__name__, error))


def _ring_on_child_exit():
    """A descriptor that becomes readable when a child ends. Made before the fork, so that no end is missed."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reader


def _become_child(job, inputs, pipes, root):
    # Kept here, since the code may replace what it finds in the module.
    write, leave = os.write, os._exit
    try:
        import brigbox_child

        brigbox_child.run(job, inputs, [write_end for _, write_end in pipes], root)
    except BaseException as error:  # noqa: B902 - two supervisors must never read on
        text = "brigbox: the code's process could not go on: %s: %s\n" % (type(error).__name__, error)
        write(2, text.encode("utf-8", "backslashreplace")[:1024])
    finally:
        leave(exits.BROKEN_CHILD)


def _supervise(relay, limits, root, kills_before):
    relay.send(b"S", b"{}")
    relay.watch()
    import brigbox_artifacts

    dropped = brigbox_artifacts.collect(root + "/out", limits, relay.send, relay.deadline)
    relay.send(b"X", wire.dumps(_report(relay, limits, kills_before, dropped)).encode())
    relay.flush()
    os._exit(0)


def _report(relay, limits, kills_before, dropped):
    kills_after = cgroup.oom_kills()
    return {
        "cause": relay.cause or _cause_by_rusage(relay, limits),
        "limit": relay.limit,
        "exitCode": os.WEXITSTATUS(relay.status) if os.WIFEXITED(relay.status) else None,
        "signal": os.WTERMSIG(relay.status) if os.WIFSIGNALED(relay.status) else None,
        "wallMs": (relay.ended - relay.started) * 1000,
        "userCpuMs": relay.user_seconds * 1000,
        "systemCpuMs": relay.system_seconds * 1000,
        "maxRssBytes": relay.max_rss_kib * 1024,
        "oomKills": None if kills_before is None or kills_after is None else kills_after - kills_before,
        "stdoutBytes": relay.counts[0],
        "stderrBytes": relay.counts[1],
        "droppedArtifacts": dropped,
    }


def _cause_by_rusage(relay, limits):
    """The kernel's own CPU limit ends a process by SIGXCPU, or by SIGKILL where that was caught."""
    if limits["cpuTimeMs"] is None or not os.WIFSIGNALED(relay.status):
        return None
    used_ms = (relay.user_seconds + relay.system_seconds) * 1000
    is_limit = os.WTERMSIG(relay.status) in (9, 24) and used_ms >= limits["cpuTimeMs"] * 0.98
    return "cpu-timeout" if is_limit else None
