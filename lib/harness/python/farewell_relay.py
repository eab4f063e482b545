"""Watches a child that stops at its end and says before how it will leave, so that nobody need wait for the kernel to take it apart."""
import _signal as signal
import os
import time

import brigbox_artifacts as artifacts
import brigbox_leaving as leaving
from brigbox_relay import Relay, kill_quietly

# How long the child may stay stopped at its end while its streams are not at theirs, seconds: another process may hold them for long.
STOPPED = 0.05
# Seconds. At 5 ms four runs at once had their results after 35 ms, at 10 ms after 29, at 20 ms after 32, without it after 58.
LINGER = 0.01


class FarewellRelay(Relay):
    """The streams of a child that says farewell, and how it is going to end."""

    wait_options = os.WNOHANG | os.WUNTRACED

    def __init__(self, outbox, bell, child, sources, limits, started, used_before, meter, hear_farewell, output):
        """`hear_farewell` gives the exit code once it was said; `output` is the folder of the artifacts."""
        super().__init__(outbox, bell, child, sources, limits, started, used_before, meter)
        self.hear_farewell, self.output = hear_farewell, output
        self.stopped = self.stopped_until = self.exit_code = None
        self.has_sleeper = False

    def flush(self):
        if not self.outbox.is_empty():
            self.end_sleeper()
        super().flush()

    def _check_limits(self):
        if self.stopped is not None:
            self._look_at_stopped()
        super()._check_limits()

    def _wait_ms(self):
        wait = super()._wait_ms()
        return wait if self.stopped is None else min(wait, int(STOPPED * 1000))

    def _on_stopped(self, pid, usage):
        """What stops without a farewell does so on its own account."""
        if pid != self.child or self.cause is not None:
            return
        if self.exit_code is None:
            self.exit_code = self.hear_farewell()
        if self.exit_code is not None:
            self.stopped, self.stopped_until = leaving.Stop(pid, usage), time.monotonic() + STOPPED

    def _look_at_stopped(self):
        if self.status is not None or self.cause is not None:
            self.stopped = None
        elif not self.open:
            stop, self.stopped = self.stopped, None
            # Asked before the look, since the kernel tells those of it who want to know.
            is_empty_handed = artifacts.is_empty(self.output)
            if leaving.is_still_and_alone(stop):
                self._see_off(stop.usage, is_empty_handed)
            else:
                self._let_go()
        elif leaving.has_company() or time.monotonic() >= self.stopped_until:
            self.stopped = None
            self._let_go()

    def _let_go(self):
        """Only its end tells the truth about it."""
        kill_quietly(os.kill, self.child, signal.SIGCONT)

    def _see_off(self, usage, is_empty_handed):
        # It is alone and stopped, so there is nobody to wait for. What may have woken it since then, or the kernel by order of it, has little time left.
        self.has_children = self.has_more_dead = False
        self.has_sleeper, self.is_empty_handed = True, is_empty_handed
        self._count_end(self.exit_code << 8, usage)
        if is_empty_handed:
            kill_quietly(os.kill, -1 if os.getpid() == 1 else self.child, signal.SIGSTOP)
        else:
            # What is collected must not change meanwhile.
            self.end_sleeper()

    def end_sleeper(self):
        """For good, before anything that may take its time: a child that was seen off is only stopped."""
        if self.has_sleeper:
            self._kill()

    def linger(self):
        """With a child that was seen off, and has its end before it: what the host is told travels faster while the kernel need not take
        apart what both of them have mapped, and so do the runs beside this one."""
        if self.has_sleeper:
            time.sleep(LINGER)
            # The end of PID 1 is everybody's; outside of a container a stopped process would stay.
            self.end_sleeper()
