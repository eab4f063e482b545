"""PID 1 of a sandbox container, or a process of its own without one: takes a job from stdin, runs it in a child, and tells on stdout, in frames, what became of it."""
import _signal as signal
import os
import sys

import brigbox_exits as exits
import brigbox_hardening as hardening
import brigbox_seccomp as seccomp
import brigbox_wire as wire

PROTOCOL = 4
MAX_HEADER = 16 * 1024 * 1024


# What a job needs beyond what every start needs.
JOB_MODULES = ("artifacts", "audit", "child", "farewell_relay", "rehearsal", "run", "values")
SESSION_MODULES = ("cell", "session")


def main(preload, is_ahead, is_session, root, direct, sources):
    """Never returns. Where the host wants to have it compiled for later containers, the sources are given."""
    frames = _take_frame_stream()
    _ignore_signals()
    is_hidden = hardening.set_dumpable(0)
    seccomp.protect_supervisor(hardening.find_prctl())
    root = root or os.environ["TMPDIR"]
    if direct is not None:
        import brigbox_direct

        brigbox_direct.settle(root, direct)
    versions, missing = _import_ahead(preload)
    if sources is not None:
        _send_codes(frames, sources)
    if is_ahead:
        _import_job_modules(JOB_MODULES + (SESSION_MODULES if is_session else ()))
    else:
        # While the host sends its job the child gets ready.
        _send_ready(frames, versions, missing, not is_hidden)
    # The child needs it, and so does the wait for it: together they load it once.
    import resource  # noqa: F401

    import brigbox_run

    child = brigbox_run.fork_child(root, is_ahead, is_session, is_ahead and not is_session and _can_be_seen_off())
    meter = None
    if is_ahead:
        child.await_rehearsal()
        meter = brigbox_run.meters.Meter()
        _send_ready(frames, versions, missing, not is_hidden)
    if is_session:
        import brigbox_session

        brigbox_session.serve(child, _read_job, frames, root)
    meter = meter or brigbox_run.meters.Meter()

    def give(text):
        meter.begin()
        child.give(text)

    _, _, limits = _read_job(give)
    brigbox_run.run(child, limits, frames, root, direct is not None, meter)


def _take_frame_stream():
    """A private copy of stdout. What is left at descriptor 1 leads to stderr, so that no stray print can look like a frame."""
    frames = os.dup(1)
    os.dup2(2, 1)
    return frames


def _ignore_signals():
    """The code can signal PID 1, but only what PID 1 handles arrives, and Python handles SIGINT by itself."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)


def _import_ahead(names):
    versions, missing = {}, []
    for name in names:
        try:
            __import__(name)
        except Exception:  # noqa: B902 - a broken one is as good as none; an import in the code shows why
            missing.append(name)
        else:
            versions[name] = str(getattr(sys.modules[name], "__version__", ""))
    return versions, missing


def _import_job_modules(names):
    for name in names:
        __import__("brigbox_" + name)
    for library in ("numpy", "pandas"):
        if library in sys.modules:
            __import__("brigbox_values_" + library)


def _can_be_seen_off():
    import brigbox_leaving

    return brigbox_leaving.can_be_seen()


def _send_codes(frames, sources):
    """Before any code of a stranger is there."""
    import brigbox_codes

    payload = brigbox_codes.compile_all(sources)
    _write(frames, wire.frame_header(b"C", len(payload)) + payload)


def _send_ready(frames, versions, missing, dumpable):
    text = wire.dumps(
        {
            "protocol": PROTOCOL,
            "python": "%d.%d.%d" % sys.version_info[:3],
            "preloaded": versions,
            "missing": missing,
            "dumpable": dumpable,
        }
    ).encode()
    _write(frames, wire.frame_header(b"R", len(text)) + text)


def _write(frames, data):
    view = memoryview(data)
    try:
        while len(view) > 0:
            view = view[os.write(frames, view) :]
    except OSError:
        exits.leave(exits.HANG_UP)


def _read_job(give=None):
    """The job's header, as text for the child, and what it says. Inputs and files are left where they are.

    Where the text is to be given away, that is done first: the child reads it at the same time.
    """
    try:
        head = memoryview(bytearray(5))
        wire.read_exactly(0, head)
        length = int.from_bytes(head[1:], "big")
        if bytes(head[:1]) != b"J" or length > MAX_HEADER:
            raise ValueError("not a job frame")
        text = memoryview(bytearray(length))
        wire.read_exactly(0, text)
        if give is not None:
            give(text)
        job = wire.loads(str(text, "utf-8"))
        if job["protocol"] != PROTOCOL:
            raise ValueError("protocol %s instead of %d" % (job["protocol"], PROTOCOL))
        return text, job, job["limits"]
    except (EOFError, ConnectionResetError):
        exits.leave(exits.HANG_UP)
    except Exception as error:
        exits.give_up(exits.BAD_JOB, "bad job: %s: %s" % (type(error).__name__, error))
