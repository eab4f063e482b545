"""How the supervisor ends where it cannot report."""
import os

HANG_UP = 3
BAD_JOB = 65
INPUT_FILES = 66
NO_CHILD = 67
BROKEN_CHILD = 70
BROKEN = 71

_MAX_TEXT = 4096


def give_up(code, text):
    """Says on stderr, which the host shows as the container's own complaint, what went wrong. Never returns."""
    try:
        os.write(2, ("brigbox supervisor: %s\n" % text).encode("utf-8", "backslashreplace")[:_MAX_TEXT])
    except OSError:
        pass
    os._exit(code)
