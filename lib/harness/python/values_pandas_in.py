"""Values of pandas on their way in."""
import numpy as np
import pandas as pd
from brigbox_values import decode_node
from brigbox_values_numpy import MISSING_NA, MISSING_NAN, MISSING_NAT, MISSING_NONE, read_array, read_text_column
from brigbox_values_plain import find_zone


def _decode_frame(node, buffers):
    index = _decode_index(node["index"], buffers)
    columns = _decode_index(node["columns"], buffers)
    series = [_to_series(_decode_column(column, buffers), index) for column in node["data"]]
    frame = pd.DataFrame(dict(enumerate(series)), index=index, copy=False)
    frame.columns = columns
    return frame


def _decode_series(node, buffers):
    index = _decode_index(node["index"], buffers)
    return _to_series(_decode_column(node["col"], buffers), index, decode_node(node["name"], buffers))


def _to_series(values, index, name=None):
    """Objects are told that they are such, since pandas 3 would make texts of its own of them."""
    return pd.Series(values, index=index, name=name, dtype=object if values.dtype == object else None, copy=False)


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
        _set_frequency(index, node["freq"])
    return index


def _set_frequency(index, name):
    """Some frequencies are more than their name, such as business days with holidays; such an index keeps its labels alone."""
    try:
        index.freq = name
    except ValueError:
        pass


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
