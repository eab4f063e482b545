"""Frames and JSON texts of the protocol between the supervisor and its host.

The json package costs more than the rest of the supervisor's start together, so its C parts are used directly where this
Python has them.
"""
import os

MAX_FRAME = 1024 * 1024
# What the child says besides its values: an exception with its traceback, escaped.
MAX_OUTCOME_TEXT = 512 * 1024

try:
    from _json import encode_basestring_ascii as _quote, make_scanner as _make_scanner
except ImportError:
    _quote = _make_scanner = None


def frame_header(kind, length):
    """The letter and the unsigned 32-bit big-endian length before each payload."""
    return kind + length.to_bytes(4, "big")


def dumps(value):
    """JSON text, ASCII only, of None, bool, int, float, str, list and dict with str keys."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return "{%s}" % ",".join("%s:%s" % (quote(key), dumps(item)) for key, item in value.items())
    return "[%s]" % ",".join(map(dumps, value))


def quote(text):
    """A JSON string. Lone surrogates stay escapes, which every reader takes."""
    if _quote is None:
        import json

        return json.dumps(text)
    return _quote(text)


class _Context:
    """What the C scanner asks of its decoder."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    memo = {}

    @staticmethod
    def parse_constant(name):
        raise ValueError("%s is not JSON" % name)


def loads(text):
    """The value of a JSON text."""
    if _make_scanner is None:
        import json

        return json.loads(text)
    try:
        value, end = _make_scanner(_Context)(text, 0)
    except (StopIteration, RecursionError):
        raise ValueError("not JSON") from None
    if text[end:].strip():
        raise ValueError("something follows the JSON text")
    return value


def read_exactly(descriptor, view):
    """Fills the view from a blocking descriptor. Raises EOFError where it ends before."""
    position = 0
    while position < len(view):
        count = os.readv(descriptor, [view[position : position + MAX_FRAME]])
        if count == 0:
            raise EOFError("stdin ended inside the job")
        position += count
