"""Values of pandas: frames, series, indexes and scalars, with their dtypes."""
import numpy as np
import pandas as pd
from brigbox_values import ValueEncodingError, decode_node, encode_node
from brigbox_values_numpy import (
    MISSING_NA,
    MISSING_NAN,
    MISSING_NAT,
    MISSING_NONE,
    add_array,
    plain_dtype,
    read_array,
    read_text_column,
    text_column,
)
from brigbox_values_plain import find_zone, zone_name

_NUMPY_KINDS = "biufc"


def find_encoder(kind):
    """The function that encodes values of this type, or None."""
    for base, encoder in _ENCODERS:
        if issubclass(kind, base):
            return encoder
    return None


def _encode_frame(frame, sink, path, depth):
    columns = [
        _encode_column(frame.iloc[:, position].array, sink, "%s[%.40r]" % (path, label), depth)
        for position, label in enumerate(frame.columns)
    ]
    return {
        "t": "dataframe",
        "rows": len(frame),
        "columns": _encode_index(frame.columns, sink, path + ".columns", depth),
        "index": _encode_index(frame.index, sink, path + ".index", depth),
        "data": columns,
    }


def _encode_series(series, sink, path, depth):
    return {
        "t": "series",
        "name": encode_node(series.name, sink, path + ".name", depth + 1),
        "index": _encode_index(series.index, sink, path + ".index", depth),
        "col": _encode_column(series.array, sink, path, depth),
    }


def _encode_index_value(index, sink, path, depth):
    return {"t": "index", "index": _encode_index(index, sink, path, depth)}


def _encode_index(index, sink, path, depth):
    if isinstance(index, pd.MultiIndex):
        return {
            "k": "multi",
            "names": [encode_node(name, sink, path, depth + 1) for name in index.names],
            "levels": [_encode_index(level, sink, path, depth) for level in index.levels],
            "codes": [_number_column(np.asarray(codes, dtype="<i4"), sink, path) for codes in index.codes],
        }
    name = encode_node(index.name, sink, path, depth + 1)
    if isinstance(index, pd.RangeIndex):
        return {"k": "range", "start": index.start, "stop": index.stop, "step": index.step, "name": name}
    freq = getattr(index, "freqstr", None) if isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)) else None
    return {"k": "flat", "col": _encode_column(index.array, sink, path, depth), "name": name, "freq": freq}


def _encode_column(array, sink, path, depth):
    """The node of one column from its pandas array."""
    dtype = array.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = _number_column(np.asarray(array.codes), sink, path)
        return {"k": "cat", "ordered": bool(dtype.ordered), "codes": codes, "categories": _encode_index(dtype.categories, sink, path, depth)}
    if isinstance(dtype, pd.IntervalDtype):
        ends = [_encode_column(end.array, sink, path, depth) for end in (array.left, array.right)]
        return {"k": "interval", "closed": array.closed, "left": ends[0], "right": ends[1]}
    if isinstance(dtype, pd.PeriodDtype):
        ordinals = np.asarray(array.asi8)
        return {"k": "period", "freq": dtype.freq.freqstr, "b": add_array(ordinals, sink, path)}
    if isinstance(dtype, pd.SparseDtype):
        return _encode_column(pd.array(np.asarray(array)), sink, path, depth) if dtype.subtype.kind == "O" else _number_column(np.asarray(array), sink, path)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _time_column("dt", np.asarray(array.asi8), dtype.unit, zone_name(dtype.tz), sink, path)
    if isinstance(dtype, np.dtype):
        return _encode_numpy_column(np.asarray(array), sink, path, depth)
    if _is_text(dtype):
        return _object_column(np.asarray(array, dtype=object), sink, path, depth, str(dtype))
    if hasattr(array, "_mask") and hasattr(array, "_data"):
        mask = np.asarray(array.isna(), dtype=np.uint8)
        data = array._data
        return {"k": "masked", "d": dtype.name, "n": plain_dtype(data.dtype, path), "b": add_array(data, sink, path), "m": sink.add(mask)}
    return _object_column(np.asarray(array, dtype=object), sink, path, depth, "object")


def _encode_numpy_column(array, sink, path, depth):
    kind = array.dtype.kind
    if kind in "mM":
        unit = np.datetime_data(array.dtype)[0]
        return _time_column("dt" if kind == "M" else "td", array.view("i8"), unit, None, sink, path)
    if kind in _NUMPY_KINDS:
        return _number_column(array, sink, path)
    return _object_column(array.astype(object), sink, path, depth, "object")


def _number_column(array, sink, path):
    return {"k": "num", "d": plain_dtype(array.dtype, path), "b": add_array(array, sink, path)}


def _time_column(kind, ticks, unit, zone, sink, path):
    node = {"k": kind, "unit": unit, "b": add_array(ticks, sink, path)}
    if kind == "dt":
        node["tz"] = zone
    return node


def _is_text(dtype):
    return isinstance(dtype, pd.StringDtype)


def _object_column(array, sink, path, depth, dtype):
    """Text with missing values as one buffer; anything else as a list of nodes."""
    items = array.tolist()
    mask = np.zeros(len(items), dtype=np.uint8)
    texts = []
    for index, item in enumerate(items):
        if type(item) is str:
            texts.append(item)
            continue
        mask[index] = _missing_code(item)
        if mask[index] == 0:
            nodes = [encode_node(each, sink, "%s[%d]" % (path, row), depth + 1) for row, each in enumerate(items)]
            return {"k": "obj", "v": nodes}
        texts.append("")
    return dict(text_column(texts, sink), k="str", d=dtype, m=sink.add(mask) if mask.any() else None)


def _missing_code(item):
    if item is None:
        return MISSING_NONE
    if item is pd.NA:
        return MISSING_NA
    if item is pd.NaT:
        return MISSING_NAT
    return MISSING_NAN if type(item) is float and item != item else 0


def _encode_timestamp(value, sink, path, depth):
    unit = getattr(value, "unit", "ns")
    ticks = value.asm8.view("i8")
    zone = None if value.tzinfo is None else zone_name(value.tzinfo, value)
    return {"t": "timestamp", "v": str(int(ticks)), "unit": unit, "tz": zone}


def _encode_timedelta(value, sink, path, depth):
    return {"t": "pdtimedelta", "v": str(int(value.asm8.view("i8"))), "unit": getattr(value, "unit", "ns")}


def _encode_period(value, sink, path, depth):
    return {"t": "period", "v": str(value.ordinal), "freq": value.freqstr}


def _encode_interval(value, sink, path, depth):
    ends = [encode_node(end, sink, path, depth + 1) for end in (value.left, value.right)]
    return {"t": "interval", "left": ends[0], "right": ends[1], "closed": value.closed}


# NaT says of itself that it is a Timestamp's sort, so it comes first.
_ENCODERS = [
    (pd.DataFrame, _encode_frame),
    (pd.Series, _encode_series),
    (pd.Index, _encode_index_value),
    (type(pd.NaT), lambda value, sink, path, depth: {"t": "nat"}),
    (type(pd.NA), lambda value, sink, path, depth: {"t": "na"}),
    (pd.Timestamp, _encode_timestamp),
    (pd.Timedelta, _encode_timedelta),
    (pd.Period, _encode_period),
    (pd.Interval, _encode_interval),
    (
        pd.api.extensions.ExtensionArray,
        lambda value, sink, path, depth: _encode_series(pd.Series(value), sink, path, depth),
    ),
]


def _decode_frame(node, buffers):
    index = _decode_index(node["index"], buffers)
    columns = _decode_index(node["columns"], buffers)
    series = [pd.Series(_decode_column(column, buffers), index=index, copy=False) for column in node["data"]]
    frame = pd.DataFrame(dict(enumerate(series)), index=index, copy=False)
    frame.columns = columns
    return frame


def _decode_series(node, buffers):
    index = _decode_index(node["index"], buffers)
    return pd.Series(_decode_column(node["col"], buffers), index=index, name=decode_node(node["name"], buffers), copy=False)


def _decode_index(node, buffers):
    if node["k"] == "range":
        return pd.RangeIndex(node["start"], node["stop"], node["step"], name=decode_node(node["name"], buffers))
    if node["k"] == "multi":
        names = [decode_node(name, buffers) for name in node["names"]]
        levels = [_decode_index(level, buffers) for level in node["levels"]]
        codes = [_decode_column(column, buffers) for column in node["codes"]]
        return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=False)
    values = _decode_column(node["col"], buffers)
    index = pd.Index(values, name=decode_node(node["name"], buffers), dtype=values.dtype)
    if node.get("freq") is not None:
        index.freq = node["freq"]
    return index


def _decode_column(node, buffers):
    return _COLUMN_DECODERS[node["k"]](node, buffers)


def _decode_time(node, buffers):
    kind = "M8" if node["k"] == "dt" else "m8"
    values = read_array("i8", buffers[node["b"]]).view("%s[%s]" % (kind, node["unit"]))
    if node.get("tz") is not None:
        zone = find_zone(node["tz"]) if node["tz"][0] in "+-" else node["tz"]
        return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone).array
    return values


def _decode_text(node, buffers):
    texts = np.array(read_text_column(node, buffers) + [None], dtype=object)[:-1]
    if node.get("m") is not None:
        mask = np.frombuffer(buffers[node["m"]], dtype=np.uint8)
        for code, missing in ((MISSING_NONE, None), (MISSING_NAN, float("nan")), (MISSING_NA, pd.NA), (MISSING_NAT, pd.NaT)):
            texts[mask == code] = missing
    return texts if node["d"] == "object" else pd.array(texts, dtype=node["d"])


def _decode_objects(node, buffers):
    array = np.empty(len(node["v"]), dtype=object)
    for index, item in enumerate(node["v"]):
        array[index] = decode_node(item, buffers)
    return array


def _decode_masked(node, buffers):
    values = read_array(node["n"], buffers[node["b"]])
    mask = read_array("uint8", buffers[node["m"]]).view(bool)
    kind = type(pd.array([], dtype=node["d"]))
    return kind(values, mask)


def _decode_period(node, buffers):
    ordinals = read_array("i8", buffers[node["b"]])
    return pd.arrays.PeriodArray(ordinals, dtype=pd.PeriodDtype(node["freq"]))


def _decode_categorical(node, buffers):
    categories = _decode_index(node["categories"], buffers)
    return pd.Categorical.from_codes(_decode_column(node["codes"], buffers), categories=categories, ordered=node["ordered"])


def _decode_interval_column(node, buffers):
    ends = [pd.Index(_decode_column(node[end], buffers)) for end in ("left", "right")]
    return pd.arrays.IntervalArray.from_arrays(ends[0], ends[1], closed=node["closed"])


_COLUMN_DECODERS = {
    "num": lambda node, buffers: read_array(node["d"], buffers[node["b"]]),
    "str": _decode_text,
    "obj": _decode_objects,
    "masked": _decode_masked,
    "dt": _decode_time,
    "td": _decode_time,
    "period": _decode_period,
    "cat": _decode_categorical,
    "interval": _decode_interval_column,
}


def _decode_timestamp(node, buffers):
    stamp = pd.Timestamp(np.int64(int(node["v"])).view("M8[%s]" % node["unit"]))
    if node["tz"] is None:
        return stamp
    return stamp.tz_localize("UTC").tz_convert(find_zone(node["tz"]) if node["tz"][0] in "+-" else node["tz"])


DECODERS = {
    "dataframe": _decode_frame,
    "series": _decode_series,
    "index": lambda node, buffers: _decode_index(node["index"], buffers),
    "nat": lambda node, buffers: pd.NaT,
    "na": lambda node, buffers: pd.NA,
    "timestamp": _decode_timestamp,
    "pdtimedelta": lambda node, buffers: pd.Timedelta(np.int64(int(node["v"])).view("m8[%s]" % node["unit"])),
    "period": lambda node, buffers: pd.Period(ordinal=int(node["v"]), freq=node["freq"]),
    "interval": lambda node, buffers: pd.Interval(decode_node(node["left"], buffers), decode_node(node["right"], buffers), node["closed"]),
}
