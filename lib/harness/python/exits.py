"""How the supervisor ends, also where it cannot report."""
import os

HANG_UP = 3
BAD_JOB = 65
INPUT_FILES = 66
NO_CHILD = 67
BROKEN_CHILD = 70
BROKEN = 71

_MAX_TEXT = 4096
_last_acts = []


def before_leaving(act):
    """Has something done when the supervisor ends. It is given the exit code, and gives the one to end with."""
    _last_acts.append(act)


def leave(code):
    """Ends the supervisor. Never returns."""
    for act in _last_acts:
        try:
            code = act(code)
        except Exception:  # noqa: B902 - whatever could not be done, this is the end
            code = BROKEN
    os._exit(code)


def give_up(code, text):
    """Says on stderr, which the host shows as the supervisor's own complaint, what went wrong. Never returns."""
    try:
        os.write(2, ("brigbox supervisor: %s\n" % text).encode("utf-8", "backslashreplace")[:_MAX_TEXT])
    except OSError:
        pass
    leave(code)
