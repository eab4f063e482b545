"""What the code's end looks like to the host: a status, and the exception if there was one. Every text is capped."""

MAX_MESSAGE = 4096
MAX_TRACEBACK = 32 * 1024
MAX_TYPE = 256


def ok(payload, missing, limit):
    """The code ended by itself; its values fit, or they do not."""
    size = sum(len(memoryview(buffer).cast("B")) for buffer in payload)
    if size > limit:
        del payload[:]
        return _outcome("result-limit")
    return _outcome("ok", value_bytes=size, missing=missing)


def from_exit(error, job, namespace, encode, finish):
    """`sys.exit()` and `sys.exit(0)` are a good end; anything else is an error with that exit code."""
    code = error.code
    if code is None or (isinstance(code, int) and code == 0):
        values = {name: namespace[name] for name in job["returns"] if name in namespace}
        missing = [name for name in job["returns"] if name not in namespace]
        try:
            payload = encode(values, job["limits"]["resultBytes"])
            finish()
        except BaseException as failure:  # noqa: B902 - whatever it is belongs to the code
            return from_exception(failure, job["fileName"]), [], 1
        return ok(payload, missing, job["limits"]["resultBytes"]), payload, 0
    return from_exception(error, job["fileName"]), [], code & 0xFF or 1 if isinstance(code, int) else 1


def from_exception(error, file_name):
    """A value over the cap is a limit that was reached, everything else an exception of the code."""
    kind = type(error)
    if kind.__name__ == "ValueTooLarge" and kind.__module__ == "brigbox_values":
        return _outcome("result-limit")
    trace = _own_frames(error.__traceback__, file_name)
    return _outcome(
        "error",
        exception={
            "type": _type_name(kind),
            "message": _message(error),
            "traceback": _format(kind, error, trace),
            "line": _line(error, trace, file_name),
        },
    )


def _outcome(status, exception=None, value_bytes=0, missing=()):
    return {"status": status, "exception": exception, "valueBytes": value_bytes, "missing": list(missing), "auditEvents": []}


def _own_frames(trace, file_name):
    """The traceback from the code's first frame on: what called the code is not its concern."""
    while trace is not None and trace.tb_frame.f_code.co_filename != file_name:
        trace = trace.tb_next
    return trace


def _type_name(kind):
    module = str(getattr(kind, "__module__", ""))
    name = str(getattr(kind, "__qualname__", "?"))
    is_plain = module in ("builtins", "__main__", "") or module.startswith("brigbox_")
    return (name if is_plain else "%s.%s" % (module, name))[:MAX_TYPE]


def _message(error):
    try:
        text = str(error)
    except BaseException:  # noqa: B902 - an exception's text is code of the code
        return "(its message cannot be read)"
    return _clip(text, MAX_MESSAGE)


def _format(kind, error, trace):
    import traceback

    try:
        text = "".join(traceback.format_exception(kind, error, trace))
    except BaseException:  # noqa: B902 - see above
        text = "%s: (its traceback cannot be read)\n" % _type_name(kind)
    return _clip(text, MAX_TRACEBACK)


def _line(error, trace, file_name):
    if isinstance(error, SyntaxError) and error.filename == file_name and isinstance(error.lineno, int):
        return error.lineno
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file_name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _clip(text, limit):
    """Start and end, since a traceback says at its end what happened. Exact str, whatever subclass it was."""
    text = str.__str__(text)
    if len(text) <= limit:
        return text
    head = limit // 4
    return text[:head] + "\n... (%d characters left out) ...\n" % (len(text) - limit) + text[head - limit :]
