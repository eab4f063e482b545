"""What the code's end looks like to the host: a status, and the exception if there was one. Every text is capped."""
import sys

MAX_MESSAGE = 4096
MAX_TRACEBACK = 32 * 1024
MAX_TYPE = 256
MAX_CHAIN = 100
MAX_LINE = 2**31 - 1


def conclude(error, job, namespace):
    """The outcome, the encoded values and the exit code. `sys.exit()` and `sys.exit(0)` are a good end."""
    code = 0 if error is None else _exit_code(error)
    if code != 0:
        return _from_exception(error, job["fileName"]), [], code
    try:
        payload, missing = _encode_values(job, namespace)
    except BaseException as failure:  # noqa: B902 - whatever it is belongs to the code
        return _from_failed_values(failure, job["fileName"]), [], 1
    size = sum(len(memoryview(buffer).cast("B")) for buffer in payload)
    if size > job["limits"]["resultBytes"]:
        return _outcome("result-limit"), [], 0
    return _outcome("ok", value_bytes=size, missing=missing), payload, 0


def _encode_values(job, namespace):
    module = type(sys)
    # A module is never a value: `from scipy import signal` does not define the signal.
    values = {name: namespace[name] for name in job["returns"] if not issubclass(type(namespace.get(name, sys)), module)}
    missing = [name for name in job["returns"] if name not in values]
    if not values:
        return [], missing
    # Compiled only where something comes back.
    from brigbox_values import encode

    return encode(values, job["limits"]["resultBytes"]), missing


def _from_failed_values(failure, file_name):
    """A value over the cap is a limit that was reached, everything else an exception of the code."""
    kind = type(failure)
    if kind.__name__ == "ValueTooLarge" and kind.__module__ == "brigbox_values":
        return _outcome("result-limit")
    return _from_exception(failure, file_name)


def _exit_code(error):
    """What Python would exit with."""
    if not issubclass(type(error), SystemExit):
        return 1
    code = _try(lambda: error.code, 1)
    if code is None:
        return 0
    if not issubclass(type(code), int):
        return 1
    number = int.__index__(code)
    return number & 0xFF or int(number != 0)


def _from_exception(error, file_name):
    _try(lambda: _leave_hook_out(error), None)
    trace = _own_frames(error.__traceback__, file_name)
    name = _try(lambda: _type_name(type(error)), "?")
    return _outcome(
        "error",
        exception={
            "type": name,
            "message": _try(lambda: _clip(str(error), MAX_MESSAGE), "(its message cannot be read)"),
            "traceback": _try(lambda: _format(error, trace), "%s: (its traceback cannot be read)\n" % name),
            "line": _try(lambda: _line(error, trace, file_name), None),
        },
    )


def _try(read, default):
    """An exception's texts and attributes are code of the code."""
    try:
        return read()
    except BaseException:  # noqa: B902 - see above
        return default


def _outcome(status, exception=None, value_bytes=0, missing=()):
    return {"status": status, "exception": exception, "valueBytes": value_bytes, "missing": list(missing), "auditEvents": []}


def _leave_hook_out(error):
    """Cuts the audit hook's frame, always the last, off this exception's traceback and off those that it came from."""
    for _ in range(MAX_CHAIN):
        if error is None:
            return
        trace = error.__traceback__
        while trace is not None:
            after = trace.tb_next
            if after is not None and after.tb_frame.f_code.co_filename == "<brigbox_audit>":
                trace.tb_next = after = None
            trace = after
        error = error.__cause__ or error.__context__


def _own_frames(trace, file_name):
    """The traceback from the code's first frame on: what called the code is not its concern."""
    while trace is not None and trace.tb_frame.f_code.co_filename != file_name:
        trace = trace.tb_next
    return trace


def _type_name(kind):
    module = str(getattr(kind, "__module__", ""))
    name = str(getattr(kind, "__qualname__", "?"))
    is_plain = module in ("builtins", "__main__", "") or module.startswith("brigbox_")
    return _clip(name if is_plain else "%s.%s" % (module, name), MAX_TYPE)


def _format(error, trace):
    # A costly import, and needed only here.
    import traceback

    return _clip("".join(traceback.format_exception(type(error), error, trace)), MAX_TRACEBACK)


def _line(error, trace, file_name):
    line = None
    if issubclass(type(error), SyntaxError) and error.filename == file_name and type(error.lineno) is int:
        line = error.lineno
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file_name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line if line is not None and 0 < line <= MAX_LINE else None


def _clip(text, limit):
    """Start and end, since a traceback says at its end what happened. Exact str, whatever subclass it was."""
    text = str.__str__(text)
    if len(text) <= limit:
        return text
    head = limit // 4
    return text[:head] + "\n... (%d characters left out) ...\n" % (len(text) - limit) + text[head - limit :]
