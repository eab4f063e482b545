"""The process that runs the code. Nothing here is out of the code's reach, so nothing here is believed by anyone else."""
import _signal as signal
import atexit
import builtins
import io
import os
import sys

import brigbox_exits as exits
import brigbox_hardening as hardening
import brigbox_job as jobs
import brigbox_meter as meters
import brigbox_outcome as outcomes
import brigbox_wire as wire

# Set aside while the code runs, so that where it used up its memory that can still be told. Nothing of it is touched.
_RESERVE_SIZE = 8 * 1024 * 1024
_reserve = []
# An outcome of up to so many bytes of values is copied together; a pipe takes 64 KiB at once.
_SMALL = 32 * 1024

_set_trace, _set_profile, _set_recursion_limit = sys.settrace, sys.setprofile, sys.setrecursionlimit
_recursion_limit = sys.getrecursionlimit()
_FINDER = __spec__.loader
_run_exit_handlers = atexit._run_exitfuncs


def run(pipes, orders, answers, root, is_ahead, farewell):
    """Gets ready, waits for the job, runs its code, and writes the outcome to the result pipe. Never returns.

    Where there is a pipe for its farewell it says there how it will leave, closes its streams, and stops until it may.
    """
    result = settle_in(pipes, (orders, answers) if farewell is None else (orders, answers, farewell), root)
    install_hook = None
    if is_ahead:
        import brigbox_rehearsal as rehearsal

        install_hook = rehearsal.rehearse(make_main_module, outcomes.conclude, root)
        meters.prepare_baseline()
        os.write(answers, b"R")
        del rehearsal
    job, inputs = _take_job(orders, answers, root)
    # Kept here, since the code may replace what it finds in these modules.
    write, leave, process_id, own_id = os.write, os._exit, os.getpid, os.getpid()
    os.close(orders)
    say_farewell = None if farewell is None else make_farewell((1, 2, result), farewell)
    namespace = make_main_module(job)
    error = attempt(define_inputs, inputs, namespace)
    del inputs
    meters.tell_baseline(answers)
    read_events, _ = install_audit_hook(job, root, install_hook)
    del install_hook
    before = hide_harness()
    if error is None:
        _reserve.append(bytes(_RESERVE_SIZE))
        error = _run_code(job, namespace)
        _reserve.clear()
    attempt(restore_interpreter, *before)
    if process_id() != own_id:
        leave_fork(error, job, write, leave)
    outcome, payload, code = outcomes.conclude(error, job, namespace)
    del error
    outcome["auditEvents"] = read_events()
    tell_outcome(write, result, outcome, payload)
    attempt(_let_go, namespace)
    if say_farewell is not None:
        attempt(say_farewell, code)
    leave(code)


def settle_in(pipes, own, root):
    """A session, streams and a place of its own. Returns the result pipe's descriptor."""
    hardening.end_with_supervisor()
    os.setsid()
    hardening.prefer_as_victim()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(pipes[0], 1)
    os.dup2(pipes[1], 2)
    hardening.close_other_descriptors([pipes[2], *own])
    os.set_inheritable(pipes[2], False)
    os.umask(0o022)
    os.chdir(root)
    _open_streams()
    return pipes[2]


def _take_job(orders, answers, root):
    """The job and its inputs. From here on stdin is at its end, and the code's limits hold."""
    try:
        job = jobs.read_header(orders)
        inputs = jobs.read_inputs(job, 0)
        jobs.write_files(job["files"], root, 0)
    except OSError as error:
        _refuse(answers, exits.INPUT_FILES, "cannot write the input files: %s" % error)
    except EOFError:
        os._exit(exits.HANG_UP)
    except Exception as error:
        _refuse(answers, exits.BAD_JOB, "bad job: %s: %s" % (type(error).__name__, error))
    end_stdin()
    used = hardening.cpu_seconds()
    hardening.limit_resources(job["limits"], sum(used))
    os.write(answers, b"T" + b"".join(int(seconds * 1e6).to_bytes(8, "big") for seconds in used))
    return job, inputs


def end_stdin():
    empty = os.open("/dev/null", os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)


def _refuse(answers, code, text):
    os.write(answers, b"F" + bytes([code]) + text.encode("utf-8", "backslashreplace")[:4000])
    os._exit(code)


def _open_streams():
    """Unbuffered like `python -u`, so that what was printed before a SIGKILL is not lost with a buffer."""
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8", "strict")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", "strict", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", "backslashreplace", write_through=True)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr


class _CodeLoader:
    """Lets tracebacks find the code's own lines, though there is no file."""

    def __init__(self, code):
        self._code = code

    def get_source(self, name):
        return self._code


def make_main_module(job):
    """The code's module is `__main__`, so that a main guard, dataclasses and type hints work as in a script."""
    main = type(sys)("__main__")
    main.__builtins__ = sys.modules["builtins"]
    enter_main_module(main, job)
    return main.__dict__


def enter_main_module(main, job):
    main.__file__ = job["fileName"]
    main.__loader__ = _CodeLoader(job["code"])
    sys.modules["__main__"] = main
    sys.argv[:] = [job["fileName"]]


def install_audit_hook(job, root, install=None):
    """Returns what `brigbox_audit.prepare` tells of, and makes the hook where that was not done ahead. Its modules are forgotten, so that
    the code finds no way to them."""
    functions = list, lambda name: None
    if job["audit"] != "off":
        if install is None:
            import brigbox_audit

            install = brigbox_audit.prepare(root)
        functions = install(job["audit"], job["fileName"])
    for name in own_modules():
        if name.startswith("brigbox_audit"):
            del sys.modules[name]
    return functions


def own_modules():
    """The names of the supervisor's modules that are loaded."""
    return _FINDER.names & sys.modules.keys()


def hide_harness():
    """Returns what `restore_interpreter` needs."""
    modules, finders = dict(sys.modules), list(sys.meta_path)
    lists = {"meta_path": finders, "path_hooks": list(sys.path_hooks), "path": list(sys.path)}
    for name in own_modules():
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in finders if finder is not _FINDER]
    return modules, lists


def restore_interpreter(modules, lists):
    """Values and errors are told by Python's own means, whatever the code did to them."""
    vars(builtins).update(__builtins__)
    for name, items in lists.items():
        setattr(sys, name, items)
    # There is near to a thousand of them, and mostly none is missing.
    for name in modules.keys() - sys.modules.keys():
        sys.modules[name] = modules[name]


def define_inputs(inputs, namespace):
    if inputs:
        # Compiled only where something comes in.
        from brigbox_values import decode

        namespace.update(decode(inputs))


def _run_code(job, namespace):
    """Returns the exception that ended the code, or None. Ends like a script: threads are awaited, then come the exit handlers."""
    error = attempt(execute, job, namespace)
    late_error = attempt(_await_threads)
    # As in a script, what goes wrong in an exit handler is told on stderr and changes nothing.
    attempt(_run_exit_handlers)
    attempt(flush_streams)
    return late_error if error is None else error


def execute(job, namespace):
    exec(compile(job["code"], job["fileName"], "exec", dont_inherit=True), namespace)


def attempt(action, *arguments):
    """The exception that this raises, or None. What the code hung into the interpreter is taken out again."""
    failure = None
    try:
        action(*arguments)
    except BaseException as error:  # noqa: B902 - whatever ended the code is its outcome
        _reserve.clear()
        failure = error
    for reset, value in ((_set_trace, None), (_set_profile, None), (_set_recursion_limit, _recursion_limit)):
        try:
            reset(value)
        except BaseException:  # noqa: B902 - a profiler of the code is told of its own removal
            pass
    return failure


def _await_threads():
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()


def flush_streams():
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            attempt(stream.flush)


def _let_go(namespace):
    """Clears the globals as Python does at its end, so that a file which was never closed is written out."""
    for name in list(namespace):
        if name != "__builtins__":
            namespace[name] = None
    flush_streams()


def make_farewell(streams, farewell):
    """A function that tells the exit code, closes the streams and stops. It returns where the supervisor wants to see this process end."""
    write, close, stop, stop_signal = os.write, os.close, signal.raise_signal, signal.SIGSTOP

    def say_farewell(code):
        write(farewell, bytes([code]))
        for stream in streams:
            close(stream)
        stop(stop_signal)

    return say_farewell


def leave_fork(error, job, write, leave):
    """A process that the code forked came back up to here. It ends as a script does, and what it computed is not the result."""
    outcome, _, code = outcomes.conclude(error, dict(job, returns=[]), {})
    if outcome["exception"] is not None:
        attempt(write, 2, outcome["exception"]["traceback"].encode("utf-8", "backslashreplace"))
    leave(code)


def tell_outcome(write, result, outcome, payload):
    text = wire.dumps(outcome).encode()
    head = len(text).to_bytes(4, "big") + text
    if sum(map(len, payload)) <= _SMALL:
        # In one piece, since each is read and passed on by itself.
        head, payload = b"".join((head, *payload)), ()
    _write_all(write, result, head)
    for buffer in payload:
        _write_all(write, result, buffer)


def _write_all(write, descriptor, buffer):
    view = memoryview(buffer).cast("B")
    while len(view) > 0:
        view = view[write(descriptor, view[: wire.MAX_FRAME]) :]
