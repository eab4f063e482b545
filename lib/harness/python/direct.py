"""What the supervisor does besides where no container is around it: it keeps together what the code starts, lowers what limits there are
without a cgroup, makes a folder, and removes it at its end. None of this holds code that wants to get away."""
import _signal as signal
import os
import time

import brigbox_exits as exits
import brigbox_hardening as hardening
import brigbox_processes as processes
from brigbox_relay import PATIENCE, Relay, kill_quietly

_SET_CHILD_SUBREAPER = 36
_PAUSE = 0.005
# How often is looked for processes that were started while the others were being stopped.
_MOST_ROUNDS = 20
# What Python and its libraries map without using it.
_MAPPED = 2 * 1024**3
# Other programs of this user come and go meanwhile, and count too.
_OTHER_TASKS = 512


def settle(root, limits):
    """Before the child is forked, which inherits the limits."""
    try:
        # Closed to all others, and new: a name that is there already is not ours.
        os.mkdir(root, 0o700)
        os.chdir(root)
    except OSError as error:
        exits.give_up(exits.BROKEN, "cannot make its folder: %s; set TMPDIR to a folder like /tmp" % error)
    prctl = hardening.find_prctl()
    if prctl is not None:
        # What loses its parent becomes a child of this process, and stays within sight.
        prctl(_SET_CHILD_SUBREAPER, 1)
    _limit(limits)
    exits.before_leaving(lambda code: _tidy_up(root, code))


def _limit(limits):
    """For each process by itself, and the number of tasks for all of the user's together. Not every system has or keeps all of these."""
    import resource

    memory, tasks = limits["memoryBytes"], processes.count_tasks(os.getuid())
    wanted = {"RLIMIT_DATA": memory, "RLIMIT_AS": memory + _MAPPED}
    if tasks > 0:
        wanted["RLIMIT_NPROC"] = tasks + limits["processes"] + _OTHER_TASKS
    for name, value in wanted.items():
        try:
            hardening.lower(resource, getattr(resource, name), value, value)
        except (AttributeError, ValueError, OSError):
            pass


def _tidy_up(root, code):
    """Ends all that is left and removes the folder. An exit code of this supervisor's own says that nothing is left running."""
    is_alone = _end_descendants()
    import brigbox_artifacts

    brigbox_artifacts.remove_all(root, time.monotonic() + PATIENCE)
    try:
        os.rmdir(root)
    except OSError:
        # The host tries too, where there still is one.
        pass
    return code if is_alone else exits.BROKEN


def _end_descendants():
    """False where some do not end, or start new ones faster than they can be ended."""
    until = time.monotonic() + PATIENCE
    while not _reap_all():
        if time.monotonic() > until:
            return False
        _kill_descendants()
        time.sleep(_PAUSE)
    return True


def _reap_all():
    """True where nothing is left to wait for."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        return True
    return False


def _kill_descendants():
    """Stops what descends from this process until no more appears, and kills it."""
    own, seen = os.getpid(), set()
    for _ in range(_MOST_ROUNDS):
        new = [pid for pid in processes.descendants(own) if pid not in seen]
        if not new:
            break
        for pid in new:
            kill_quietly(os.kill, pid, signal.SIGSTOP)
        seen.update(new)
    for pid in seen:
        kill_quietly(os.kill, pid)


class DirectRelay(Relay):
    """The streams of a child that shares its processes' numbers with the rest of the machine."""

    must_kill = False

    def _kill(self):
        """All that descends from this process, whatever session or group it went to."""
        if not self.must_kill:
            self.must_kill = True
            self._kill_now()

    def _kill_now(self):
        if not processes.has_table():
            super()._kill()
        elif not _is_childless():
            _kill_descendants()

    def _reap(self):
        super()._reap()
        # What was started while the others were killed comes to light once they are gone.
        if self.must_kill and self.has_children:
            self._kill_now()

    def _cpu_ms(self):
        """Of those that live, as of those that were waited for."""
        living = sum(sum(processes.cpu_seconds(pid)) for pid in processes.descendants(os.getpid()))
        return (living + self.user_seconds + self.system_seconds) * 1000


def _is_childless():
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return False
