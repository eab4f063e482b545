"""Values of numpy: arrays of every dtype but structured ones, and scalars, which become plain Python values."""
import numpy as np
from brigbox_values import ValueEncodingError, decode_node, encode_node

MISSING_NONE, MISSING_NAN, MISSING_NA, MISSING_NAT = 1, 2, 3, 4


def find_encoder(kind):
    """The function that encodes values of this type, or None."""
    if issubclass(kind, np.ndarray):
        return encode_array
    if issubclass(kind, np.generic):
        return _encode_scalar
    return None


def encode_array(value, sink, path, depth):
    """Shape and buffer of an array. Contiguous little-endian data is not copied."""
    if isinstance(value, np.ma.MaskedArray):
        raise ValueEncodingError("%s is a masked array; return its .filled() instead" % path)
    array = np.asarray(value)
    shape = list(array.shape)
    if array.dtype.kind in "SU" and array.dtype.itemsize == 0:
        # Texts of no length have elements without bytes, which nothing would bound on the other side.
        array = array.astype(array.dtype.kind + "1")
    if array.dtype.kind == "O":
        items = [encode_node(item, sink, "%s (an element)" % path, depth + 1) for item in array.ravel()]
        return {"t": "ndarray", "d": "object", "s": shape, "v": items}
    if array.dtype.kind == "U":
        text = text_column(array.ravel().tolist(), sink)
        return dict(text, t="ndarray", d=array.dtype.str.replace(">", "<"), s=shape)
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    flat = array.ravel(order="F") if order == "F" else array.ravel()
    return {"t": "ndarray", "d": plain_dtype(array.dtype, path), "s": shape, "o": order, "b": add_array(flat, sink, path)}


def add_array(flat, sink, path):
    """Adds the elements of a flat array as a little-endian buffer; returns its number."""
    flat = np.ascontiguousarray(little_endian(flat, path))
    if flat.dtype.kind in "mM":
        flat = flat.view("<i8")
    return sink.add(flat.view(np.uint8) if flat.size else b"")


def little_endian(array, path):
    """The array in a dtype that every machine reads alike. A long double loses what a double cannot hold."""
    dtype = array.dtype
    if dtype.kind == "f" and dtype.itemsize > 8:
        return array.astype("<f8")
    if dtype.kind == "c" and dtype.itemsize > 16:
        return array.astype("<c16")
    if dtype.kind not in "biufcmMS":
        raise ValueEncodingError("%s has dtype %s, which cannot be returned" % (path, str(dtype)[:100]))
    return array if dtype.byteorder in "<|=" else array.astype(dtype.newbyteorder("<"))


def plain_dtype(dtype, path):
    """numpy's name of the dtype as it is sent: `float64`, `bool`, `datetime64[ns]`, `S5`."""
    if dtype.kind == "f" and dtype.itemsize > 8:
        return "float64"
    if dtype.kind == "c" and dtype.itemsize > 16:
        return "complex128"
    if dtype.kind == "S":
        return "S%d" % dtype.itemsize
    if dtype.kind not in "biufcmM":
        raise ValueEncodingError("%s has dtype %s, which cannot be returned" % (path, str(dtype)[:100]))
    return dtype.newbyteorder("=").name


def text_column(values, sink):
    """One UTF-8 buffer with offsets for a list of str. Lone surrogates survive as what they are."""
    sink.count(sum(map(len, values)))
    pieces = [value.encode("utf-8", "surrogatepass") for value in values]
    offsets = np.zeros(len(pieces) + 1, dtype="<u4")
    total = sum(map(len, pieces))
    if total >= 2**32:
        raise ValueEncodingError("a column of more than 4 GiB of text cannot be returned")
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
    return {"o": sink.add(offsets.view(np.uint8)), "b": sink.add(b"".join(pieces))}


def read_text_column(node, buffers):
    """The list of str that `text_column` took."""
    offsets = np.frombuffer(buffers[node["o"]], dtype="<u4")
    data = bytes(buffers[node["b"]])
    bounds = offsets.tolist()
    return [data[start:end].decode("utf-8", "surrogatepass") for start, end in zip(bounds, bounds[1:])]


def _encode_scalar(value, sink, path, depth):
    if isinstance(value, (np.datetime64, np.timedelta64)):
        unit, count = np.datetime_data(value.dtype)
        name = "datetime64" if isinstance(value, np.datetime64) else "timedelta64"
        number = int(value.view("i8"))
        return {"t": name, "v": str(number), "unit": unit if count == 1 else "%d%s" % (count, unit)}
    if isinstance(value, np.longdouble):
        value = np.float64(value)
    if isinstance(value, np.clongdouble):
        value = np.complex128(value)
    if value.dtype.kind not in "biufcSU":
        raise ValueEncodingError("%s is a numpy %s, which cannot be returned" % (path, type(value).__name__))
    return encode_node(value.item(), sink, path, depth)


def read_array(dtype, buffer):
    """A writable view of a buffer."""
    return np.frombuffer(buffer, dtype=np.dtype(dtype).newbyteorder("<"))


def _decode_array(node, buffers):
    shape, dtype = node["s"], node["d"]
    if dtype == "object":
        array = np.empty(len(node["v"]), dtype=object)
        for index, item in enumerate(node["v"]):
            array[index] = decode_node(item, buffers)
        return array.reshape(shape)
    if dtype[:2] == "<U":
        return np.array(read_text_column(node, buffers), dtype=dtype).reshape(shape)
    return read_array(dtype, buffers[node["b"]]).reshape(shape, order=node.get("o", "C"))


DECODERS = {
    "ndarray": _decode_array,
    "datetime64": lambda node, buffers: np.int64(int(node["v"])).view("M8[%s]" % node["unit"]),
    "timedelta64": lambda node, buffers: np.int64(int(node["v"])).view("m8[%s]" % node["unit"]),
}
