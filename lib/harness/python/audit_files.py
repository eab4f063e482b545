"""Which files the code may open, and where it may write. Paths are resolved here, without a function that the code could replace."""
import os
import posix

from brigbox_audit_frames import LIBRARY
from brigbox_audit_rules import READABLE_FILES, READABLE_FOLDERS, WRITABLE_FILES

MAX_LINKS = 40

_readlink, _getcwd = posix.readlink, posix.getcwd
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_READABLE_FOLDERS = LIBRARY + READABLE_FOLDERS


def make_judge(root):
    """A function of a path, its dir_fd and "r" or "w", that says whether this is allowed."""
    home = os.path.realpath(root) + "/"

    def is_allowed(path, folder, way):
        if type(path) is int:
            return _is_nameless(path) or is_allowed(_target(path), None, way)
        text = to_text(path)
        if way == "r" and is_in_library(text):
            return True
        place = resolve(text, folder)
        if (place + "/").startswith(home):
            return True
        if way == "w":
            return place in WRITABLE_FILES
        return (place + "/").startswith(_READABLE_FOLDERS) or place in READABLE_FILES

    return is_allowed


def is_in_library(text):
    """Nothing in the library leads out of it but what the image itself links there, so no link is looked at."""
    return text.startswith(LIBRARY) and "/.." not in text


def is_writing(mode, flags):
    """Whether an event "open" is for writing: `open` tells it in both, C code in the mode alone, `os.open` in the flags."""
    if type(flags) is int and flags & _WRITING:
        return True
    return isinstance(mode, str) and not {"w", "a", "x", "+"}.isdisjoint(str.__str__(mode))


def is_ambiguous(path, mode):
    """`os.open` does not tell its dir_fd, so what goes upwards from there could end anywhere."""
    return mode is None and type(path) is not int and goes_up(path)


def goes_up(path):
    """Whether a relative path holds `..`; a link with such a target means something else once it is moved."""
    text = to_text(path)
    return text[:1] != "/" and ".." in text.split("/")


def to_text(path):
    """An exact str of what the C code was given: a subclass could answer one here and another there. None is the working folder."""
    if path is None:
        return "."
    if isinstance(path, bytes):
        return bytes.decode(path, "utf-8", "surrogateescape")
    return str.__str__(path)


def resolve(text, folder=None):
    """The absolute path without links and dots, as the kernel walks it; what does not exist stays as it is named."""
    if text[:1] != "/":
        text = "%s/%s" % (_getcwd() if type(folder) is not int or folder < 0 else _target(folder), text)
    parts, place, links = text.split("/")[::-1], "", 0
    while parts:
        part = parts.pop()
        if part == "..":
            place = place.rpartition("/")[0]
        elif part not in ("", "."):
            target = _link(place + "/" + part)
            if target is None:
                place += "/" + part
                continue
            links += 1
            if links > MAX_LINKS:
                raise OSError("too many links")
            place = "" if target[:1] == "/" else place
            parts += target.split("/")[::-1]
    return place or "/"


def _link(path):
    try:
        return _readlink(path)
    except (OSError, ValueError):
        return None


def _target(descriptor):
    """The path behind a descriptor, or what the kernel calls it where it has none."""
    return _readlink("/proc/self/fd/%d" % descriptor)


def _is_nameless(descriptor):
    """Pipes and the like were given to the code, and a number that is no descriptor fails by itself."""
    try:
        return _target(descriptor)[:1] != "/"
    except OSError:
        return True
