"""The audit hook (PEP 578) beside the code: a tripwire that stops and tells of what a strategy has no business to do.

It is not the boundary; the container is. Code that gets into C, or talks a library into acting for it, passes unseen. What the hook
stands on is out of the code's cheap reach: these modules leave `sys.modules` once it is installed, have builtins of their own,
define no class, and nothing but the hook refers to them, which shows nothing of itself in a traceback. What was seen is lost
where a signal ends the process.
"""
import _functools
import _thread
import sys

import brigbox_audit_frames as frames
import brigbox_audit_judge as judges
import brigbox_audit_rules as rules

MAX_EVENTS = 100
MAX_NAME = 100
MAX_COUNT = 2**53 - 1
MORE = ("more", "further events, not listed", None)

_get_frame, _get_thread = sys._getframe, _thread.get_ident


def prepare(root):
    """Makes the hook, and tries it out by what nearly all code does.

    Returns a function that installs it once and for good, in a mode of which any but "report" denies, for the code in a file of that name.
    It returns one that gives the events since it was last asked, and one that says which file is the code's own from now on.
    """
    hook, settle, *functions = _make_hook(root)
    _try_out(hook, root)
    functions[0]()
    left = [hook]

    def install(mode, file_name):
        # Whoever gets hold of this later finds nothing to install, and changes nothing.
        prepared = left.pop()
        settle(mode, file_name)
        sys.addaudithook(prepared)
        return functions

    return _opaque(install)


def _try_out(hook, root):
    code = compile("", "rehearsal.py", "exec")
    for event, arguments in (
        ("compile", (b"", "rehearsal.py")),
        ("exec", (code,)),
        ("import", ("numpy", None, sys.path, sys.meta_path, sys.path_hooks)),
        ("open", (root, "r", 0)),
        ("object.__getattr__", (sys, "path")),
        ("sys._getframe", ()),
    ):
        hook(event, arguments)


def _make_hook(root):
    """The hook, which only tells of things at first; what settles its mode; and what installing it returns."""
    seen, looking, own_file = {}, set(), [""]
    judge_arguments, judge_caller = judges.make_judges(root)
    is_denying = False

    def look(event, args):
        # To look for the caller is an event too.
        if event == "sys._getframe" and _get_thread() in looking:
            return None
        try:
            detail = judge_arguments(event, args)
            if detail is None:
                return None
            frame = find_caller()
            detail = judge_caller(event, args, frame) if detail is ... else detail
            if detail is None:
                return None
            if not frames.is_for_platform(frame):
                _note(seen, (event[:MAX_NAME], detail, frames.line_in(frame, own_file[0])))
            return _refusal(event, detail) if is_denying else None
        except BaseException as error:  # noqa: B902 - what cannot be judged is stopped, without a frame of this in its traceback
            error.__context__ = error.__cause__ = None
            return error.with_traceback(None) if is_denying else None

    def find_caller():
        thread = _get_thread()
        looking.add(thread)
        try:
            # Above this function, `look` and the hook.
            return _get_frame(3)
        except ValueError:
            return None
        finally:
            looking.discard(thread)

    def tell():
        events = _tell(seen, is_denying)
        seen.clear()
        return events

    def settle(mode, file_name):
        nonlocal is_denying
        is_denying = mode != "report"
        own_file[0] = file_name

    return _conceal(look), settle, _opaque(tell), _opaque(lambda name: own_file.__setitem__(0, name))


def _opaque(function):
    """A callable of C, which cannot be asked for the function that it calls."""
    return _functools._lru_cache_wrapper(function, 0, False, None)


def _conceal(look):
    """What Python calls. Its frame is in the traceback of what it raises, so it holds nothing that could be changed."""

    def audit(event, args, free=rules.FREE, look=_opaque(look)):
        if event not in free:
            refusal = look(event, args)
            if refusal is not None:
                raise refusal

    return type(audit)(audit.__code__, {"__builtins__": {}}, "audit", audit.__defaults__)


def _refusal(event, detail):
    return PermissionError("the audit hook stopped %s%s" % (event[:MAX_NAME], ": " + detail if detail else ""))


def _note(seen, key):
    if key not in seen and len(seen) >= MAX_EVENTS:
        key = MORE
    seen[key] = min(seen.get(key, 0) + 1, MAX_COUNT)


def _tell(seen, is_denying):
    return [
        {"event": event, "detail": detail, "denied": is_denying, "line": line, "count": count}
        for (event, detail, line), count in list(seen.items())
    ]
