"""The frames to the host and the JSON in them; `json` itself would cost a third of the start-up."""
import os

try:
    from _json import encode_basestring_ascii as quote, make_scanner
except ImportError:
    from json import dumps as quote
    from json.decoder import JSONDecoder

    def make_scanner(context):
        return JSONDecoder().raw_decode


FRAME_BYTES = 1024 * 1024
HIGH_WATER_BYTES = 512 * 1024


class Stop(Exception):
    """Ends the supervisor with an exit code of its own and one line on stderr."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


# Exit codes of PID 1, told apart by the host; 0 is a run that was reported.
BAD_JOB = 64
HOST_GONE = 65
FAILED = 70
CHILD_NOT_CONFINED = 71


class ScannerContext:
    """What the C scanner asks its decoder for; NaN and Infinity are not JSON, so nothing handles them."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = None
    memo = {}


def from_json(text):
    """The value of a JSON text without white space around it; ValueError where it is none."""
    try:
        value, end = make_scanner(ScannerContext)(text, 0)
    except (StopIteration, TypeError, RecursionError, SystemError):
        raise ValueError("not JSON") from None
    if end != len(text):
        raise ValueError("text after the JSON")
    return value


def to_json(value):
    """JSON of the plain values that our frames hold."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return "{%s}" % ",".join([quote(key) + ":" + to_json(item) for key, item in value.items()])
    return "[%s]" % ",".join([to_json(item) for item in value])


class FrameStream:
    """Frames wait here until the host takes them, so a slow host never blocks the watch over the code."""

    def __init__(self, descriptor):
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self.pending = bytearray()

    def send(self, kind, payload):
        """Queues one frame; the payload must fit in FRAME_BYTES."""
        self.pending += kind
        self.pending += len(payload).to_bytes(4, "big")
        self.pending += payload

    def send_json(self, kind, value):
        self.send(kind, to_json(value).encode())

    def is_full(self):
        return len(self.pending) >= HIGH_WATER_BYTES

    def write_some(self):
        """Writes what the host takes now."""
        try:
            while self.pending:
                del self.pending[: os.write(self.descriptor, self.pending)]
        except BlockingIOError:
            pass
        except OSError:
            raise Stop(HOST_GONE, "nobody reads the frames") from None
