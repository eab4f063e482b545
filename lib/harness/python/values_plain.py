"""Values of plain Python: numbers, texts, containers, dates."""
import datetime
import sys

from brigbox_values import ValueEncodingError, decode_node, encode_node

SAFE_INT = 2**53 - 1
MAX_INT_BITS = 1 << 20


def _encode_int(value, sink, path, depth):
    value = int.__index__(value)
    if -SAFE_INT <= value <= SAFE_INT:
        return value
    if int.bit_length(value) > MAX_INT_BITS:
        raise ValueEncodingError("%s is an integer of more than %d bits" % (path, MAX_INT_BITS))
    text = hex(value)
    sink.count(len(text))
    return {"t": "int", "v": text}


def _encode_float(value, sink, path, depth):
    value = float.__float__(value)
    if value != value:
        return {"t": "float", "v": "nan"}
    if value in (float("inf"), float("-inf")):
        return {"t": "float", "v": "inf" if value > 0 else "-inf"}
    return value


def _encode_complex(value, sink, path, depth):
    parts = (complex.real.__get__(value), complex.imag.__get__(value))
    return {"t": "complex", "v": [_encode_float(part, sink, path, depth) for part in parts]}


def _encode_str(value, sink, path, depth):
    text = str.__str__(value)
    sink.count(len(text))
    return text


def _encode_bytes(value, sink, path, depth):
    return {"t": "bytes", "b": sink.add(value)}


def _items(values, sink, path, depth):
    return [encode_node(item, sink, "%s[%d]" % (path, index), depth + 1) for index, item in enumerate(values)]


def _encode_list(value, sink, path, depth):
    return _items(list.__iter__(value), sink, path, depth)


def _encode_tuple(value, sink, path, depth):
    return {"t": "tuple", "v": _items(tuple.__iter__(value), sink, path, depth)}


def _encode_set(value, sink, path, depth):
    return {"t": "set", "v": _items(set.__iter__(value), sink, path, depth)}


def _encode_frozenset(value, sink, path, depth):
    return {"t": "frozenset", "v": _items(frozenset.__iter__(value), sink, path, depth)}


def _encode_dict(value, sink, path, depth):
    pairs = list(dict.items(value))
    keys = [encode_node(key, sink, "%s (a key)" % path, depth + 1) for key, _ in pairs]
    items = [encode_node(item, sink, "%s[%.40r]" % (path, key) if type(key) in (str, int) else path, depth + 1) for key, item in pairs]
    return {"t": "dict", "k": keys, "v": items}


def _encode_datetime(value, sink, path, depth):
    zone = None if value.tzinfo is None else zone_name(value.tzinfo, path, value)
    return {"t": "datetime", "v": datetime.datetime.isoformat(value), "tz": zone, "fold": value.fold}


def _encode_date(value, sink, path, depth):
    return {"t": "date", "v": datetime.date.isoformat(value)}


def _encode_time(value, sink, path, depth):
    if value.tzinfo is not None and value.utcoffset() is None:
        raise ValueEncodingError("%s is a time in a zone whose offset depends on the day; return a datetime instead" % path)
    return {"t": "time", "v": datetime.time.isoformat(value)}


def _encode_timedelta(value, sink, path, depth):
    return {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}


def _encode_decimal(value, sink, path, depth):
    text = sys.modules["decimal"].Decimal.__str__(value)
    sink.count(len(text))
    return {"t": "decimal", "v": text}


def zone_name(zone, path, moment=None):
    """A name by which the zone can be found again: IANA's, or the offset where it has none."""
    for attribute in ("key", "zone"):
        name = getattr(zone, attribute, None)
        if isinstance(name, str):
            return name
    # dateutil's zones know but the file that they were read from.
    _, found, name = str(getattr(zone, "_filename", "")).rpartition("zoneinfo/")
    if found:
        return name
    offset = zone.utcoffset(moment)
    if offset is None or offset.microseconds:
        raise ValueEncodingError("%s is in a time zone without a name; convert it to one of zoneinfo, or to UTC" % path)
    seconds = round(offset.total_seconds())
    if seconds == 0:
        return "UTC"
    minutes, rest = divmod(abs(seconds), 60)
    text = "%s%02d:%02d" % (("+" if seconds > 0 else "-",) + divmod(minutes, 60))
    return "%s:%02d" % (text, rest) if rest else text


def find_zone(name):
    """The tzinfo of a name that `zone_name` gave."""
    if name == "UTC":
        return datetime.timezone.utc
    if name[0] in "+-":
        offset = datetime.timedelta(hours=int(name[1:3]), minutes=int(name[4:6]), seconds=int(name[7:9] or 0))
        return datetime.timezone(offset if name[0] == "+" else -offset)
    try:
        import zoneinfo

        return zoneinfo.ZoneInfo(name)
    except Exception:
        # Python 3.8 has no zoneinfo, and a small image no tzdata; where pandas is, pytz is mostly too.
        import pytz

        return pytz.timezone(name)


# Subclasses before their bases: a bool is an int, a datetime a date.
_ENCODERS = [
    (bool, lambda value, sink, path, depth: value is True),
    (int, _encode_int),
    (float, _encode_float),
    (complex, _encode_complex),
    (str, _encode_str),
    (bytes, _encode_bytes),
    (bytearray, _encode_bytes),
    (memoryview, _encode_bytes),
    (list, _encode_list),
    (tuple, _encode_tuple),
    (set, _encode_set),
    (frozenset, _encode_frozenset),
    (dict, _encode_dict),
    (datetime.datetime, _encode_datetime),
    (datetime.date, _encode_date),
    (datetime.time, _encode_time),
    (datetime.timedelta, _encode_timedelta),
]


def find_encoder(kind):
    """The function that encodes values of this type, or None."""
    if kind is type(None):
        return lambda value, sink, path, depth: None
    # numpy and pandas derive from float, str, datetime and timedelta, and know better themselves.
    if kind.__module__.partition(".")[0] in ("numpy", "pandas"):
        return None
    for base, encoder in _ENCODERS:
        if issubclass(kind, base):
            return encoder
    decimal = sys.modules.get("decimal")
    if decimal is not None and issubclass(kind, decimal.Decimal):
        return _encode_decimal
    return None


def _decode_list(node, buffers):
    return [decode_node(item, buffers) for item in node["v"]]


def _decode_dict(node, buffers):
    keys = [decode_node(key, buffers) for key in node["k"]]
    return dict(zip(keys, (decode_node(item, buffers) for item in node["v"])))


def _decode_datetime(node, buffers):
    text, zone = node["v"], node["tz"]
    moment = datetime.datetime.fromisoformat(text)
    fold = node.get("fold", 0)
    if zone is None:
        return moment.replace(fold=fold)
    tzinfo = find_zone(zone)
    # The clock's time alone can mean two moments, and pytz has no fold to tell them apart.
    same_clock = moment.replace(tzinfo=tzinfo, fold=fold)
    is_same = not hasattr(tzinfo, "localize") and same_clock.utcoffset() == moment.utcoffset()
    return same_clock if is_same else moment.astimezone(tzinfo)


def _decode_decimal(node, buffers):
    import decimal

    return decimal.Decimal(node["v"])


def _decode_complex(node, buffers):
    return complex(*(float(decode_node(part, buffers)) for part in node["v"]))


DECODERS = {
    "int": lambda node, buffers: int(node["v"], 16),
    "float": lambda node, buffers: float(node["v"]),
    "complex": _decode_complex,
    "bytes": lambda node, buffers: bytes(buffers[node["b"]]),
    "tuple": lambda node, buffers: tuple(_decode_list(node, buffers)),
    "set": lambda node, buffers: set(_decode_list(node, buffers)),
    "frozenset": lambda node, buffers: frozenset(_decode_list(node, buffers)),
    "dict": _decode_dict,
    "datetime": _decode_datetime,
    "date": lambda node, buffers: datetime.date.fromisoformat(node["v"]),
    "time": lambda node, buffers: datetime.time.fromisoformat(node["v"]),
    "timedelta": lambda node, buffers: datetime.timedelta(*node["v"]),
    "decimal": _decode_decimal,
}
