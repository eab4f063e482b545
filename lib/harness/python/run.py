"""One job: forks the child that runs the code, watches it, and reports how it ended."""
import os
import time

import brigbox_cgroup as cgroup
import brigbox_wire as wire
from brigbox_relay import Relay


def run(job, inputs, frames, root):
    """Never returns."""
    limits = job["limits"]
    kills_before = cgroup.oom_kills()
    pipes = [os.pipe() for _ in range(3)]
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _become_child(job, inputs, pipes, root)
    for _, write_end in pipes:
        os.close(write_end)
    del inputs
    relay = Relay(frames, child, [read_end for read_end, _ in pipes], limits, started)
    relay.send(b"S", b"{}")
    relay.watch()
    wall_ms = (relay.ended - started) * 1000
    import brigbox_artifacts

    dropped = brigbox_artifacts.collect(root + "/out", limits, relay.send)
    relay.send(b"X", wire.dumps(_report(relay, limits, wall_ms, kills_before, dropped)).encode())
    relay.flush()
    os._exit(0)


def _become_child(job, inputs, pipes, root):
    try:
        import brigbox_child

        brigbox_child.run(job, inputs, [write_end for _, write_end in pipes], root)
    finally:
        # Whatever went wrong, two supervisors must never read on.
        os._exit(70)


def _report(relay, limits, wall_ms, kills_before, dropped):
    kills_after = cgroup.oom_kills()
    return {
        "cause": relay.cause or _cause_by_rusage(relay, limits),
        "limit": relay.limit,
        "exitCode": os.WEXITSTATUS(relay.status) if os.WIFEXITED(relay.status) else None,
        "signal": os.WTERMSIG(relay.status) if os.WIFSIGNALED(relay.status) else None,
        "wallMs": wall_ms,
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
