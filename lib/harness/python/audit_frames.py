"""Who caused an event: the code, or a library. That is told by the name of the file which the innermost Python frame comes from.

Such a name cannot be had by the code: to run what was compiled under a library's name, or to rename code, is stopped as well.
A function of the code that a library calls back is still the code.
"""
import os
import sys

from brigbox_audit_rules import GO_BETWEENS

HARNESS = "<brigbox_"
_FROZEN = "<frozen "
_IMPORT = ("<frozen importlib", "<frozen zipimport")
_PACKAGES = ("site-packages/", "dist-packages/")
# These two call into C only while they are imported, and pass on what the code gives them.
_MESSENGERS = ("numpy/", "pandas/")
_MAX_DEPTH = 1000
_MAX_LINE = 2**31 - 1


def _both(paths):
    """Folders with a slash at the end, as they are named and as they are once links are followed."""
    folders = list(paths) + [os.path.realpath(path) for path in paths]
    return tuple(sorted({folder.rstrip("/") + "/" for folder in folders if folder.strip("/")}, key=len, reverse=True))


STANDARD = _both([os.path.dirname(os.__file__)])
LIBRARY = _both([os.path.dirname(os.__file__)] + [path for path in sys.path if path.startswith("/")])
_GO_BETWEENS = tuple(folder + name for folder in STANDARD for name in GO_BETWEENS) + _IMPORT
_OWN = LIBRARY + (HARNESS, _FROZEN)


def is_library_name(name):
    """Whether code of this file name counts as a library's."""
    return isinstance(name, str) and str.startswith(name, _OWN)


def is_library(frame):
    """Whether a library asks, on its own account. Without a frame it is the code, which had a function of C called for it."""
    frame = _asker(frame)
    return frame is not None and is_library_name(frame.f_code.co_filename)


def is_harness(frame):
    """Whether the supervisor's child itself asks."""
    return frame is not None and str.startswith(frame.f_code.co_filename, HARNESS)


def is_import(frame):
    """Whether Python's own import machinery asks."""
    return frame is not None and str.startswith(frame.f_code.co_filename, _IMPORT)


def may_call_c(frame):
    """Whether a package other than numpy and pandas asks for C, or Python's ctypes while it is imported."""
    while frame is not None:
        name = frame.f_code.co_filename
        inner = within_library(name)
        if inner.startswith("ctypes/") and frame.f_code.co_name == "<module>":
            return True
        if is_library_name(name) and not _is_standard(name) and not inner.startswith(_MESSENGERS):
            return True
        if not is_library_name(name):
            return False
        frame = frame.f_back
    return False


def is_for_platform(frame):
    """Whether Python's own `platform` asks what processor there is, as pandas has it do: stopped, but nothing to tell of."""
    while frame is not None and within_library(frame.f_code.co_filename) == "subprocess.py":
        frame = frame.f_back
    return frame is not None and within_library(frame.f_code.co_filename) == "platform.py"


def within_library(name):
    """The path inside of the library's folder, such as `numpy/core/_internal.py`; empty for what is elsewhere."""
    for folder in LIBRARY:
        if str.startswith(name, folder):
            return name[len(folder) :]
    return ""


def module_of(name):
    """The module in a library's file, as far as its top goes; for a frozen one its name."""
    if name.startswith(_FROZEN):
        return name[len(_FROZEN) : -1]
    return within_library(name).partition("/")[0].partition(".")[0]


def line_in(frame, file_name):
    """The line where the code's own file stands on the stack, or None."""
    for _ in range(_MAX_DEPTH):
        if frame is None:
            return None
        if frame.f_code.co_filename == file_name:
            line = frame.f_lineno
            return line if type(line) is int and 0 < line <= _MAX_LINE else None
        frame = frame.f_back
    return None


def _asker(frame):
    while frame is not None and str.startswith(frame.f_code.co_filename, _GO_BETWEENS):
        frame = frame.f_back
    return frame


def _is_standard(name):
    if name.startswith((HARNESS, _FROZEN)):
        return True
    return any(name.startswith(folder) and not name[len(folder) :].startswith(_PACKAGES) for folder in STANDARD)
