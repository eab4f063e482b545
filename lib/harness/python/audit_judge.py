"""What is wrong with an event: None where it is fine, else a text, maybe empty, that says more than the event's name.

Texts are printable ASCII and short. They name programs, hosts, files and modules, and never an argument, a value or code.
"""
import brigbox_audit_files as files
import brigbox_audit_frames as frames
import brigbox_audit_rules as rules

MAX_TEXT = 200


def make_judges(root):
    """Two functions: of an event and its arguments, and, for what the first leaves open (it gives `Ellipsis`), with the frame too."""
    is_allowed = files.make_judge(root)
    by_arguments = {
        "open": lambda event, args: _judge_open(args, is_allowed),
        "object.__getattr__": _judge_attribute,
        "object.__setattr__": _judge_attribute,
        "object.__delattr__": _judge_attribute,
        "sqlite3.connect": lambda event, args: _judge_database(args, is_allowed),
        "os.symlink": lambda event, args: _text(args[0]) if files.goes_up(args[0]) else _judge_link(args, is_allowed),
    }
    by_arguments.update({event: _never for event in rules.NEVER})
    for event in rules.PATHS:
        by_arguments.setdefault(event, lambda event, args: _judge_paths(event, args, is_allowed))

    def judge_arguments(event, args):
        judge = by_arguments.get(event)
        return ... if judge is None else judge(event, args)

    return judge_arguments, _judge_caller


def _judge_caller(event, args, frame):
    judge = _BY_CALLER.get(event)
    if judge is not None:
        return judge(args, frame)
    if event.startswith("ctypes."):
        return None if frames.may_call_c(frame) else ""
    return None if frames.is_library(frame) else ""


def _never(event, args):
    return " ".join(_text(_first(args[position])) for position in rules.DETAILS.get(event, ()))


def _judge_open(args, is_allowed):
    path, mode, flags = args
    way = "w" if files.is_writing(mode, flags) else "r"
    if not files.is_ambiguous(path, mode) and is_allowed(path, None, way):
        return None
    return _text(path) + (" for writing" if way == "w" else "")


def _judge_paths(event, args, is_allowed):
    for position, folder, way in rules.PATHS[event]:
        if not is_allowed(args[position], None if folder is None else args[folder], way):
            return _text(args[position])
    return None


def _judge_database(args, is_allowed):
    """What is no text would have to be asked for its path, and an address can hold more than that."""
    if not isinstance(args[0], (str, bytes)) or files.to_text(args[0]).startswith("file:"):
        return _text(args[0])
    return None if files.to_text(args[0]) in (":memory:", "") else _judge_paths("sqlite3.connect", args, is_allowed)


def _judge_link(args, is_allowed):
    """A link is as good as what it leads to."""
    if not is_allowed(args[0], None, "w") and files.to_text(args[0])[:1] == "/":
        return _text(args[0])
    return _judge_paths("os.symlink", args, is_allowed)


def _judge_attribute(event, args):
    names = rules.HIDDEN_ATTRIBUTES if event == "object.__getattr__" else rules.FIXED_ATTRIBUTES
    return ... if args[1] in names else None


def _judge_touched(args, frame):
    return None if frames.is_library(frame) else _text(args[1])


def _judge_import(args, frame):
    """A module is imported by name, or its shared object is loaded from a path."""
    name, path = args[0], args[1]
    if path is not None and not files.is_in_library(files.to_text(path)):
        return "%s from outside of the library" % _text(name)
    return _judge_module(_text(name), frame)


def _judge_module(name, frame):
    top = name.partition(".")[0]
    if top in rules.NEVER_MODULES:
        return name
    return name if top in rules.MODULES and not frames.is_library(frame) else None


def _judge_code(args, frame):
    return None if frames.is_import(frame) or frames.is_library(frame) else ""


def _judge_exec(args, frame):
    """Code under a library's name would be taken for that library's, so only an import may run it."""
    name = args[0].co_filename
    if not frames.is_library_name(name):
        return _judge_code(args, frame)
    if name.startswith(frames.HARNESS):
        return None if frames.is_harness(frame) else _text(name)
    return _judge_module(frames.module_of(name), frame) if frames.is_import(frame) else _text(name)


def _judge_class(args, frame):
    """A pickle may name what it likes, so even a library may unpickle only what could be imported, too."""
    module, name = _text(args[0]), _text(args[1])
    top = module.partition(".")[0]
    is_bad = top in rules.MODULES | rules.NEVER_MODULES | rules.PICKLE_MODULES or (
        module == "builtins" and name in rules.PICKLE_BUILTINS
    )
    return "%s.%s" % (module, name) if is_bad or not frames.is_library(frame) else None


def _by_import(args, frame):
    """The supervisor's own modules may come compiled, too."""
    return None if frames.is_import(frame) or frames.is_harness(frame) else ""


def _by_harness(args, frame):
    return None if frames.is_harness(frame) else ""


_BY_CALLER = {
    "import": _judge_import,
    "compile": _judge_code,
    "exec": _judge_exec,
    "code.__new__": _judge_code,
    "pickle.find_class": _judge_class,
    "object.__getattr__": _judge_touched,
    "object.__setattr__": _judge_touched,
    "object.__delattr__": _judge_touched,
}
_BY_CALLER.update({event: _by_import for event in rules.IMPORT_ONLY})
_BY_CALLER.update({event: _by_harness for event in rules.NEVER_BUT_HARNESS})


def _first(value):
    """Of a list of arguments the program, of an address the host."""
    while type(value) in (list, tuple) and value:
        value = value[0]
    if not isinstance(value, (str, bytes)):
        return value
    text = files.to_text(value).lstrip()
    if "://" in text[:12]:
        return text.split("/")[2].rpartition("@")[2]
    return text.split(None, 1)[0] if text else text


def _text(value):
    """Of anything that is no text or number nothing is asked: it may be an object of the code."""
    if type(value) is int:
        return str(value)[:MAX_TEXT]
    if not isinstance(value, (str, bytes)):
        return ""
    text = files.to_text(value)[:MAX_TEXT].encode("ascii", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:MAX_TEXT]
