"""PID 1 of a sandbox container: takes one job from stdin, runs it in a child, and tells on stdout, in frames, what became of it."""
import _signal as signal
import os
import sys

import brigbox_exits as exits
import brigbox_hardening as hardening
import brigbox_seccomp as seccomp
import brigbox_wire as wire

PROTOCOL = 2
MAX_HEADER = 16 * 1024 * 1024


def main(preload, root):
    """Never returns."""
    frames = _take_frame_stream()
    _ignore_signals()
    is_hidden = hardening.set_dumpable(0)
    seccomp.forbid_limits_of_others(hardening.find_prctl())
    versions, missing = _import_ahead(preload)
    try:
        _send_ready(frames, versions, missing, not is_hidden)
        job, inputs = _read_job(root)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(exits.HANG_UP)
    except OSError as error:
        exits.give_up(exits.INPUT_FILES, "cannot write the input files: %s" % error)
    except Exception as error:
        exits.give_up(exits.BAD_JOB, "bad job: %s: %s" % (type(error).__name__, error))
    import brigbox_run

    brigbox_run.run(job, inputs, frames, root)


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
    os.write(frames, wire.frame_header(b"R", len(text)) + text)


def _read_job(root):
    header = memoryview(bytearray(5))
    wire.read_exactly(0, header)
    length = int.from_bytes(header[1:], "big")
    if bytes(header[:1]) != b"J" or length > MAX_HEADER:
        raise ValueError("not a job frame")
    text = memoryview(bytearray(length))
    wire.read_exactly(0, text)
    job = wire.loads(str(text, "utf-8"))
    if job["protocol"] != PROTOCOL:
        raise ValueError("protocol %s instead of %d" % (job["protocol"], PROTOCOL))
    inputs = bytearray(job["inputBytes"])
    wire.read_exactly(0, memoryview(inputs))
    _write_files(job["files"], root)
    return job, inputs


def _write_files(files, root):
    os.mkdir(root + "/out", 0o755)
    os.mkdir(root + "/in", 0o755)
    for file in files:
        parts = file["path"].split("/")
        if any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise ValueError("input file name %r" % file["path"])
        folder = root + "/in"
        for part in parts[:-1]:
            folder += "/" + part
            if not os.path.isdir(folder):
                os.mkdir(folder, 0o755)
        _write_file(folder + "/" + parts[-1], file["bytes"])


def _write_file(path, size):
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    try:
        while size > 0:
            piece = memoryview(bytearray(min(size, wire.MAX_FRAME)))
            wire.read_exactly(0, piece)
            size -= len(piece)
            while len(piece) > 0:
                piece = piece[os.write(target, piece) :]
    finally:
        os.close(target)
