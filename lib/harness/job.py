"""Reads the one job from stdin. The host is trusted, yet nothing that looks wrong is run."""
import os

from brigbox_wire import BAD_JOB, FRAME_BYTES, HOST_GONE, Stop, from_json

PROTOCOL = 1
READ_BYTES = 65536
STDIN = 0

HEADER_TYPES = {"code": str, "fileName": str, "returns": list, "inputBytes": int, "files": list, "limits": dict}
LIMITS = (
    "timeoutMs",
    "stdoutBytes",
    "stderrBytes",
    "resultBytes",
    "artifactCount",
    "artifactFileBytes",
    "artifactBytes",
    "artifactDepth",
    "fileBytes",
    "openFiles",
)


def read_job():
    """The header as a dict, with the input values' bytes under `inputs`; the files are written by then."""
    header = parse_header(read_header_text())
    header["inputs"] = read_exactly(header["inputBytes"])
    if header["files"]:
        from brigbox_job_files import write_files

        write_files(header["files"])
    return header


def read_exactly(count):
    """`count` bytes in one buffer that is filled in place."""
    try:
        buffer = bytearray(count)
    except (MemoryError, OverflowError):
        raise Stop(BAD_JOB, "%d bytes of input do not fit in memory" % count) from None
    filled = 0
    with memoryview(buffer) as view:
        while filled < count:
            received = os.readv(STDIN, [view[filled:]])
            if received == 0:
                raise Stop(HOST_GONE, "stdin ended before the job was complete")
            filled += received
    return buffer


def read_header_text():
    prefix = read_exactly(5)
    length = int.from_bytes(prefix[1:], "big")
    if prefix[:1] != b"J" or length > FRAME_BYTES:
        raise Stop(BAD_JOB, "stdin holds something other than a job")
    try:
        return read_exactly(length).decode("utf-8")
    except UnicodeDecodeError:
        raise Stop(BAD_JOB, "the job's header is not UTF-8") from None


def parse_header(text):
    try:
        header = from_json(text)
    except ValueError:
        raise Stop(BAD_JOB, "the job's header is not JSON") from None
    if type(header) is not dict or header.get("protocol") != PROTOCOL:
        raise Stop(BAD_JOB, "the job speaks another protocol than %d" % PROTOCOL)
    for key, expected in HEADER_TYPES.items():
        if type(header.get(key)) is not expected:
            raise Stop(BAD_JOB, "the job's %s is missing or of the wrong type" % key)
    check_header(header)
    return header


def check_header(header):
    limits = header["limits"]
    for key in LIMITS:
        check_count(key, limits.get(key))
    if limits.get("cpuTimeMs") is not None:
        check_count("cpuTimeMs", limits["cpuTimeMs"])
    check_count("inputBytes", header["inputBytes"])
    if not header["fileName"].isprintable():
        raise Stop(BAD_JOB, "the job's fileName cannot be printed")
    if not all(type(name) is str for name in header["returns"]):
        raise Stop(BAD_JOB, "the job's returns are not all names")


def check_count(key, value):
    """Counts come as JSON numbers; what is no whole number from 0 up is refused."""
    if type(value) is not int or not 0 <= value < 2**53:
        raise Stop(BAD_JOB, "the job's %s is not a whole number from 0 up" % key)
