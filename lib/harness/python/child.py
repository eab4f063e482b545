"""The process that runs the code. Nothing here is out of the code's reach, so nothing here is believed by anyone else."""
import _signal as signal
import io
import os
import sys

import brigbox_hardening as hardening
import brigbox_wire as wire

HARNESS_MODULES = "brigbox_"


def run(job, inputs, pipes, root):
    """Runs the code and writes its outcome to the result pipe. Never returns."""
    result = _settle_in(pipes, job["limits"], root)
    decode, encode = _values_codec(job, inputs)
    namespace = _make_main_module(job)
    if decode is not None:
        namespace.update(decode(inputs))
    # Kept here, since the code may replace what it finds in these modules.
    write, leave = os.write, os._exit
    outcome, payload, code = _execute(job, namespace, encode)
    text = wire.dumps(outcome).encode()
    _write_all(write, result, len(text).to_bytes(4, "big") + text)
    for buffer in payload:
        _write_all(write, result, buffer)
    leave(code)


def _settle_in(pipes, limits, root):
    """A session, streams, limits and a place of its own. Returns the result pipe's descriptor."""
    os.setsid()
    hardening.prefer_as_victim()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    empty = os.open("/dev/null", os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(pipes[0], 1)
    os.dup2(pipes[1], 2)
    hardening.close_other_descriptors([pipes[2]])
    os.set_inheritable(pipes[2], False)
    os.umask(0o022)
    os.chdir(root)
    hardening.limit_resources(limits)
    _open_streams()
    return pipes[2]


def _open_streams():
    """Unbuffered like `python -u`, so that what was printed before a SIGKILL is not lost with a buffer."""
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8", "strict")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", "strict", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", "backslashreplace", write_through=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr


def _values_codec(job, inputs):
    """Decoder and encoder; both are compiled only where something is to be decoded or may come back."""
    decode = None
    if inputs:
        from brigbox_values import decode

    finder = sys.meta_path[0]

    def encode(values, limit):
        if not values:
            return []
        if finder not in sys.meta_path:
            sys.meta_path.insert(0, finder)
        from brigbox_values import encode

        return encode(values, limit)

    return decode, encode


class _CodeLoader:
    """Lets tracebacks find the code's own lines, though there is no file."""

    def __init__(self, code):
        self._code = code

    def get_source(self, name):
        return self._code


def _make_main_module(job):
    """The code's module is `__main__`, so that a main guard, dataclasses and type hints work as in a script."""
    main = type(sys)("__main__")
    main.__file__ = job["fileName"]
    main.__loader__ = _CodeLoader(job["code"])
    main.__builtins__ = __builtins__
    sys.modules["__main__"] = main
    sys.argv[:] = [job["fileName"]]
    return main.__dict__


def _hide_harness():
    for name in [name for name in sys.modules if name.startswith(HARNESS_MODULES)]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__name__", "") != "SourceFinder"]


def _execute(job, namespace, encode):
    """Returns the outcome, the encoded values and the exit code."""
    import brigbox_outcome as outcomes

    limit = job["limits"]["resultBytes"]
    _hide_harness()
    try:
        exec(compile(job["code"], job["fileName"], "exec", dont_inherit=True), namespace)
        values = {name: namespace[name] for name in job["returns"] if name in namespace}
        missing = [name for name in job["returns"] if name not in namespace]
        payload = encode(values, limit)
        _finish_like_a_script()
        return outcomes.ok(payload, missing, limit), payload, 0
    except SystemExit as error:
        return outcomes.from_exit(error, job, namespace, encode, _finish_like_a_script)
    except BaseException as error:  # noqa: B902 - whatever ended the code is its outcome
        outcome = outcomes.from_exception(error, job["fileName"])
        _finish_quietly()
        return outcome, [], 1


def _finish_like_a_script():
    """Threads that are not daemons are waited for, then come the exit handlers, as at the end of any program."""
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()
    atexit = sys.modules.get("atexit")
    if atexit is not None:
        atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()


def _finish_quietly():
    try:
        _finish_like_a_script()
    except BaseException:  # noqa: B902 - the first error is the one that counts
        pass


def _write_all(write, descriptor, buffer):
    view = memoryview(buffer).cast("B")
    while len(view) > 0:
        view = view[write(descriptor, view[: wire.MAX_FRAME]) :]
