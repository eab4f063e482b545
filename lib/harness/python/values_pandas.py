"""Values of pandas on their way out: frames, series, indexes and scalars, with their dtypes."""
import numpy as np
import pandas as pd
from brigbox_values import encode_node
from brigbox_values_numpy import MISSING_NA, MISSING_NAN, MISSING_NAT, MISSING_NONE, add_array, plain_dtype, text_column
from brigbox_values_plain import SAFE_INT, zone_name

_NUMPY_KINDS = "biufc"
# The wrapper around plain numpy arrays was renamed in pandas 2.1.
_NumpyArray = getattr(pd.arrays, "NumpyExtensionArray", None) or pd.arrays.PandasArray


def find_encoder(kind):
    """The function that encodes values of this type, or None."""
    for base, encoder in _ENCODERS:
        if issubclass(kind, base):
            return encoder
    return None


def _encode_frame(frame, sink, path, depth):
    # Subclasses bring their own ways of taking a column out.
    frame = frame if type(frame) is pd.DataFrame else pd.DataFrame(frame)
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
    if isinstance(index, pd.RangeIndex) and max(abs(index.start), abs(index.stop), abs(index.step)) <= SAFE_INT:
        sink.longest_range = max(sink.longest_range, len(index))
        return {"k": "range", "start": index.start, "stop": index.stop, "step": index.step, "name": name}
    freq = getattr(index, "freqstr", None) if isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)) else None
    return {"k": "flat", "col": _encode_column(index.array, sink, path, depth), "name": name, "freq": freq}


def _encode_column(array, sink, path, depth):
    """The node of one column from its pandas array."""
    # Not its subclasses, among which are texts.
    if type(array) is _NumpyArray:
        array = array.to_numpy()
    dtype = array.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = _number_column(np.asarray(array.codes), sink, path)
        return {"k": "cat", "ordered": bool(dtype.ordered), "codes": codes, "categories": _encode_index(dtype.categories, sink, path, depth)}
    if isinstance(dtype, pd.IntervalDtype):
        ends = [_encode_column(end.array, sink, path, depth) for end in (array.left, array.right)]
        return {"k": "interval", "closed": array.closed, "left": ends[0], "right": ends[1]}
    if isinstance(dtype, pd.PeriodDtype):
        # Offsets and periods spell some frequencies differently, and the dtype's own name is spelt as periods do.
        return {"k": "period", "freq": dtype.name[len("period[") : -1], "b": add_array(np.asarray(array.asi8), sink, path)}
    if isinstance(dtype, pd.SparseDtype):
        return _encode_numpy_column(np.asarray(array), sink, path, depth)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _time_column("dt", np.asarray(array.asi8), dtype.unit, zone_name(dtype.tz, path), sink, path)
    if isinstance(dtype, np.dtype):
        return _encode_numpy_column(np.asarray(array), sink, path, depth)
    if isinstance(dtype, pd.StringDtype):
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
    zone = None if value.tzinfo is None else zone_name(value.tzinfo, path, value)
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
